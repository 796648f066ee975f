"""How what is material is sealed and read again, and what differs from it. The order of lists is no change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from governance.gates.rules.parts import MATERIAL
from governance.gates.values import Changed, Drift, Material

#: The parts of version 1. They stand beside each other in a sealed material; those declared since under ``parts``.
FIRST: Final = frozenset(
    (
        "able",
        "acceptances",
        "criteria",
        "criticals",
        "planned_for",
        "policy",
        "prior",
        "risks",
        "rollback",
        "runbook",
        "runs",
        "seats",
        "transformation",
        "waivers",
    )
)
#: What version 2 added.
_SINCE_2: Final = frozenset(("version", "parts"))


def to_json(material: Material) -> dict[str, Any]:
    """Plain JSON values: strings, integers, lists and objects only, sorted; equal materials give equal JSON."""
    spelled = {name: _spelled(name, value) for name, value in sorted(material.parts.items())}
    found = {name: spelled[name] for name in FIRST}
    if material.version > 1:
        later = {name: value for name, value in spelled.items() if name not in FIRST}
        found |= {"version": material.version, "parts": later}
    return dict(sorted(found.items()))


def from_json(kept: Mapping[str, Any]) -> Material:
    """Read what ``to_json`` wrote, in this version or an earlier one. Raises ValueError for anything else."""
    version = kept.get("version", 1)
    names = FIRST if version == 1 else FIRST | _SINCE_2
    if version not in (1, 2) or set(kept) != names:
        raise ValueError(f"A sealed material has other parts than expected: {sorted(set(kept) ^ names)}.")
    try:
        material = Material({name: kept[name] for name in FIRST} | dict(kept.get("parts", {})), version)
        again = to_json(material)
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise ValueError("A sealed material cannot be read.") from problem
    if again != dict(kept):
        raise ValueError("A sealed material is not written as it was sealed.")
    return material


def compare(then: Material, now: Material, signers: Collection[int] = ()) -> tuple[list[Changed], list[Changed]]:
    """What differs: (material changes, drift). Any material change withdraws the signatures.

    A part that was not known at sealing is no change. ``signers``: those who have signed so far.
    """
    material: list[Changed] = []
    drift: list[Changed] = []
    for change in _changes(then, now, signers):
        (drift if isinstance(change, Drift) else material).append(change)
    return material, drift


def _changes(then: Material, now: Material, signers: Collection[int]) -> Iterator[Changed]:
    known = [part for part in MATERIAL if part.name in then.parts and part.name in now.parts]
    for part in known:
        implied = part.implied_by
        if not implied or then.parts[implied] == now.parts[implied]:
            yield from part.compare(then.parts[part.name], now.parts[part.name], signers)
    for name in sorted(then.parts.keys() - {part.name for part in known}):
        yield Changed("part-unread", f"“{name}” can no longer be checked.", str(then.parts[name]), "")


def _spelled(name: str, value: Any) -> Any:
    part = MATERIAL.get(name)
    return part.spell(value) if part else value
