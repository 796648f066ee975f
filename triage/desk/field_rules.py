"""How the columns of one source are read: canonical names, placeholders, country, order of dates, joint comparisons.

Stored with the source as JSON; every part may be left out. Lines stay as they were sent: rules apply when a line is
read for display and comparison, so a change of the rules changes what pages show, and no evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from triage.desk.columns import canonical
from triage.desk.folding import fold
from triage.desk.placeholders import is_placeholder
from triage.desk.written_dates import Order

#: Placeholders of a source that count in every field.
EVERY_FIELD: Final = "*"

Name = Annotated[str, Meta(max_length=64, pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Said = Annotated[str, Meta(min_length=1, max_length=100)]


class FieldRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one source's columns are read.

    ``columns``: column → canonical name. ``placeholders``: canonical name, or ``*`` for every field, → values that
    stand for unknown. ``together``: name of a comparison → the columns that it compares together. ``country``: ISO
    3166-1 alpha-2, for national phone numbers. ``dates``: which number of ``03/04/1970`` is the day.
    """

    columns: Annotated[dict[Name, Name], Meta(max_length=200)] = {}
    placeholders: Annotated[dict[str, Annotated[list[Said], Meta(max_length=100)]], Meta(max_length=100)] = {}
    together: Annotated[dict[Name, Annotated[list[Name], Meta(min_length=2, max_length=8)]], Meta(max_length=100)] = {}
    country: Annotated[str, Meta(pattern=r"^([A-Z]{2})?$")] = ""
    dates: Order = ""

    def name(self, column: str) -> str:
        """The canonical name of a column."""
        return self.columns.get(column) or canonical(column)

    def unknown(self, field: str, value: str | None) -> bool:
        """True if ``value`` stands for unknown in ``field``, here or anywhere; false for a missing value."""
        if is_placeholder(field, value):
            return True
        declared = [*self.placeholders.get(field, ()), *self.placeholders.get(EVERY_FIELD, ())]
        return bool(declared) and fold(value or "") in map(fold, declared)


#: Without any rules of a source.
PLAIN: Final = FieldRules()


def read_rules(stored: Mapping[str, object]) -> FieldRules:
    """The rules stored with a source. Raises msgspec.ValidationError; what actions have stored is valid."""
    return msgspec.convert(stored, FieldRules)
