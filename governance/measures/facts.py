"""The built-in measures whose facts triage tells. None scans cases; each says so when there is nothing to tell."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from console.web.view_helpers import fragment
from governance.measures.builtin import BuiltIn
from governance.measures.models import Direction, Unit
from governance.measures.readings import Reading, absent
from governance.subjects import Subject
from triage import facts

LAYERS: Final = ("storage", "schema", "record", "workflow")
#: The most parts of a measure that are read one by one.
PARTS: Final = 24
SEVERITIES: Final = {"low": 1, "medium": 2, "high": 3, "critical": 4}
#: The type of case that identity errors are counted of.
IDENTITY: Final = "merge"
#: Of which decisions the attainment of due times speaks.
SLA_WINDOW: Final = dt.timedelta(days=7)

NOTHING_LOADED: Final = "No run of this wave has been loaded yet."
NOTHING_TO_DIVIDE: Final = "No data: 0 of 0."
_LOWER, _HIGHER = Direction.LOWER, Direction.HIGHER


def of_count(code: str, subject: Subject, dimension: str, found: facts.Count | None, records: str = "") -> Reading:
    """A reading of a count. What it was counted among are its samples."""
    if found is None:
        return absent(code, NOTHING_LOADED, wave_id=subject.id, dimension=dimension)
    return Reading(
        measure=code,
        wave_id=subject.id,
        dimension=dimension,
        value=Fraction(found.value),
        samples=found.of,
        as_of=found.as_of,
        source="concord",
        query=code,
        records=records,
    )


def of_ratio(
    code: str, subject: Subject, dimension: str, found: facts.Ratio | None, why: str, records: str = ""
) -> Reading:
    """A reading of a share; ``why`` there is none, if there is none. Of nothing there is no share."""
    if found is None:
        return absent(code, why, wave_id=subject.id, dimension=dimension)
    whole = found.denominator
    return Reading(
        measure=code,
        wave_id=subject.id,
        dimension=dimension,
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


def _cases(subject: Subject, part: str = "", word: str = "") -> str:
    return facts.records_address(
        subject.ref,
        severity=SEVERITIES[word] if part == "severity" else None,
        kind=word if part == "kind" else "",
        domain=word if part == "domain" else "",
    )


def _open_cases(subject: Subject, dimension: str, now: dt.datetime) -> Reading:
    part, _, word = dimension.partition("/")
    if dimension and (part not in ("severity", "kind", "domain") or not word):
        why = "Unknown dimension. Use severity/…, kind/… or domain/…."
        return absent("open-cases", why, wave_id=subject.id, dimension=dimension)
    if part == "severity" and word not in SEVERITIES:
        return absent("open-cases", "There is no such severity.", wave_id=subject.id, dimension=dimension)
    found = facts.open_cases(
        subject.id,
        severity=SEVERITIES[word] if part == "severity" else None,
        kind=word if part == "kind" else "",
        domain=word if part == "domain" else "",
    )
    return of_count("open-cases", subject, dimension, found, _cases(subject, part, word))


def _open_cases_by(subject: Subject, now: dt.datetime) -> list[Reading]:
    whole = facts.open_cases(subject.id)
    if whole is None:
        return []
    words = {number: word for word, number in SEVERITIES.items()}
    counts: Counter[str] = Counter({f"severity/{word}": 0 for word in reversed(SEVERITIES)})
    for cell in facts.open_cells(subject.id):
        for part in (f"severity/{words[cell.severity]}", f"kind/{cell.kind}", f"domain/{cell.domain}"):
            counts[part] += cell.count
    readings = []
    for dimension, number in counts.items():
        part, _, word = dimension.partition("/")
        found = facts.Count(number, whole.as_of, whole.of)
        readings.append(of_count("open-cases", subject, dimension, found, _cases(subject, part, word)))
    return readings


def _critical(subject: Subject, dimension: str, now: dt.datetime) -> Reading:
    if dimension:
        return _undivided("critical-open", subject, dimension)
    found = facts.unresolved_critical(subject.id)
    return of_count("critical-open", subject, "", found, _cases(subject, "severity", "critical"))


def _reconciliation(subject: Subject, dimension: str, now: dt.datetime) -> Reading:
    layer, _, domain = dimension.partition("/")
    if layer and layer not in LAYERS:
        why = f"The layers are {', '.join(LAYERS)}; this is none of them."
        return absent("reconciliation", why, wave_id=subject.id, dimension=dimension)
    found = facts.reconciliation(subject.id, layer=layer, domain=domain)
    part = f" of {dimension}" if dimension else ""
    return of_ratio("reconciliation", subject, dimension, found, f"No loaded run reports any reconciliation{part}.")


def _reconciliation_by(subject: Subject, now: dt.datetime) -> list[Reading]:
    """Each layer, and each domain of it that was reported."""
    cells = facts.reconciliation_cells(subject.id)
    layers = [layer for layer in LAYERS if any(cell[0] == layer for cell in cells)]
    wanted = [*layers, *(f"{layer}/{domain}" for layer, domain in cells if domain)][:PARTS]
    return [_reconciliation(subject, dimension, now) for dimension in wanted]


def _sla(subject: Subject, dimension: str, now: dt.datetime) -> Reading:
    if dimension:
        return _undivided("sla-attainment", subject, dimension)
    found = facts.sla_attainment(subject.id, since=now - SLA_WINDOW)
    return of_ratio("sla-attainment", subject, "", found, "No case of this wave was decided in the last seven days.")


def _rejected(subject: Subject, dimension: str, now: dt.datetime) -> Reading:
    if dimension:
        return _undivided("rejected-lines", subject, dimension)
    latest = next((run for run in facts.runs(subject.id) if not run.recalled), None)
    records = fragment("intake:rejected", latest.id) if latest else ""
    return of_ratio("rejected-lines", subject, "", facts.rejected_lines(subject.id), NOTHING_LOADED, records)


def _identity(subject: Subject, dimension: str, now: dt.datetime) -> Reading:
    if dimension:
        return _undivided("identity-errors", subject, dimension)
    why = "No merge decisions have been verified by a later run yet."
    return of_ratio("identity-errors", subject, "", facts.decision_errors(subject.id, kind=IDENTITY), why)


def _undivided(code: str, subject: Subject, dimension: str) -> Reading:
    return absent(code, "This measure has no dimensions.", wave_id=subject.id, dimension=dimension)


def _not_yet(code: str, why: str) -> Callable[[Subject, str, dt.datetime], Reading]:
    def read(subject: Subject, dimension: str, now: dt.datetime) -> Reading:
        return absent(code, why, wave_id=subject.id, dimension=dimension)

    return read


MEASURES: Final = (
    BuiltIn(
        "critical-open",
        "Unresolved critical cases",
        "Each may harm a patient on the first day.",
        Unit.COUNT,
        _LOWER,
        _critical,
        noun="cases",
    ),
    BuiltIn(
        "open-cases",
        "Unresolved cases",
        "Cases waiting for a decision.",
        Unit.COUNT,
        _LOWER,
        _open_cases,
        _open_cases_by,
        noun="cases",
    ),
    BuiltIn(
        "reconciliation",
        "Reconciled records",
        "Unreconciled records were lost, duplicated or altered.",
        Unit.RATIO,
        _HIGHER,
        _reconciliation,
        _reconciliation_by,
        noun="checked",
    ),
    BuiltIn(
        "rejected-lines",
        "Rejected lines",
        "A rejected line was not loaded, so no one has reviewed it.",
        Unit.RATIO,
        _LOWER,
        _rejected,
        noun="lines",
    ),
    BuiltIn(
        "identity-errors",
        "Identity decision error rate",
        "Share of verified merge decisions that a later run found wrong.",
        Unit.RATIO,
        _LOWER,
        _identity,
        noun="decisions",
    ),
    BuiltIn(
        "sla-attainment",
        "Cases decided within SLA",
        "Of those decided in the last seven days.",
        Unit.RATIO,
        _HIGHER,
        _sla,
        noun="cases",
    ),
    BuiltIn(
        "review-agreement",
        "Agreement of second reviews",
        "Two people who see the same evidence should come to the same verdict.",
        Unit.RATIO,
        _HIGHER,
        _not_yet("review-agreement", "Second review is not available in this version."),
        noun="reviews",
    ),
    BuiltIn(
        "mapping-coverage",
        "Mapping coverage",
        "An unmapped code loses its meaning after migration.",
        Unit.RATIO,
        _HIGHER,
        _not_yet("mapping-coverage", "The mapping dictionary is not available in this version."),
        noun="codes",
    ),
    BuiltIn(
        "consent-parity",
        "Consent parity",
        "A patient's refusal must hold after the move as it did before.",
        Unit.RATIO,
        _HIGHER,
        _not_yet("consent-parity", "Consent comparison is not available in this version."),
        noun="consents",
    ),
    BuiltIn(
        "seal-lag",
        "Audit entries not yet sealed",
        "Time between an audit entry and its sealed checkpoint.",
        Unit.SECONDS,
        _LOWER,
        _not_yet("seal-lag", "Sealing of the audit log is not available in this version."),
        fresh_seconds=300,
    ),
)
