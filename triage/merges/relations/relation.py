"""What the comparison of two values comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["agree", "partial", "disagree", "missing_one", "missing_both", "conflict_in_time"]


@dataclass(frozen=True, slots=True)
class Relation:
    """How two values relate; ``hint`` is a few words about the difference, or nothing."""

    kind: Kind
    hint: str = ""


SAME: Final = Relation("agree")
REWRITTEN: Final = Relation("agree", "written differently")
DIFFERENT: Final = Relation("disagree")

#: A note about a difference, and the question whether it holds of the two values.
Note = tuple[str, Callable[[], bool]]


def first(notes: Iterable[Note]) -> Relation | None:
    """Partial, with the first note that holds; None when none does."""
    return next((Relation("partial", note) for note, holds in notes if holds()), None)
