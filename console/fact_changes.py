"""Changes of facts, published in the transaction that makes them, to whatever must answer in the same transaction.

Signatures rest on facts of a wave: its cases, risks, measures, plans, and the roles of those who signed. Whatever
changes such a fact publishes the change here, after its last write; ``governance.gates`` subscribes and invalidates
what rested on it. So a signature ends in the very transaction that changes its evidence.

A cause is a member of an enum of its capability. Enums without members are families: a subscription to a family takes
every cause of every enum below it, so a cause of a capability that is added later is heard as well::

    class CaseFacts(Cause): ...              # a family
    class CaseCause(CaseFacts):              # causes of one capability
        DECIDED = "case_decided"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.db import connection

from console.capabilities.registry import Registry

if TYPE_CHECKING:
    from console.people.models import User


class Cause(StrEnum):
    """Why facts changed. The family of all causes; values are stored with what they end, so they never change."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changed. ``waves``: those whose facts changed, None for every wave.

    ``subjects``: other things whose facts changed, each by its kind and number.
    """

    cause: Cause
    waves: tuple[int, ...] | None
    by: User
    about: str = ""
    subjects: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """``hear`` is called with each change whose cause is of one of the ``families``, in the change's transaction."""

    name: str
    families: tuple[type[Cause], ...]
    hear: Callable[[Change], None]


#: Every subscription, which a capability declares as a part: ``SUBSCRIPTIONS.part(Subscription("gates", …))``.
SUBSCRIPTIONS: Final = Registry[Subscription]("subscription to changes of facts", lambda one: one.name)


def publish(
    cause: Cause,
    *,
    waves: Iterable[int] | None,
    by: User,
    about: str = "",
    subjects: Iterable[tuple[str, int]] = (),
) -> None:
    """Publish that facts changed. Must be called in the transaction that changed them, after its last write of them.

    ``about`` names the thing (``EX-1042``, ``RISK-3``), never a patient. What a subscriber raises undoes the change.
    Raises TypeError for a cause that is no member of a ``Cause``, RuntimeError outside of a transaction.
    """
    if not isinstance(cause, Cause):
        raise TypeError(f"{cause!r} is no cause: declare it as a member of a subclass of Cause.")
    if not connection.in_atomic_block:
        raise RuntimeError(f"{cause} must be published inside the transaction that made it.")
    change = Change(cause, None if waves is None else tuple(sorted(set(waves))), by, about, tuple(subjects))
    for subscription in SUBSCRIPTIONS:
        if isinstance(cause, subscription.families):
            subscription.hear(change)


def causes(family: type[Cause] = Cause) -> Iterator[Cause]:
    """Every cause of a family that this deployment knows."""
    yield from family
    for narrower in family.__subclasses__():
        yield from causes(narrower)


def shared_values() -> Iterator[str]:
    """A sentence for each value that two causes have: what is stored would not tell which it was."""
    seen: dict[str, Cause] = {}
    for cause in causes():
        other = seen.setdefault(cause.value, cause)
        if other is not cause:
            yield f"{type(cause).__name__} and {type(other).__name__} both have the cause {cause.value!r}."
