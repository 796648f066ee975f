"""What runs said of a case's decision besides reporting it: proved, not proved and why; records that they replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import JSONField, Sum
from django.db.models.fields.json import KeyTransform

from triage.cases.models import Case, Proof, Replacement, State
from triage.runs import examined
from triage.runs.examined import POPULATION, Examined
from triage.runs.models import Run, RunState


@dataclass(frozen=True, slots=True)
class LastWord:
    """The run that verified a case, or else the latest of its source that had applied the decision.

    ``rejected``: lines by kind of file that could not be read; a kind that the run did not carry is not there.
    ``proof``: what the run found of the very decision, when it could have proved it.
    """

    run: Run
    said: Examined | None
    rejected: dict[str, int]
    proof: Proof | None


def last_word(case: Case, *, source_id: int, position: int | None) -> LastWord | None:
    """The last word of runs on the decision at that ``position`` of the feed; None while no run had applied it.

    ``source_id``: the source that reported the case.
    """
    run = _run(case, source_id, position)
    if run is None:
        return None
    rejected = dict(run.files.values_list("kind").annotate(Sum("rejected")).order_by())
    said = examined.statement({"examined": run.examined}, listed=POPULATION in rejected)  # type: ignore[attr-defined]
    proof = Proof.objects.filter(case=case, run=run).first()
    if proof and proof.decision_id != case.decision_id:
        proof = None
    return LastWord(run, said, rejected, proof)


@dataclass(frozen=True, slots=True)
class Reporter:
    """A source that reported a case, and the run by which it has proved the decision since; "" while none has."""

    source: str
    proved_by: str


def reporters(case: Case) -> list[Reporter]:
    """The sources that reported a case in runs that were not recalled, by name. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_REPORTERS, {"case": case.pk, "decision": case.decision_id})
        return [Reporter(*row) for row in cursor.fetchall()]


_REPORTERS: Final = """
SELECT told.title, coalesce((
    SELECT p.run_id FROM cases_proof AS q JOIN runs_run AS p ON p.id = ANY(q.proving)
    WHERE q.case_id = %(case)s AND q.decision_id = %(decision)s AND p.source_id = told.id AND p.id > told.last
      AND p.state <> 'recalled' LIMIT 1), '')
FROM (
    SELECT s.id, s.title, max(r.id) AS last
    FROM cases_occurrence AS o JOIN runs_run AS r ON r.id = o.run_id JOIN runs_source AS s ON s.id = r.source_id
    WHERE o.case_id = %(case)s AND r.state <> 'recalled' GROUP BY s.id
) AS told ORDER BY told.title
"""


def replacements(case: Case) -> list[Replacement]:
    """The runs that replaced records of a case, the oldest first."""
    found = case.replacements.select_related("run").order_by("pk")
    return list(found.only("followed", "records", "case_id", "run__run_id", "run__loading_at", "run__announced_at"))


def _run(case: Case, source_id: int, position: int | None) -> Run | None:
    if case.verified_run_id is not None:
        found = Run.objects.filter(pk=case.verified_run_id)
    elif case.state in State.IN_FEED and position is not None:
        loaded = Run.objects.filter(wave=case.wave_id, source=source_id, state=RunState.LOADED)
        found = loaded.filter(decisions_applied__gte=position).order_by("-pk")
    else:
        return None
    stated = KeyTransform("examined", "manifest", output_field=JSONField())
    return found.annotate(examined=stated).only("run_id", "purpose", "decisions_applied", "settled_at").first()
