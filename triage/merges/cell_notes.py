"""What a single value says about itself, before it is compared: a placeholder, no date, an estimated date."""

from __future__ import annotations

from triage.desk.field_rules import FieldRules
from triage.desk.fields import Sort, sort_of
from triage.desk.written_dates import WrittenDate, read_date

PLACEHOLDER = "placeholder"
_BIRTHS = frozenset({"birth_date", "birth_year"})


def note_of(field: str, value: str | None, rules: FieldRules) -> str:
    """A word or two for the cell of ``value``, or nothing. ``field`` is a canonical name."""
    if not (value or "").strip():
        return ""
    if rules.unknown(field, value):
        return PLACEHOLDER
    return _of_date(field, value or "", rules) if sort_of(field) is Sort.DATE else ""


def _of_date(field: str, value: str, rules: FieldRules) -> str:
    readings = read_date(value, rules.dates)
    if not readings:
        return "not a date"
    if len(readings) > 1:
        return "day or month first?"
    (date,) = readings
    if date.about:
        return "approximate"
    if not date.month:
        return "" if field == "birth_year" else "year only"
    if not date.day:
        return "month and year only"
    return _estimated(date) if field in _BIRTHS else ""


def _estimated(date: WrittenDate) -> str:
    """Births are entered on the first of January, in mid-year or on the fifteenth when the day is not known."""
    if date.conventional:
        return "may be estimated"
    return "day may be estimated" if date.day == 15 else ""
