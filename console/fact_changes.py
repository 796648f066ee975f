"""What a promise rests on, and who hears when it changes: the door through which facts reach signatures.

Signatures rest on facts of a wave: its cases, risks, measures, plans, and the roles of those who signed. Whatever
changes such a fact says so here, inside its own transaction and after it has written; whoever keeps promises
(``governance.gates``) listens. So a promise falls in the very transaction that takes its ground away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection

from console.people.models import User


@dataclass(frozen=True, slots=True)
class Change:
    """What changed. ``waves``: whose facts, None for those of every wave; ``cause``: a word such as ``risk_rated``.

    ``subjects``: other things whose facts changed, each by its kind and number.
    """

    cause: str
    waves: tuple[int, ...] | None
    by: User
    about: str = ""
    subjects: tuple[tuple[str, int], ...] = ()


Subscriber = Callable[[Change], None]
_subscribers: list[Subscriber] = []


def subscribe(subscriber: Subscriber) -> None:
    """Hear of every change from now on. Registering the same function again does nothing."""
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)


def publish(
    cause: str,
    *,
    waves: Iterable[int] | None,
    by: User,
    about: str = "",
    subjects: Iterable[tuple[str, int]] = (),
) -> None:
    """Say that facts changed. Must be called inside the transaction that changed them, after its last write of them.

    ``about`` names the thing (``EX-1042``, ``RISK-3``), never a patient. What a subscriber raises undoes the change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{cause} must be told inside the transaction that made it.")
    change = Change(cause, None if waves is None else tuple(sorted(set(waves))), by, about, tuple(subjects))
    for subscriber in _subscribers:
        subscriber(change)
