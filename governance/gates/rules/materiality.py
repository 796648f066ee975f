"""What must not change under signatures, and what may. Lists compare as sets; order never matters."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from governance.gates.terms import Changed, Material


def to_json(material: Material) -> dict[str, Any]:
    """Plain JSON values: strings, integers, lists and objects only, sorted; equal materials give equal JSON."""
    raise NotImplementedError


def from_json(kept: Mapping[str, Any]) -> Material:
    """Read what ``to_json`` wrote. Raises ValueError for anything else: what cannot be read is not to be relied on."""
    raise NotImplementedError


def compare(then: Material, now: Material, signers: Container[int] = ()) -> tuple[list[Changed], list[Changed]]:
    """What differs: (material changes, drift). Any material change withdraws the signatures.

    ``criteria``: code → ``{"version": 2, "basis": "pass", "blocking": True}``. ``runs`` of now must name every run of
    then that has not been recalled, however many came since. ``able``: who may vote by role and account; separation of
    duties is not part of it. ``prior``: phase → digest of the package on which its GO stands, or empty.
    ``signers``: those who have signed so far; who loses the right to vote matters only among them.
    """
    raise NotImplementedError
