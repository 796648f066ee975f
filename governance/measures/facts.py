"""How the built-in measures of triage are read: from its facts, of many waves at once. None scans cases.

Each says so when there is nothing to tell.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from governance.measures.builtin import Read, Series
from governance.measures.readings import Reading, absent
from governance.subjects import Subject
from triage import facts
from triage.facts import SEVERITIES, CaseScope, Severity, UnitScope

LAYERS: Final = ("storage", "schema", "record", "workflow")
#: The most parts of a measure that are read one by one.
PARTS: Final = 24
#: The code of the measure of cases that reviewers left for the time after the cutover.
PAST_CUTOVER: Final = "deferred-past-cutover"
#: The type of case that identity errors are counted of.
IDENTITY: Final = "merge"
#: Of which decisions the attainment of due times speaks.
SLA_WINDOW: Final = dt.timedelta(days=7)

NOTHING_LOADED: Final = "No run of this wave has been loaded yet."
NOTHING_TO_DIVIDE: Final = "No data: 0 of 0."


def of_count(code: str, series: Series, found: facts.Count | None, records: str = "") -> Reading:
    """A reading of a count. What it was counted among are its samples."""
    if found is None:
        return _absent(code, series, NOTHING_LOADED)
    return Reading(
        measure=code,
        wave_id=series.subject.id,
        dimension=series.dimension,
        value=Fraction(found.value),
        samples=found.of,
        as_of=found.as_of,
        source="concord",
        query=code,
        records=records,
    )


def of_ratio(code: str, series: Series, found: facts.Ratio | None, why: str, records: str = "") -> Reading:
    """A reading of a share; ``why`` there is none, if there is none. Of nothing there is no share."""
    if found is None:
        return _absent(code, series, why)
    whole = found.denominator
    return Reading(
        measure=code,
        wave_id=series.subject.id,
        dimension=series.dimension,
        value=Fraction(found.numerator, whole) if whole else None,
        numerator=found.numerator,
        denominator=whole,
        samples=whole,
        as_of=found.as_of,
        source="concord",
        query=code,
        missing="" if whole else NOTHING_TO_DIVIDE,
        records=records,
    )


def not_yet(code: str, why: str) -> Read:
    """A measure that has no facts yet, and says why."""
    return lambda asked, now: [_absent(code, series, why) for series in asked]


def open_cases(asked: Sequence[Series], now: dt.datetime) -> list[Reading]:
    """Unresolved cases, of all or of one severity, kind or domain."""
    scopes = {series: _scope(series) for series in asked}
    found = facts.open_cases(scope for scope in scopes.values() if isinstance(scope, CaseScope))
    return [
        _absent("open-cases", series, scope)
        if isinstance(scope, str)
        else of_count("open-cases", series, found.get(scope), _cases(series.subject, scope))
        for series in asked
        for scope in [scopes[series]]
    ]


def open_cases_by(subjects: Sequence[Subject], now: dt.datetime) -> dict[Subject, list[Reading]]:
    """Unresolved cases by severity, by kind and by domain."""
    keys = [subject.id for subject in subjects]
    wholes = facts.open_cases(CaseScope(key) for key in keys)
    cells = facts.open_cells(keys)
    return {
        subject: [
            of_count(
                "open-cases",
                series,
                facts.Count(number, whole.as_of, whole.of),
                _cases(subject, scope if isinstance(scope := _scope(series), CaseScope) else CaseScope(subject.id)),
            )
            for dimension, number in _by_part(cells[subject.id]).items()
            for series in [Series(subject, dimension)]
        ]
        for subject in subjects
        if (whole := wholes.get(CaseScope(subject.id))) is not None
    }


def past_cutover(asked: Sequence[Series], now: dt.datetime) -> list[Reading]:
    """Unresolved cases deferred past the cutover, of all or of one severity, kind or domain."""
    scopes = {series: _scope(series) for series in asked}
    found = facts.deferred_past_cutover(scope for scope in scopes.values() if isinstance(scope, CaseScope))
    return [
        _absent(PAST_CUTOVER, series, scope)
        if isinstance(scope, str)
        else of_count(PAST_CUTOVER, series, found.get(scope), _cases(series.subject, scope, state="past_cutover"))
        for series in asked
        for scope in [scopes[series]]
    ]


def past_cutover_by(subjects: Sequence[Subject], now: dt.datetime) -> dict[Subject, list[Reading]]:
    """Unresolved cases deferred past the cutover, by severity, the highest first."""
    words = [f"severity/{word}" for word in reversed(SEVERITIES)]
    asked = [Series(subject, word) for subject in subjects for word in words]
    readings = dict(zip(asked, past_cutover(asked, now), strict=True))
    return {subject: [readings[Series(subject, word)] for word in words] for subject in subjects}


def reconciliation(asked: Sequence[Series], now: dt.datetime) -> list[Reading]:
    """Reconciled records, of all or of one layer, or one domain of a layer; in runs of one purpose, or of any."""
    scopes = {series: _units(series) for series in asked}
    known = {series: scope for series, scope in scopes.items() if not scope.layer or scope.layer in LAYERS}
    found = facts.reconciliation(known.values())
    unknown = f"The layers are {', '.join(LAYERS)}; this is none of them."
    return [
        of_ratio("reconciliation", series, found.get(known[series]), _unreconciled(series.dimension))
        if series in known
        else _absent("reconciliation", series, unknown)
        for series in asked
    ]


def reconciliation_by(subjects: Sequence[Subject], now: dt.datetime) -> dict[Subject, list[Reading]]:
    """Each layer, and each domain of it that was reported."""
    cells = facts.reconciliation_cells([subject.id for subject in subjects])
    asked = [Series(subject, part) for subject in subjects for part in _layers(cells.get(subject.id, []))]
    found: dict[Subject, list[Reading]] = {subject: [] for subject in subjects}
    for series, reading in zip(asked, reconciliation(asked, now), strict=True):
        found[series.subject].append(reading)
    return found


def _undivided(code: str, read: Callable[[Sequence[Subject], dt.datetime], Mapping[Subject, Reading]]) -> Read:
    """Return how a measure without dimensions is read: ``read`` answers for subjects as a whole."""

    def answer(asked: Sequence[Series], now: dt.datetime) -> list[Reading]:
        whole = [series.subject for series in asked if not series.dimension]
        found = read(whole, now) if whole else {}
        none = "This measure has no dimensions."
        return [_absent(code, series, none) if series.dimension else found[series.subject] for series in asked]

    return answer


def _critical(subjects: Sequence[Subject], now: dt.datetime) -> dict[Subject, Reading]:
    found = facts.unresolved_critical([subject.id for subject in subjects])
    return {
        subject: of_count(
            "critical-open",
            Series(subject),
            found.get(subject.id),
            _cases(subject, CaseScope(subject.id, Severity.CRITICAL)),
        )
        for subject in subjects
    }


def _sla(subjects: Sequence[Subject], now: dt.datetime) -> dict[Subject, Reading]:
    found = facts.sla_attainment([subject.id for subject in subjects], since=now - SLA_WINDOW)
    why = "No case of this wave was decided in the last seven days."
    return {subject: of_ratio("sla-attainment", Series(subject), found.get(subject.id), why) for subject in subjects}


def _identity(subjects: Sequence[Subject], now: dt.datetime) -> dict[Subject, Reading]:
    found = facts.decision_errors([subject.id for subject in subjects], kind=IDENTITY)
    why = "No merge decisions have been verified by a later run yet."
    return {subject: of_ratio("identity-errors", Series(subject), found.get(subject.id), why) for subject in subjects}


critical: Final = _undivided("critical-open", _critical)
sla: Final = _undivided("sla-attainment", _sla)
identity: Final = _undivided("identity-errors", _identity)


def _absent(code: str, series: Series, why: str) -> Reading:
    return absent(code, why, wave_id=series.subject.id, dimension=series.dimension)


def _scope(series: Series) -> CaseScope | str:
    """The cases that a dimension of the open cases names, or why it names none."""
    part, _, word = series.dimension.partition("/")
    if series.dimension and (part not in ("severity", "kind", "domain") or not word):
        return "Unknown dimension. Use severity/…, kind/… or domain/…."
    if part == "severity" and word not in SEVERITIES:
        return "There is no such severity."
    return CaseScope(
        series.subject.id,
        severity=SEVERITIES[word] if part == "severity" else None,
        kind=word if part == "kind" else "",
        domain=word if part == "domain" else "",
    )


def _cases(subject: Subject, scope: CaseScope, *, state: str = "unresolved") -> str:
    """The address of the cases of a scope."""
    return facts.records_address(
        subject.ref, severity=scope.severity, kind=scope.kind, domain=scope.domain, state=state
    )


def _by_part(cells: Sequence[facts.Cell]) -> Counter[str]:
    """Dimension → how many, every severity first, the highest of them first."""
    counts: Counter[str] = Counter({f"severity/{word}": 0 for word in reversed(SEVERITIES)})
    for cell in cells:
        for part in (f"severity/{Severity(cell.severity).word}", f"kind/{cell.kind}", f"domain/{cell.domain}"):
            counts[part] += cell.count
    return counts


def _units(series: Series) -> UnitScope:
    """The units that a dimension names: ``record``, ``record/orders``, or either after ``purpose/delta``."""
    purpose, parts = "", series.dimension
    if parts.startswith("purpose/"):
        purpose, _, parts = parts.removeprefix("purpose/").partition("/")
        purpose = purpose or "none"
    layer, _, domain = parts.partition("/")
    return UnitScope(series.subject.id, layer, domain, purpose)


def _layers(cells: Sequence[tuple[str, str]]) -> list[str]:
    """The dimensions of a reconciliation that were reported: layers first, then the domains of each."""
    layers = [layer for layer in LAYERS if any(cell[0] == layer for cell in cells)]
    return [*layers, *(f"{layer}/{domain}" for layer, domain in cells if domain)][:PARTS]


def _unreconciled(dimension: str) -> str:
    return f"No loaded run reports any reconciliation{f' of {dimension}' if dimension else ''}."
