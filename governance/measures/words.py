"""Values and thresholds of measures as people read them, on every page, in every pack, notice and refusal.

A value that has to be shortened is shortened to the worse side, so that what reads as kept is kept; a threshold is
never shortened. Unit and noun are those of the measure's definition, built in or added.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Final

from console.ui import dates, formatting
from governance.measures.bounds import Threshold
from governance.measures.comparison import Comparison
from governance.measures.models import Direction, Unit
from governance.measures.readings import Reading
from governance.measures.values import Definition

_UNITS: Final = {
    Unit.MILLISECONDS: "ms",
    Unit.SECONDS: "s",
    Unit.MINUTES: "min",
    Unit.HOURS: "h",
    Unit.DAYS: "d",
}


def in_words(definition: Definition, reading: Reading, now: dt.datetime | None = None) -> str:
    """``99.2%``, ``1,284``, ``1.24 s``, ``6 d ago``; ``no value`` when there is none, never a zero."""
    if reading.value is None:
        return "no value"
    if definition.unit == Unit.EVENT:
        return dates.relative(reading.as_of, now) if reading.as_of else "no value"
    return number(definition, reading.value)


def number(definition: Definition, value: Fraction, against: Threshold | None = None) -> str:
    """A value of this measure, without its time. ``against``: the threshold it is compared with.

    The worse side is that of the threshold, else that of the measure's direction. Decimals are two, or as many as the
    threshold has.
    """
    if definition.unit == Unit.COUNT and value.denominator == 1:
        return f"{value.numerator:,}"
    up = definition.direction == Direction.LOWER
    decimals = formatting.DECIMALS
    if against is not None and against.threshold.is_finite():
        up = up if against.operator is Comparison.EQ else against.operator.caps
        decimals = max(decimals, _decimals(_scaled(definition, against.threshold)))
    if definition.unit == Unit.RATIO:
        return formatting.percent(value, up=up, decimals=decimals)
    shown = formatting.decimal(formatting.shortened(value, up=up, decimals=decimals), decimals)
    return f"{shown} {_UNITS.get(definition.unit, '')}".rstrip()


def counted(definition: Definition, said: str) -> str:
    """A number of this measure with what it counts: ``3 cases``."""
    return f"{said} {definition.noun}".rstrip() if definition.unit == Unit.COUNT else said


def share(definition: Definition, reading: Reading) -> str:
    """``12,345 of 12,445 sign-ins``; empty for what is no ratio."""
    if reading.numerator is None or reading.denominator is None:
        return ""
    return f"{reading.numerator:,} of {reading.denominator:,} {definition.noun}".strip()


def amount(definition: Definition, threshold: Decimal) -> str:
    """A threshold of this measure in full: ``99.5%``, ``2 s``, ``1,000``."""
    shown = formatting.plain(_scaled(definition, threshold))
    return f"{shown}%" if definition.unit == Unit.RATIO else f"{shown} {_UNITS.get(definition.unit, '')}".rstrip()


def limit(definition: Definition, bound: Threshold) -> str:
    """``at most 2 s``."""
    return f"{bound.operator.label} {amount(definition, bound.threshold)}"


def _scaled(definition: Definition, threshold: Decimal) -> Decimal:
    return threshold * 100 if definition.unit == Unit.RATIO else threshold


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
