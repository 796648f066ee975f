"""What a verdict will do, in the words that the decide form shows before it is pressed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effect:
    """A sentence for the button that saves it ("Keep A and B apart"), or nothing; and what follows, line by line."""

    sentence: str = ""
    notes: tuple[str, ...] = ()
