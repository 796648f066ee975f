"""Email addresses: the domain has no letter case and may be written in its own script or in ASCII (IDNA)."""

from __future__ import annotations

from triage.merges.relations.distances import apart, distance
from triage.merges.relations.relation import DIFFERENT, REWRITTEN, SAME, Relation

_SHORT = 6


def relate(one: str, two: str) -> Relation:
    """Relate two folded addresses."""
    if one == two:
        return SAME
    (box, domain), (other_box, other_domain) = _parts(one), _parts(two)
    if (box, domain) == (other_box, other_domain):
        return REWRITTEN
    if box == other_box and box:
        return Relation("partial", "only the domain differs")
    if min(len(one), len(two)) >= _SHORT and distance(one, two) <= 2:
        return Relation("partial", apart(one, two, "character"))
    return DIFFERENT


def _parts(address: str) -> tuple[str, str]:
    box, _, domain = address.removeprefix("mailto:").rpartition("@")
    try:
        return box.strip(), domain.strip().rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return box.strip(), domain
