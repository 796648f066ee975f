"""What a typed text asks for: its sign, its words, and what of a title it matches. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

#: No name of the console is longer: the longest is the identifier of a source record.
LONGEST: Final = 200
#: Marks of direction and blanks without width: they come along with copied text and are part of no name.
_INVISIBLE: Final = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WORD: Final = re.compile(r"[^\W_]+")

#: A text in parts: what was typed is marked.
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a typed text asks for. ``sign``: the character before it that names who is asked; "" for everyone."""

    text: str
    sign: str = ""


def asked(typed: str, signs: frozenset[str]) -> Asked:
    """Read a typed text. Control characters, marks of direction and outer blanks are dropped: no name has them."""
    visible = "".join(" " if unicodedata.category(char) in {"Cc", "Cs"} else char for char in typed)
    text = _INVISIBLE.sub("", visible).strip()
    if text[:1] in signs:
        return Asked(text[1:].strip(), text[0])
    return Asked(text)


def matches(label: str, text: str) -> bool:
    """Say whether each word of ``text`` begins a word of ``label``, whatever its case; true for no words at all.

    A text of signs alone has no words, and matches nothing.
    """
    words = _WORD.findall(text.casefold())
    if not words:
        return not text
    named = _WORD.findall(label.casefold())
    return all(any(name.startswith(word) for name in named) for word in words)


def pieces(title: str, text: str) -> Pieces:
    """``title`` in parts, with every word of ``text`` that occurs in it marked."""
    words = sorted(set(text.split()), key=len, reverse=True)
    if not words:
        return ((title, False),)
    parts = re.split(f"({'|'.join(map(re.escape, words))})", title, flags=re.IGNORECASE)
    return tuple((part, bool(place % 2)) for place, part in enumerate(parts) if part)
