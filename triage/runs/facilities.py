"""Names of facilities as lines give them, in one spelling: cases are routed and listed by it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

CHARACTERS: Final = 64
_REMEMBERED: Final = 10_000
_words: dict[str, str] = {}
_sets: dict[tuple[str, ...], tuple[str, ...]] = {}


def word(name: str) -> str:
    """The facility in one spelling: composed, lower case, spaces single, at most 64 characters, all of them visible.

    Empty when nothing of the name can be seen.
    """
    found = _words.get(name)
    if found is None:
        seen = "".join(" " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c)[0] != "C")
        found = " ".join(unicodedata.normalize("NFC", seen.lower()).split())[:CHARACTERS].rstrip()
        if len(_words) < _REMEMBERED:  # a hostile file may bring as many names as it has lines
            _words[name] = found
    return found


def words(names: Iterable[str]) -> tuple[str, ...]:
    """The facilities of several names, each once and in order; names that say nothing, or were not given, left out."""
    key = tuple(names)
    found = _sets.get(key)
    if found is None:
        found = tuple(sorted({spelt for name in key if name and (spelt := word(name))}))
        if len(_sets) < _REMEMBERED:
            _sets[key] = found
    return found
