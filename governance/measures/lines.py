"""One reported value, as the API and run packages bring it: its shape, and what is wrong with it in one sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from console import identifiers, schemas
from governance.measures.models import Direction, Unit
from governance.measures.values import AHEAD, Definition

Code = Annotated[str, Meta(pattern=r"^[-a-zA-Z0-9_]{1,64}$(?!\n)", description="The measure's code.")]
Part = Annotated[str, Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)", description="What part it speaks of.")]
Natural = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Stamp = Annotated[dt.datetime, Meta(tz=True, description="The time that the value speaks of, with its offset.")]

_LARGEST: Final = Decimal(10) ** 18
_SMALLEST: Final = Decimal("0.000001")
_EARLIEST: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class MeasureLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A value of one measure at one time: a ratio by numerator and denominator, anything else by its value.

    An event (a restore test) needs no value, or 1: it happened at ``as_of``.
    """

    measure: Code
    as_of: Stamp
    dimension: Part = ""
    value: Decimal | None = None
    numerator: Natural | None = None
    denominator: Natural | None = None
    samples: Natural | None = None


class ReportLine(MeasureLine, frozen=True, forbid_unknown_fields=True, gc=False):
    """A line that says itself which wave it speaks of; empty is the whole programme."""

    wave: Annotated[str, Meta(max_length=100)] = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A sound value, ready to be kept. Either ``value``, or ``numerator`` and ``denominator``."""

    measure: str
    wave_id: int | None
    dimension: str
    as_of: dt.datetime
    value: Decimal | None
    numerator: int | None
    denominator: int | None
    samples: int | None

    @property
    def key(self) -> tuple[str, int | None, str, dt.datetime]:
        """What it is the value of."""
        return (self.measure, self.wave_id, self.dimension, self.as_of)

    @property
    def said(self) -> tuple[Decimal | None, int | None, int | None, int | None]:
        """What it says of that."""
        return (self.value, self.numerator, self.denominator, self.samples)


_decode = msgspec.json.Decoder(MeasureLine).decode


def decode(line: bytes) -> MeasureLine:
    """A line of a ``measures`` file. Raises msgspec.DecodeError or msgspec.ValidationError."""
    return _decode(line)


def convert(given: Any) -> ReportLine:
    """A line of a report. Raises msgspec.ValidationError, naming the field."""
    return msgspec.convert(given, ReportLine)


def schema() -> schemas.Schema:
    """The JSON Schema of a line of a ``measures`` file."""
    return msgspec.json.schema(MeasureLine)


def problem(line: MeasureLine, known: Definition | None, now: dt.datetime) -> str:
    """Why this value cannot be believed, in one sentence; empty when it can."""
    if known is None:
        return f"There is no measure “{line.measure}”; define it first."
    if not known.reported:
        return f"{known.code} is calculated by Concord and cannot be reported."
    if known.inactive:
        return f"{known.code} is no longer reported."
    if line.dimension and (fault := identifiers.fault(line.dimension)):
        return f"The dimension {fault}."
    return _when(line, known, now) or _what(line, known)


def sound(line: MeasureLine, known: Definition, wave_id: int | None) -> Value:
    """The value to keep of a line without a problem. What does not fit six decimals is rounded to the worse side."""
    value = Decimal(1) if known.unit == Unit.EVENT else line.value
    if value is not None:
        worse = ROUND_CEILING if known.direction == Direction.LOWER else ROUND_FLOOR
        value = value.quantize(_SMALLEST, rounding=worse)
    return Value(
        measure=line.measure,
        wave_id=wave_id,
        dimension=line.dimension,
        as_of=line.as_of.astimezone(dt.UTC),
        value=value,
        numerator=line.numerator,
        denominator=line.denominator,
        samples=line.samples,
    )


def _when(line: MeasureLine, known: Definition, now: dt.datetime) -> str:
    try:
        at = line.as_of.astimezone(dt.UTC)
    except OverflowError:
        return "as_of is not a valid date."
    if at > now + AHEAD:
        return "as_of is more than 5 minutes in the future. Check the sender's clock."
    if at < max(now - dt.timedelta(days=min(known.keep_days, 36_500)), _EARLIEST):
        return f"Its time (as_of) is older than the {known.keep_days:,} days for which {known.code} is kept."
    return ""


def _what(line: MeasureLine, known: Definition) -> str:
    ratio = (line.numerator, line.denominator)
    if known.unit == Unit.RATIO:
        return _share(line, known)
    if ratio != (None, None):
        return f"{known.code} is not a ratio. Send value, not numerator and denominator."
    if known.unit == Unit.EVENT:
        return (
            ""
            if line.value is None or (line.value.is_finite() and line.value == 1)
            else f"{known.code} is an event: its value is 1 or left out."
        )
    return _number(line.value, known)


def _share(line: MeasureLine, known: Definition) -> str:
    if line.value is not None:
        return f"{known.code} is a ratio: give numerator and denominator instead of a value."
    if line.numerator is None or line.denominator is None:
        return f"{known.code} is a ratio: it needs a numerator and a denominator."
    if line.numerator > line.denominator:
        return f"Its numerator ({line.numerator:,}) is larger than its denominator ({line.denominator:,})."
    return ""


def _number(value: Decimal | None, known: Definition) -> str:
    if value is None:
        return f"{known.code} needs a value. To report no data, omit the line."
    if not value.is_finite():
        return "The value is not a number."
    if value < 0:
        return "Its value is negative."
    if value >= _LARGEST:
        return "The value is out of range."
    if known.unit == Unit.COUNT and value != value.to_integral_value():
        return f"{known.code} counts things: its value must be a whole number."
    return ""
