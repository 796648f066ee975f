"""Free texts such as addresses: the same words agree, however they are punctuated."""

from __future__ import annotations

from triage.desk.folding import tokens
from triage.merges.relations import spelling
from triage.merges.relations.distances import apart, similarity
from triage.merges.relations.relation import DIFFERENT, REWRITTEN, SAME, Relation

_SHARED = 0.5
_ALIKE = 0.9


def relate(one: str, two: str) -> Relation:
    """Relate two folded texts."""
    left, right = tokens(one), tokens(two)
    if left == right:
        return SAME if one == two else REWRITTEN
    words, others = set(left), set(right)
    if words == others:
        return Relation("partial", "same words, different order")
    if "".join(left) == "".join(right):
        return Relation("partial", "same letters, divided differently")
    if spelling.plain(one) == spelling.plain(two):
        return Relation("partial", spelling.marks_note(one + two))
    if words and others and len(words & others) / len(words | others) >= _SHARED:
        return Relation("partial", "some words differ")
    if similarity(one, two) >= _ALIKE:
        return Relation("partial", apart(one, two, "character"))
    return DIFFERENT
