"""Judging what is measured: ratios, counts, windows and the age of events. All arithmetic is exact."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Final

from console.ui import formatting
from governance.gates.models.assessments import Result
from governance.gates.rules import wording
from governance.gates.rules.values import Evaluated
from governance.gates.values import Observation, Spec
from governance.measures.comparison import Comparison
from governance.measures.readings import Point, Reading

#: How far clocks may be apart: data from further ahead is not believed, so a clock that jumps makes nothing fresh.
CLOCKS: Final = dt.timedelta(minutes=5)
UNKNOWN: Final = "unknown"


def unknown(sentence: str, observed: str = UNKNOWN) -> Evaluated:
    """It cannot be known."""
    return Evaluated(Result.INCONCLUSIVE, wording.clip(observed, 100), wording.clip(sentence, 500))


def doubt(at: dt.datetime | None, spec: Spec, now: dt.datetime, what: str) -> Evaluated | None:
    """What speaks against believing something of that time: no time at all, the future, too long ago. Else None."""
    if at is None or at.tzinfo is None:
        return unknown(f"{what} has no timestamp.")
    age = now - at
    if age < -CLOCKS:
        return unknown(f"{what} is dated {formatting.about(-age.total_seconds(), 1)} in the future and was ignored.")
    if age > dt.timedelta(seconds=spec.max_age):
        said, limit = formatting.beside(age.total_seconds(), spec.max_age)
        old = f"{said} old"
        return Evaluated(Result.STALE, wording.clip(old, 100), f"{what} is {old}. The limit is {limit}.")
    return None


def keeps(value: Fraction, operator: Comparison | None, threshold: Decimal | None) -> bool | None:
    """Whether a value keeps to its bound, exactly; None without a bound that can be compared with."""
    if operator is None or threshold is None or not threshold.is_finite():
        return None
    return operator.holds(value, threshold)


def exactly(value: object) -> Fraction | None:
    """A number exactly; None for everything that is none (NaN, infinities, truth values, texts)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return Fraction(value) if value.is_finite() else None
    if isinstance(value, float):
        return Fraction(value) if math.isfinite(value) else None
    return Fraction(value) if isinstance(value, Rational) else None


def ratio(spec: Spec, seen: Observation, now: dt.datetime) -> Evaluated:
    """A share of enough observations, with its numerator and denominator, compared exactly."""
    reading, name = seen.reading, wording.name(spec)
    if reading is None or reading.missing:
        return _missing(reading, name)
    parts = _parts(reading)
    if parts is None:
        return unknown(f"{name}: numerator and denominator are missing or do not give the reported value.")
    found = doubt(reading.as_of, spec, now, f"The data of “{spec.title or spec.code}”")
    if found:
        return found
    part, whole = parts
    if whole < max(1, spec.min_samples):
        return unknown(f"{name}: only {whole:,} observations. At least {spec.min_samples:,} are required.")
    value = Fraction(part, whole)
    kept = keeps(value, spec.operator, spec.threshold)
    if kept is None:
        return unknown(f"{name} has no threshold.")
    shown = wording.value(value, spec)
    sentence = f"{name}: {shown} ({part:,} of {whole:,}). Required: {wording.bound(spec)}."
    return Evaluated(Result.PASS if kept else Result.FAIL, shown, sentence)


def zero(spec: Spec, seen: Observation, now: dt.datetime) -> Evaluated:
    """A count that must be zero, among enough checked items."""
    reading, name = seen.reading, wording.name(spec)
    if reading is None or reading.missing:
        return _missing(reading, name)
    value = exactly(reading.value)
    if value is None or value < 0 or value.denominator != 1:
        return unknown(f"{name}: the reported value is not a count.")
    found = doubt(reading.as_of, spec, now, f"The data of “{spec.title or spec.code}”")
    if found:
        return found
    looked_at = reading.samples if reading.samples is not None else reading.denominator
    if looked_at is None or looked_at < max(1, spec.min_samples):
        said = "an unknown number of records" if looked_at is None else f"{looked_at:,}"
        return unknown(f"{name}: {said} checked. At least {spec.min_samples:,} must be checked.")
    shown = wording.value(value, spec)
    if value == 0:
        return Evaluated(Result.PASS, shown, f"{name}: {shown}.")
    return Evaluated(Result.FAIL, shown, f"{name}: {shown}. Required: 0.")


def window(spec: Spec, seen: Observation, now: dt.datetime) -> Evaluated:
    """Intervals in a row that end now: enough of them hold a reading, and every reading in them keeps to the bound."""
    reading, name = seen.reading, wording.name(spec)
    if reading is None or reading.missing:
        return _missing(reading, name)
    if not spec.interval or not spec.consecutive or not 1 <= spec.coverage <= 100:
        return unknown(f"{name}: the time window is not defined.")
    found = doubt(reading.as_of, spec, now, f"The data of “{spec.title or spec.code}”")
    if found:
        return found
    values = [exactly(point.value) for point in reading.points]
    if any(point.at.tzinfo is None or point.at - now > CLOCKS for point in reading.points) or None in values:
        return unknown(f"{name}: some readings are not numbers or are dated in the future.")
    held = _held(reading.points, spec.interval, spec.consecutive, now)
    covered = len({place for place, _ in held})
    span = formatting.duration(spec.interval * spec.consecutive)
    if covered * 100 < spec.coverage * spec.consecutive or not held:
        need = -(-spec.coverage * spec.consecutive // 100)
        return unknown(
            f"{name}: data in {covered} of {spec.consecutive} intervals of the last {span}."
            f" At least {need} are required."
        )
    if len(held) < spec.min_samples:
        return unknown(
            f"{name}: only {len(held):,} readings in the last {span}. At least {spec.min_samples:,} are required."
        )
    return _worst(spec, [value for _, value in held], name, span)


def recency(spec: Spec, seen: Observation, now: dt.datetime) -> Evaluated:
    """An event that is not too long ago. One that is known to be too long ago is a failure, not a doubt."""
    name = wording.name(spec)
    at = seen.happened_at
    if at is None or at.tzinfo is None:
        said = seen.reading.missing if seen.reading else ""
        return unknown(said or f"{name}: never reported.", "never")
    age = now - at
    if age < -CLOCKS:
        return unknown(f"{name} is dated {formatting.about(-age.total_seconds(), 1)} in the future and was ignored.")
    if age > dt.timedelta(seconds=spec.max_age):
        said, limit = formatting.beside(age.total_seconds(), spec.max_age)
        return Evaluated(Result.FAIL, f"{said} ago", f"{name}: {said} ago. The limit is {limit}.")
    ago = f"{formatting.about(age.total_seconds(), 1)} ago"
    return Evaluated(Result.PASS, ago, f"{name}: {ago}.")


def _missing(reading: Reading | None, name: str) -> Evaluated:
    return unknown(reading.missing if reading else f"{name}: never measured.", "no value")


def _parts(reading: Reading) -> tuple[int, int] | None:
    """Numerator and denominator, if they are sound and give the value."""
    part, whole, value = reading.numerator, reading.denominator, exactly(reading.value)
    if part is None or whole is None or value is None or whole <= 0 or not 0 <= part <= whole:
        return None
    return (part, whole) if value == Fraction(part, whole) else None


def _held(points: tuple[Point, ...], interval: int, intervals: int, now: dt.datetime) -> list[tuple[int, Fraction]]:
    """The readings within the window, each with its interval, counted back from now."""
    held: list[tuple[int, Fraction]] = []
    for point in points:
        place = max(dt.timedelta(0), now - point.at) // dt.timedelta(seconds=interval)
        value = exactly(point.value)
        if place < intervals and value is not None:
            held.append((place, value))
    return held


def _worst(spec: Spec, values: list[Fraction], name: str, span: str) -> Evaluated:
    worst = max(values) if spec.operator and spec.operator.caps else min(values)
    kept = keeps(worst, spec.operator, spec.threshold)
    if kept is None:
        return unknown(f"{name} has no threshold.")
    bad = sum(1 for value in values if not keeps(value, spec.operator, spec.threshold))
    shown, need = wording.value(worst, spec), wording.bound(spec)
    if kept:
        return Evaluated(Result.PASS, shown, f"{name}: worst value {shown} in the last {span}. Required: {need}.")
    often = f"{bad:,} of {len(values):,} readings"
    return Evaluated(
        Result.FAIL, shown, f"{name}: worst {shown} in the last {span} ({often} outside the limit). Required: {need}."
    )
