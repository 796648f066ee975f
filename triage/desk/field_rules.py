"""How the columns of one source are read: canonical names, placeholders, country, order of dates, joint comparisons.

Stored with the source as JSON; every part may be left out. Lines stay as they were sent: rules apply when a line is
read for display and comparison, so a change of the rules changes what pages show, and no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
import phonenumbers

from console.errors import Invalid
from triage.desk.columns import COLUMNS, canonical
from triage.desk.folding import fold
from triage.desk.placeholders import is_placeholder
from triage.desk.written_dates import Order

#: Placeholders of a source that count in every field.
EVERY_FIELD: Final = "*"

_MOST: Final = 200
_LONGEST: Final = 100
_is_name = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}\Z").match


class FieldRules(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How one source's columns are read.

    ``columns``: column → canonical name; its own name keeps a column from being read as another. ``placeholders``:
    canonical name, or ``*`` for every field, → values that stand for unknown. ``together``: name of a comparison → the
    columns that it compares together. ``country``: ISO 3166-1 alpha-2, for national phone numbers. ``dates``: which
    number of ``03/04/1970`` is the day.
    """

    columns: dict[str, str] = {}
    placeholders: dict[str, list[str]] = {}
    together: dict[str, list[str]] = {}
    country: str = ""
    dates: Order = ""

    def name(self, column: str) -> str:
        """The canonical name of a column."""
        return self.columns.get(column) or canonical(column)

    def unknown(self, field: str, value: str | None) -> bool:
        """True if ``value`` stands for unknown in ``field``, here or anywhere; false for a missing value."""
        if is_placeholder(field, value):
            return True
        declared = [*self.placeholders.get(canonical(field), ()), *self.placeholders.get(EVERY_FIELD, ())]
        return bool(declared) and fold(value or "") in map(fold, declared)


#: Without any rules of a source.
PLAIN: Final = FieldRules()


def read_rules(stored: Mapping[str, object]) -> FieldRules:
    """The rules stored with a source. Raises msgspec.ValidationError; what actions have stored is valid."""
    return msgspec.convert(stored, FieldRules)


def checked_rules(given: Mapping[str, object] | FieldRules) -> dict[str, Any]:
    """``given`` as it is stored: without empty parts, fields by their canonical names. Raises Invalid."""
    try:
        rules = given if isinstance(given, FieldRules) else msgspec.convert(given, FieldRules)
    except msgspec.ValidationError as error:
        raise Invalid(f"The field rules do not have the right form: {error}.") from None
    if max(len(rules.columns), len(rules.placeholders), len(rules.together)) > _MOST:
        raise Invalid(f"A source has at most {_MOST} field rules of each sort.")
    country = rules.country.strip().upper()
    if country and country not in phonenumbers.SUPPORTED_REGIONS:
        raise Invalid(f"“{country[:10]}” is no country code. Enter two letters of ISO 3166-1, for example UG or GB.")
    checked = FieldRules(
        columns=_columns(rules.columns),
        placeholders=_placeholders(rules.placeholders),
        together=_together(rules.together),
        country=country,
        dates=rules.dates,
    )
    return dict(msgspec.to_builtins(checked))


def _columns(given: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for column, name in given.items():
        _require_names([column])
        if name not in COLUMNS and name != column:
            raise Invalid(f"“{name[:64]}” is no field of Concord. Choose one of: {', '.join(COLUMNS)}.")
        found[column] = name
    return found


def _placeholders(given: Mapping[str, list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field, values in given.items():
        if field != EVERY_FIELD:
            _require_names([field])
        if len(values) > _MOST or not all(0 < len(fold(value)) <= _LONGEST for value in values):
            raise Invalid(f"A field has at most {_MOST} placeholders of 1 to {_LONGEST} characters.")
        name = field if field == EVERY_FIELD else canonical(field)
        found[name] = list(dict.fromkeys([*found.get(name, ()), *values]))
    return {field: values for field, values in found.items() if values}


def _together(given: Mapping[str, list[str]]) -> dict[str, list[str]]:
    for comparison, columns in given.items():
        _require_names([comparison, *columns])
        if not 2 <= len(set(columns)) <= 8:
            raise Invalid(f"“{comparison}” compares two to eight columns together; name each of them.")
    return {comparison: list(dict.fromkeys(columns)) for comparison, columns in given.items()}


def _require_names(names: Iterable[str]) -> None:
    for name in names:
        if not _is_name(name):
            raise Invalid(f"“{name[:64]}” is no column name: use a-z, 0-9, “_”, “.” and “-”, at most 64 characters.")
