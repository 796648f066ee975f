"""Numbered versions that never change: an edit is the next one, and says which version its author had looked at.

The caller holds a lock on what the versions belong to, so that no other edit takes the same number.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from django.db import models
from django.db.models import QuerySet

from console.errors import Stale


class Numbered(Protocol):
    """A row that is one version of something."""

    version: int


V = TypeVar("V", bound=models.Model)


def last_of(rows: QuerySet[V]) -> V | None:
    """Return the newest of these versions; None where there is none."""
    return rows.order_by("-version").first()


def number_of(last: Numbered | None) -> int:
    """Return the number of a version; 0 for none."""
    return last.version if last is not None else 0


def next_number(last: Numbered | None, seen: int | None, what: str) -> int:
    """Return the number of the next version.

    ``seen`` is the version that the author looked at (0: none; None: not asked), ``what`` names the thing in a
    sentence. Raises Stale when another version has been saved since.
    """
    require_seen(last, seen, what)
    return number_of(last) + 1


def require_seen(last: Numbered | None, seen: int | None, what: str) -> None:
    """Raise Stale unless ``seen`` is the newest version."""
    if seen is not None and seen != number_of(last):
        raise Stale(f"{what} has changed since you opened it. Review the new version before you save yours.")
