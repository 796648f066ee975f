"""Pick-lists of filters: every value that a list can be narrowed to, by its label, with how many it would leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One value. ``count`` is None where it is not known; ``more``: there may be more than were counted."""

    value: str
    label: str
    count: int | None = None
    more: bool = False
    chosen: bool = False

    @property
    def words(self) -> str:
        """The label with its count: "Twins likely (25)", "Identity (1,000+)"."""
        if self.count is None:
            return self.label
        return f"{self.label} ({self.count:,}{'+' if self.more else ''})"

    @property
    def empty(self) -> bool:
        """Whether choosing it would surely show nothing; what is chosen can always be seen and kept."""
        return self.count == 0 and not self.more and not self.chosen


@dataclass(frozen=True, slots=True)
class Pick:
    """A filter as a list to pick from: the parameter, its label, what no choice means, and the values."""

    name: str
    label: str
    options: list[Option]
    any: str = "Any"


def pick(
    name: str,
    label: str,
    values: Iterable[tuple[str, str]],
    *,
    counts: Mapping[str, int] | None = None,
    more: bool = False,
    chosen: str = "",
    none: str = "Any",
) -> Pick:
    """The pick-list of these values. ``counts`` by value: what is not among them counts none.

    ``more``: the counts are of the first cases only, so that every one of them may be higher. A chosen value that is
    not among the values is offered as it is, so that it can be seen and changed.
    """
    known = list(values)
    if chosen and chosen not in {value for value, _ in known}:
        known.insert(0, (chosen, chosen))
    options = [
        Option(value, word, None if counts is None else counts.get(value, 0), more, value == chosen)
        for value, word in known
    ]
    return Pick(name, label, options, none)
