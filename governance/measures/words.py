"""Values as people read them. What has to be shortened is shortened to the worse side, never up to 100%."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Final

from console.ui import dates
from governance.measures.bounds import Threshold
from governance.measures.models import Direction, Unit
from governance.measures.readings import Reading
from governance.measures.values import Definition

_HUNDREDTH: Final = Decimal("0.01")
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


def number(definition: Definition, value: Fraction) -> str:
    """A value of this measure, without its time."""
    upwards = definition.direction == Direction.LOWER
    if definition.unit == Unit.RATIO:
        return percent(value, upwards=upwards)
    if definition.unit == Unit.COUNT and value.denominator == 1:
        return f"{value.numerator:,}"
    unit = _UNITS.get(definition.unit, "")
    return f"{_short(_hundredths(value, upwards=upwards))} {unit}".strip()


def percent(value: Fraction, *, upwards: bool = False) -> str:
    """A share in per cent, with at most two decimals. Only all of it is 100%, and only none of it 0%."""
    if value <= 0 or value >= 1:
        return f"{_short(_hundredths(value * 100, upwards=upwards))}%"
    shown = _hundredths(value * 100, upwards=upwards)
    if shown >= 100:
        return "99.99%"
    return f"{_short(shown)}%" if shown else "under 0.01%"


def share(definition: Definition, reading: Reading) -> str:
    """``12,345 of 12,445 sign-ins``; empty for what is no ratio."""
    if reading.numerator is None or reading.denominator is None:
        return ""
    return f"{reading.numerator:,} of {reading.denominator:,} {definition.noun}".strip()


def limit(definition: Definition, bound: Threshold) -> str:
    """``at most 2 s``."""
    value = Fraction(bound.threshold)
    exact = Decimal(bound.threshold) * 100 if definition.unit == Unit.RATIO else Decimal(bound.threshold)
    unit = "%" if definition.unit == Unit.RATIO else _UNITS.get(definition.unit, "")
    shown = f"{value.numerator:,}" if definition.unit == Unit.COUNT and value.denominator == 1 else _short(exact)
    return f"{bound.operator.label} {shown}{unit if unit == '%' else f' {unit}'}".rstrip()


def _hundredths(value: Fraction, *, upwards: bool) -> Decimal:
    scaled = value * 100
    whole = -(-scaled.numerator // scaled.denominator) if upwards else scaled.numerator // scaled.denominator
    return (Decimal(whole) * _HUNDREDTH).quantize(_HUNDREDTH, rounding=ROUND_CEILING if upwards else ROUND_FLOOR)


def _short(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
