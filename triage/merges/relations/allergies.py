"""Lists of allergies: order, letter case and words such as "allergy to" do not count; "none known" is a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from triage.desk.folding import fold, tokens
from triage.desk.placeholders import is_placeholder
from triage.merges.relations.relation import DIFFERENT, REWRITTEN, SAME, Relation

#: Statements that a person was asked and knows of none. Folded, without "allergies" and punctuation.
_NONE_KNOWN: Final = frozenset(
    {
        *("nkda", "nka", "nkfa", "nkma", "nil", "nil known", "none", "none known", "no", "no known", "no known drug"),
        *("no known drug or food", "no known food", "no known medication", "no history of", "denies", "negative"),
    }
)
_BESIDE: Final = frozenset(
    {"allergy", "allergies", "allergic", "to", "disorder", "finding", "substance", "intolerance", "hypersensitivity"}
)
_LISTED: Final = re.compile(r"[;|\n\r]+")


def substances(texts: Iterable[str]) -> list[str]:
    """What is listed, one text each; statements that nothing is known left out."""
    said = (one.strip() for text in texts for one in _LISTED.split(text))
    return [one for one in said if one and not says_none(one) and not is_placeholder("allergies", one)]


def says_none(text: str) -> bool:
    """True for a statement that no allergy is known: ``NKDA``, ``No known allergies``, ``nil``."""
    return " ".join(word for word in tokens(text) if word not in _BESIDE) in _NONE_KNOWN


def name(text: str) -> str:
    """The substance of one entry, for comparison: ``Allergy to Penicillin`` and ``penicillin`` are one."""
    words = [word for word in tokens(text) if word not in _BESIDE]
    return " ".join(sorted(words)) or fold(text)


def compare(lists: Sequence[Sequence[str]]) -> Relation:
    """How two or more lists of substances relate."""
    known = [set(map(name, one)) for one in lists]
    if all(one == known[0] for one in known):
        return SAME
    return Relation("partial", "some are in one chart only") if set.intersection(*known) else DIFFERENT


def relate(one: str, two: str) -> Relation:
    """Relate two folded lists in one field each, parted by commas or semicolons."""
    if one == two:
        return SAME
    left, right = (substances(text.split(",")) for text in (one, two))
    found = compare([left, right])
    if found.kind == "agree":
        return REWRITTEN
    return Relation("partial", "some are in one only") if found.kind == "partial" else DIFFERENT
