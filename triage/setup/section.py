"""What every section of a set-up is: what is there, in the words of a file, and which actions change it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from msgspec import UNSET

from console.people.models import User
from triage.desk.field_rules import FieldRules, checked_rules

E = TypeVar("E", bound=msgspec.Struct)
Values = dict[str, Any]


class Section(ABC, Generic[E]):
    """One list of a set-up file. ``identity``: the fields that name an entry; ``needed`` those of a new one."""

    name: ClassVar[str]
    identity: ClassVar[tuple[str, ...]]
    needed: ClassVar[tuple[str, ...]] = ()
    defaults: ClassVar[Values] = {}

    @abstractmethod
    def stored(self) -> dict[tuple[str, ...], Values]:
        """What is there, by identity, as entries say it."""

    @abstractmethod
    def write(self, key: tuple[str, ...], values: Values, *, new: bool, by: User) -> None:
        """Make or change one. Raises what its action raises."""

    def key(self, entry: E) -> tuple[str, ...]:
        """What names an entry."""
        return tuple(getattr(entry, name) or "" for name in self.identity)

    def given(self, entry: E) -> Values:
        """What an entry says beside what names it; rules of fields as they are stored. Raises Invalid."""
        fields = {name: getattr(entry, name) for name in entry.__struct_fields__ if name not in self.identity}
        said = {name: value for name, value in fields.items() if value is not UNSET}
        return {name: checked_rules(one) if isinstance(one, FieldRules) else one for name, one in said.items()}

    def merged(self, now: Values, given: Values) -> Values:
        """What will be, of what is there and what an entry says."""
        return now | given
