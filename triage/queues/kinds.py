"""The kinds of case that queues take, as far as queues know them: a code, words, and the queues to start with.

Kinds stand above queues: ``triage.cases.kinds.register`` tells this register of each kind that registers itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from console.errors import Invalid


@dataclass(frozen=True, slots=True)
class StandardQueue:
    """A queue that a hospital starts with. ``targets``: by target, the slug of the standard queue it sends on to."""

    slug: str
    name: str
    purpose: str
    targets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StandardRule:
    """A routing rule that a hospital starts with. ``queue`` is the slug of a standard queue of the same kind."""

    name: str
    queue: str
    conditions: dict[str, Any]
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Standard:
    """What a hospital starts with for one kind. The first queue takes what no rule sends elsewhere."""

    queues: tuple[StandardQueue, ...]
    rules: tuple[StandardRule, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueKind:
    """One kind of case, as queues, routing rules and their forms know it."""

    code: str
    label: str
    standard: Standard


_register: dict[str, QueueKind] = {}


def register(kind: QueueKind) -> None:
    """Make a kind known. The last one registered under a code counts, so a reload in tests is harmless."""
    _register[kind.code] = kind


def registered() -> list[QueueKind]:
    """Every kind of case that a queue may take, in the order of registration."""
    return list(_register.values())


def choices() -> list[tuple[str, str]]:
    """Codes and labels of the kinds, for forms."""
    return [(kind.code, kind.label) for kind in _register.values()]


def label(code: str) -> str:
    """A kind's words for people. Raises Invalid for a kind that is not registered."""
    return require(code).label


def require(code: str) -> QueueKind:
    """The kind of that code. Raises Invalid for a kind that is not registered."""
    if code not in _register:
        raise Invalid(f"“{code}” is not a type of case.")
    return _register[code]
