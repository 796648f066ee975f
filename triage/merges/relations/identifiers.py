"""Identifiers: every letter and digit counts; what parts them counts unless its type says that it is for reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from triage.desk.folding import tokens
from triage.merges.relations.distances import apart, distance, transposed
from triage.merges.relations.relation import DIFFERENT, REWRITTEN, SAME, Note, Relation, first

#: Types whose groups are parted for reading alone → by what. Elsewhere a separator may mean something: 12/345.
READING: Final = {
    "national_id": " -./",
    "ssn": " -.",
    "nhs_number": " -",
    "postcode": " -",
    "phone": " -.()/'",
}
_USUAL: Final = " -"
_SHORT: Final = 6


def relate(name: str, one: str, two: str) -> Relation:
    """Relate two folded identifiers of the type ``name``."""
    if one == two:
        return SAME
    ignored = READING.get(name, _USUAL)
    left, right = _without(one, ignored), _without(two, ignored)
    if left == right:
        return REWRITTEN if name in READING else _divided(one, two)
    return first(_notes(name, left, right)) or DIFFERENT


def _without(text: str, characters: str) -> str:
    return text.translate(dict.fromkeys(map(ord, characters)))


def _divided(one: str, two: str) -> Relation:
    """Of no known type: they agree unless both are divided, and not at the same places: 12-3 and 1-23."""
    left, right = _groups(one), _groups(two)
    if len(left) > 1 and len(right) > 1 and left != right:
        return Relation("partial", "same characters, divided differently")
    return REWRITTEN


def _groups(text: str) -> list[str]:
    return text.translate(dict.fromkeys(map(ord, _USUAL), " ")).split()


def _notes(name: str, left: str, right: str) -> Iterator[Note]:
    short, long = sorted((left, right), key=len)
    enough = len(short) >= _SHORT
    yield "separators differ", lambda: "".join(tokens(left)) == "".join(tokens(right)) or _bare(left) == _bare(right)
    yield "leading zeros differ", lambda: left.lstrip("0") == right.lstrip("0") != ""
    yield "two characters transposed", lambda: transposed(left, right)
    yield "one is less precise", lambda: name == "postcode" and len(short) >= 2 and long.startswith(short)
    yield "one has a further prefix", lambda: enough and long.endswith(short)
    yield apart(left, right, "character"), lambda: enough and distance(left, right) <= 2


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
