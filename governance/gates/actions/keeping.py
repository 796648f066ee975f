"""Keeping what criteria came to: at sealing and at T-0 all of them, in between those that have changed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from governance.gates.models import Evaluation
from governance.gates.models.bearing import Occasion
from governance.gates.snapshots import Held, Snapshot

_PLACES: Final = Decimal("0.000001")
_MOST: Final = 10**18


def keep_all(snapshot: Snapshot, occasion: Occasion) -> None:
    """Keep every criterion as it stands."""
    Evaluation.objects.bulk_create(_row(held, snapshot, occasion) for held in snapshot.criteria)


def keep_changed(snapshot: Snapshot) -> dict[str, str]:
    """Keep those criteria whose result or value is another than was kept last; code → result."""
    versions = [held.version.pk for held in snapshot.criteria]
    rows = Evaluation.objects.filter(version__in=versions).order_by("version_id", "-id").distinct("version_id")
    last = {row.version_id: (row.result, row.observed) for row in rows}
    moved = [
        held
        for held in snapshot.criteria
        if last.get(held.version.pk) != (held.judged.result, held.judged.observed[:100])
    ]
    Evaluation.objects.bulk_create(_row(held, snapshot, Occasion.CHANGE) for held in moved)
    return {held.criterion.code: str(held.judged.result) for held in moved}


def _row(held: Held, snapshot: Snapshot, occasion: Occasion) -> Evaluation:
    judged, seen = held.judged, held.judged.seen
    reading = seen.reading
    return Evaluation(
        version=held.version,
        occasion=occasion,
        result=judged.result,
        observed=judged.observed[:100],
        value=_decimal(reading.value) if reading else None,
        numerator=reading.numerator if reading else None,
        denominator=reading.denominator if reading else None,
        samples=reading.samples if reading else None,
        data_as_of=(reading.as_of if reading else None) or seen.happened_at or seen.said_at,
        evaluated_at=snapshot.at,
        query=(reading.query if reading else str(held.version.kind))[:64],
        query_version=reading.query_version if reading else 1,
        sentence=judged.sentence[:500],
    )


def _decimal(value: Fraction | None) -> Decimal | None:
    """For trends; never compared. What does not fit is left out."""
    if value is None or abs(value) >= _MOST:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES)
