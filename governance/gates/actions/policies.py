"""Who must answer a gate, and how many: the next version of its policy, with its seats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.people.models import User
from governance.gates.models import Gate, Policy


@dataclass(frozen=True, slots=True)
class Place:
    """One seat of a board as it is to be. ``vetoes`` are risk domains."""

    code: str
    title: str
    holder: User
    alternate: User | None = None
    required: bool = True
    chair: bool = False
    vetoes: tuple[str, ...] = ()


def change_policy(
    *,
    gate: Gate,
    places: Sequence[Place],
    quorum: int,
    go_needed: int,
    reason: str,
    seen: int,
    by: User,
    freezes: bool = False,
    poll_hours: int = 72,
    valid_hours: int = 168,
) -> Policy:
    """Give a gate its board: the first policy (``seen`` 0), or the next version of it (``seen``: the one looked at).

    Raises Denied, Stale, Invalid for a board that could decide alone, has no chair, or holds a person twice.
    """
    raise NotImplementedError
