"""The kinds of case that queues take, as far as queues know them: a code, words, and the queues to start with.

Kinds stand above queues: a kind that is declared to ``triage.cases.kinds.KINDS`` brings its ``QueueKind`` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from console.capabilities.registry import Registry
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

    queues: tuple[StandardQueue, ...] = ()
    rules: tuple[StandardRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A named queue that verdicts of a kind send cases on to; each queue says which queue that is for its cases.

    ``label`` names it on the form of a queue. ``required``: without one the verdict is refused; otherwise the case
    stays where it is.
    """

    name: str
    label: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class QueueKind:
    """One kind of case, as queues, routing rules and their forms know it."""

    code: str
    label: str
    standard: Standard
    targets: tuple[Target, ...] = ()


#: The kinds that queues, routing rules and SLA targets may name. A kind of case brings its own.
QUEUE_KINDS: Final = Registry[QueueKind]("kind of case of queues", lambda kind: kind.code)


def registered() -> list[QueueKind]:
    """Every kind of case that a queue may take, in the order of registration."""
    return list(QUEUE_KINDS)


def choices() -> list[tuple[str, str]]:
    """Codes and labels of the kinds, for forms."""
    return [(kind.code, kind.label) for kind in QUEUE_KINDS]


def label(code: str) -> str:
    """A kind's words for people; of one that is not installed any longer, its code in words."""
    return QUEUE_KINDS[code].label if code in QUEUE_KINDS else code.replace("_", " ").capitalize()


def require(code: str) -> QueueKind:
    """The kind of that code. Raises Invalid for a kind that is not registered."""
    if code not in QUEUE_KINDS:
        raise Invalid(f"“{code}” is not a type of case.")
    return QUEUE_KINDS[code]
