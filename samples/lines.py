"""From records and scores to the lines of a run package, with severity and reasons by stated rules.

Reasons speak of what a reviewer should look at first; severity of what a wrong answer would do to the patient.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

from samples.charts import excerpt
from samples.comparing import FIELDS, level
from samples.hospital import WEEK_ONE, Record
from samples.linkage import ScoredPair
from samples.review import ReviewSet, contradictions, held, model
from triage.cases.lines import Severity
from triage.intake.records import RecordExcerpt
from triage.merges.lines import ComparedPair, Comparison, FieldHistory, Grade, Match, MergeLine, SourceRecord

MODEL = "fellegi-sunter"
MODEL_VERSION = "2026.1"
CONFLICTS = frozenset({"conflicting_birth_date", "conflicting_sex", "conflicting_identifier", "possible_twin"})
CHART_CONFLICTS = frozenset({"allergy_conflict", "blood_type_conflict"})
#: A pair that week 37 reports as low. By week 38 one of its records has been admitted, and the same pair is high.
RAISED = "pm-92718fb5f11d9503"
RAISED_IN = 2
ADMITTED = "admitted_meanwhile"


def merge_line(found: ReviewSet, *, week: int, reasons: Iterable[str] = ()) -> MergeLine:
    """Return the line of one set as extracted in ``week``; ``reasons`` come before those found by rule."""
    named = line_id(found.records)
    raised = [ADMITTED] if named == RAISED and week >= RAISED_IN else []
    said = list(dict.fromkeys([*reasons, *raised, *_reasons(found)]))
    position = {record.key: index for index, record in enumerate(found.records)}
    pairs = [_compared(pair, position[pair.left], position[pair.right]) for pair in found.pairs]
    match = Match(
        model=MODEL,
        version=MODEL_VERSION,
        prior=model().prior,
        lower_threshold=model().lower,
        upper_threshold=model().upper,
        grade=_grade(found.pairs),
        pairs=pairs,
    )
    return MergeLine(
        id=named,
        records=[_source(record, week) for record in found.records],
        match=match,
        severity=_severity(said, found),
        reasons=said,
    )


def line_id(records: Sequence[Record]) -> str:
    """Return the pipeline's own key for a set of records: the same in every run."""
    named = "\n".join(f"{system}|{key}" for system, key in sorted(record.key for record in records))
    return f"pm-{hashlib.sha256(named.encode()).hexdigest()[:16]}"


def excerpts(sets: Iterable[ReviewSet]) -> list[RecordExcerpt]:
    """Return one chart excerpt for each record of ``sets``, in the order of the records' keys."""
    wanted = {record.key: record for found in sets for record in found.records}
    return [excerpt(record) for _, record in sorted(wanted.items())]


def _source(record: Record, week: int) -> SourceRecord:
    started = WEEK_ONE + dt.timedelta(weeks=week - 1)
    return SourceRecord(
        system=record.system,
        id=record.id,
        fields={name: getattr(record, name) for name in FIELDS},
        facility=record.facility,
        extracted_at=started + dt.timedelta(minutes=7),
        verified_at=record.verified_at,
        history=[FieldHistory(old.field, old.value, old.valid_from, old.valid_to) for old in record.history],
    )


def _compared(pair: ScoredPair, left: int, right: int) -> ComparedPair:
    earned = zip(FIELDS, pair.weights, strict=True)
    comparisons = [Comparison(field, level(field, pair.pattern), weight) for field, weight in earned]
    return ComparedPair(left=left, right=right, score=pair.score, comparisons=comparisons)


def _grade(pairs: Sequence[ScoredPair]) -> Grade:
    """Grade the weakest pair: a set is only as sure as that, and never certain against a contradiction."""
    weakest = min(pair.score for pair in pairs)
    if weakest < model().lower:
        return "certainly-not"
    if weakest >= model().upper and not any(held(pair) for pair in pairs):
        return "certain"
    return "probable" if weakest >= (model().lower + model().upper) / 2 else "possible"


def _reasons(found: ReviewSet) -> list[str]:
    """Name everything that stands out, contradictions first."""
    levels = [{field: level(field, pair.pattern) for field in FIELDS} for pair in found.pairs]
    said = sorted(set().union(*(contradictions(pair) for pair in found.pairs)))
    if len(found.records) > 2:
        said.append("cluster")
    if any(one["given"] == "swapped" for one in levels):
        said.append("name_swap")
    if any("estimated" in one["birth_date"] for one in levels):
        said.append("estimated_birth_date")
    if any(one["phone"] == "exact" and one["birth_date"] == "different" for one in levels):
        said.append("same_household")
    if any(one["national_id"] == one["art_number"] == "missing" for one in levels):
        said.append("missing_identifier")
    if any(one["birth_date"] == "missing" for one in levels):
        said.append("missing_birth_date")
    return said + _chart_reasons(found)


def _chart_reasons(found: ReviewSet) -> list[str]:
    """Compare what the charts say of the same body."""
    charts = [excerpt(record) for record in found.records]
    said = []
    allergies = {frozenset(chart.allergies) for chart in charts if chart.allergies}
    if len(allergies) > 1 and not set.intersection(*map(set, allergies)):
        said.append("allergy_conflict")
    if len({chart.blood_type for chart in charts if chart.blood_type}) > 1:
        said.append("blood_type_conflict")
    return said


def _severity(reasons: Sequence[str], found: ReviewSet) -> Severity:
    """Critical: charts contradict and orders are active, or a sure score hides a contradiction. Low: nothing speaks."""
    ordered = any(excerpt(record).active_orders for record in found.records)
    charts, conflicts = CHART_CONFLICTS & set(reasons), CONFLICTS & set(reasons)
    if charts and ordered:
        return "critical"
    if conflicts and max(pair.score for pair in found.pairs) >= model().upper:
        return "critical"
    if charts or conflicts or {"cluster", ADMITTED} & set(reasons):
        return "high"
    return "medium" if found.pairs[-1].score < (model().lower + model().upper) / 2 else "low"
