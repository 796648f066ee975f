"""Blood types, however they are written: ``O+``, ``O Pos``, ``0 Rh(D) positive``, ``A1 neg``."""

from __future__ import annotations

import re
from typing import Final

from triage.desk.folding import fold
from triage.merges.relations.relation import REWRITTEN, SAME, Relation

_WRITTEN: Final = re.compile(
    r"(?:blood )?(?:group|type|gp)?[ :]*"
    r"(ab|a|b|o|0)(?:[12](?![0-9]))?(?: ?\((?:iv|iii|ii|i)\))?[ ,/]*"
    r"\(?(?:rh(?:esus)?(?: ?\(?d\)?)?(?: factor)?)?[ :(]*"
    r"(\+ve|-ve|\+|-|positive|negative|pos|neg|plus|minus|p|n)?\.?\)?\Z"
)
_POSITIVE: Final = ("+", "p")


def read(text: str) -> tuple[str, str]:
    """Group and Rhesus factor: ``("O", "+")``, ``("A", "")`` without one, ``("", "")`` of what is no blood type."""
    found = _WRITTEN.match(fold(text.replace("\u207a", "+").replace("\u207b", "-")))
    if not found:
        return "", ""
    group, factor = found[1].upper().replace("0", "O"), found[2] or ""
    return group, ("+" if factor.startswith(_POSITIVE) else "-") if factor else ""


def relate(one: str, two: str) -> Relation:
    """Relate two blood types. A person has one, so different ones differ; what cannot be read is said."""
    (group, factor), (other_group, other_factor) = read(one), read(two)
    if not group or not other_group:
        return SAME if fold(one) == fold(two) else Relation("partial", "one is not a known blood type")
    if group != other_group or (factor and other_factor and factor != other_factor):
        return Relation("disagree", "a person has one blood type")
    if factor != other_factor:
        return Relation("partial", "the Rhesus factor is in one only")
    return SAME if fold(one) == fold(two) else REWRITTEN
