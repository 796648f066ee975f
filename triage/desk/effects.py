"""What a verdict will do, in the words that the decide form shows before it is pressed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effect:
    """A sentence for the button that saves it ("Keep A and B apart"), or nothing; and what follows, line by line.

    ``grouping``: for a verdict that says which things are one, a number a thing, equal for what it puts together.
    """

    sentence: str = ""
    notes: tuple[str, ...] = ()
    grouping: tuple[int, ...] = ()

    @property
    def grouped(self) -> str:
        """The grouping as the form's script reads it."""
        return ",".join(map(str, self.grouping))
