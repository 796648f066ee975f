"""What the review page reads: a case's line and everything around it, in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from console.people.models import User
from console.people.permissions import may
from triage.cases import queries as cases
from triage.cases.models import Case, Claim, Decision, MigrationException, Occurrence, Reopening, State
from triage.merges import charts
from triage.merges.evidence import decode
from triage.merges.lines import MergeLine
from triage.runs.models import RecordExcerpt, Run

OCCURRENCES_SHOWN = 10
SIBLINGS_SHOWN = 20
#: A manifest may have megabytes, and a page names a dozen runs.
_NOT_OF_RUNS = ("run__manifest", "run__sums", "run__notes", "run__rejected_by")


@dataclass(frozen=True, slots=True)
class Dossier:
    """A merge case with what the page shows of it.

    ``claim`` is None when nobody holds a live one. ``before`` is the line that the last decision was made on, when the
    evidence has changed since. ``charts`` go by record key. ``run`` is the run that first reported ``line``.
    """

    case: Case
    line: MergeLine
    run: Run
    claim: Claim | None
    charts: dict[int, charts.Chart]
    siblings: list[Case]
    decisions: list[Decision]
    reopenings: list[Reopening]
    occurrences: list[Occurrence]
    before: MergeLine | None


def dossier(case: Case, *, viewer: User, now: dt.datetime) -> Dossier:
    """Read everything that the review page of ``case`` shows to ``viewer``."""
    decisions = cases.earlier_decisions(case)
    wanted = {case.latest_exception_id, *(decision.seen_exception_id for decision in decisions[:1])}
    found = {
        exception.pk: exception
        for exception in MigrationException.objects.filter(case=case, pk__in=wanted)
        .select_related("run__source")
        .defer(*_NOT_OF_RUNS)
    }
    latest = found[case.latest_exception_id]
    seen = found.get(decisions[0].seen_exception_id) if decisions else None
    occurrences = (
        Occurrence.objects.filter(case=case).select_related("run__source").defer(*_NOT_OF_RUNS).order_by("-id")
    )
    return Dossier(
        case=case,
        line=decode(latest.payload.encode()),
        run=latest.run,
        claim=cases.claim_on(case, now),
        charts=_charts(case),
        siblings=_siblings(case, viewer),
        decisions=decisions,
        reopenings=list(case.reopenings.select_related("run").defer(*_NOT_OF_RUNS).order_by("-at", "-id")),
        occurrences=list(occurrences[: OCCURRENCES_SHOWN + 1]),
        before=decode(seen.payload.encode()) if seen and seen.evidence != latest.evidence else None,
    )


def _charts(case: Case) -> dict[int, charts.Chart]:
    stored = RecordExcerpt.objects.filter(record_key__in=case.record_keys).only("record_key", "payload")
    return {excerpt.record_key: charts.read(excerpt.payload.encode()) for excerpt in stored}


def _siblings(case: Case, viewer: User) -> list[Case]:
    """Unsettled cases about one of the same records, in queues that ``viewer`` may see."""
    # Asked record by record, and of nothing else: PostgreSQL takes every record for one that half a percent of all
    # cases are about, and would rather walk an index of states, or the whole table, than ask for eight of them at once.
    about = [Case.objects.filter(record_keys__contains=[key]).values("pk") for key in case.record_keys]
    near = {row["pk"] for row in Case.objects.values("pk").none().union(*about, all=True)} - {case.pk}
    found = Case.objects.filter(pk__in=near, state__in=State.UNRESOLVED).select_related("queue").order_by("pk")
    return [sibling for sibling in found if may(viewer, "cases.see_queue", sibling.queue)][:SIBLINGS_SHOWN]
