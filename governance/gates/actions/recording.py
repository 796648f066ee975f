"""Keeping what criteria came to: at sealing and at T-0 all of them, in between those that have changed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Final

from governance.gates.models import Evaluation, Kind
from governance.gates.models.assessments import Occasion
from governance.gates.packages.snapshots import Held, Snapshot

_PLACES: Final = Decimal("0.000001")
_MOST: Final = 10**18
#: A value that keeps moving within its bounds is kept so often at most.
_SELDOM: Final = dt.timedelta(minutes=15)
_VALUE: Final = ("value", "numerator", "denominator")
#: What of an evaluation is the value that moves; of other kinds it is the time of an attestation or test.
_SAYS: Final = {
    Kind.RATIO: _VALUE,
    Kind.COUNT_IS_ZERO: _VALUE,
    Kind.WINDOW: _VALUE,
    Kind.RISK_CEILING: ("observed",),
}


def keep_all(snapshot: Snapshot, occasion: Occasion) -> None:
    """Keep every criterion as it stands."""
    Evaluation.objects.bulk_create(_row(held, snapshot, occasion) for held in snapshot.criteria)


def keep_changed(snapshot: Snapshot) -> dict[str, str]:
    """Keep those criteria that came to another result, or whose value moved and was kept a while ago; code → result."""
    versions = [held.version.pk for held in snapshot.criteria]
    rows = Evaluation.objects.filter(version__in=versions).order_by("version_id", "-id").distinct("version_id")
    last = {row.version_id: row for row in rows}
    fresh = [_row(held, snapshot, Occasion.CHANGE) for held in snapshot.criteria]
    moved = [row for row in fresh if _has_moved(last.get(row.version_id), row)]
    Evaluation.objects.bulk_create(moved)
    return {row.version.criterion.code: str(row.result) for row in moved}


def _has_moved(last: Evaluation | None, now: Evaluation) -> bool:
    if last is None or last.result != now.result:
        return True
    if now.evaluated_at - last.evaluated_at < _SELDOM:
        return False
    names = _SAYS.get(Kind(now.version.kind), ("data_as_of",))
    return any(getattr(last, name) != getattr(now, name) for name in names)


def _row(held: Held, snapshot: Snapshot, occasion: Occasion) -> Evaluation:
    evaluated, seen = held.evaluated, held.evaluated.seen
    reading = seen.reading
    return Evaluation(
        version=held.version,
        occasion=occasion,
        result=evaluated.result,
        observed=evaluated.observed[:100],
        value=_decimal(reading.value) if reading else None,
        numerator=reading.numerator if reading else None,
        denominator=reading.denominator if reading else None,
        samples=reading.samples if reading else None,
        data_as_of=(reading.as_of if reading else None) or seen.happened_at or seen.said_at,
        evaluated_at=snapshot.at,
        query=(reading.query if reading else str(held.version.kind))[:64],
        query_version=reading.query_version if reading else 1,
        sentence=evaluated.sentence[:500],
    )


def _decimal(value: Fraction | None) -> Decimal | None:
    """For trends; never compared. What does not fit is left out."""
    if value is None or abs(value) >= _MOST:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES)
