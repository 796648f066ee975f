"""Codes: sex, yes and no, marital status. Known spellings of one code are the same; nothing is nearly the same."""

from __future__ import annotations

from typing import Final

from triage.desk.folding import tokens
from triage.merges.relations.relation import DIFFERENT, REWRITTEN, SAME, Relation

_SEX: Final = {"f": "female", "fem": "female", "woman": "female", "m": "male", "man": "male", "o": "other"}
_YES_NO: Final = {"y": "yes", "true": "yes", "t": "yes", "1": "yes", "n": "no", "false": "no", "f": "no", "0": "no"}
_MARITAL: Final = {"s": "single", "m": "married", "d": "divorced", "w": "widowed", "widow": "widowed"}

#: Field → spelling → code. Numbers of sexes are left out: systems do not agree about what 1 and 2 are.
SPELLINGS: Final = {"sex": _SEX, "deceased": _YES_NO, "marital_status": _MARITAL}


def relate(name: str, one: str, two: str) -> Relation:
    """Relate two folded codes of the field ``name``."""
    if one == two:
        return SAME
    return REWRITTEN if _code(name, one) == _code(name, two) else DIFFERENT


def _code(name: str, said: str) -> str:
    words = " ".join(tokens(said)) or said
    return SPELLINGS.get(name, {}).get(words, words)
