"""What can harm a patient if a case is decided wrongly, as the strip above the evidence shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from console.ui.text import plural

#: ``(letters, words)``: the records that the words are about, each by its letter, and the words.
Said = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Harm:
    """One conflict: its name, and what is known of it. It names no value that a mask hides.

    ``special``: what was decided before and binds, no conflict of what the records hold.
    """

    title: str
    said: tuple[Said, ...]
    icon: str
    special: bool = False


@dataclass(frozen=True, slots=True)
class Harms:
    """All of a case. ``calm`` are the sentences about what was looked for and not found."""

    found: tuple[Harm, ...] = ()
    calm: tuple[str, ...] = ()

    @property
    def conflicts(self) -> int:
        """How many conflicts of what the records hold there are."""
        return sum(not harm.special for harm in self.found)

    @property
    def counted(self) -> str:
        """``2 conflicts``."""
        return plural(self.conflicts, "conflict") if self.conflicts else "No conflict found"


def listed(letters: Iterable[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    *first, last = letters
    return f"{', '.join(first)} and {last}" if first else last


NONE: Final = Harms()
