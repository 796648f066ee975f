"""Write audit log entries: an action records its entry in its own transaction and gets a receipt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db import transaction as database

from console.audit import attribution, verbs
from console.audit.attribution import Acting
from console.audit.models import LogEntry
from console.correlation import current

if TYPE_CHECKING:
    from console.people.models import User

FACTS_BYTES = 65_536
_NUMBERED = re.compile(r"[A-Z]{1,4}-\d+")
_INSERT = (
    "INSERT INTO audit_logentry"
    " (verb, action, subject, content_type_id, object_pk, object_id, facts, actor_id, cid, purpose)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id, leaf_hash"
)


class Misuse(RuntimeError):
    """A use of the audit log that would make an entry untrue. A mistake in the code, never in a request."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The number of an entry and the SHA-256 (hex) of its exact bytes, which prove the entry."""

    entry_id: int
    hash: str


@contextmanager
def transaction(*, by: User, purpose: str = "") -> Iterator[None]:
    """Open a database transaction whose row changes are attributed to ``by``. Nested calls join the outer one.

    Raises Misuse when an outer transaction belongs to another person.
    """
    outer = attribution.in_action()
    if outer is not None:
        if outer.actor_id != by.pk:
            raise Misuse("A transaction of one person cannot hold the action of another.")
        with database.atomic():
            yield
        return
    with database.atomic():
        with attribution.action(Acting(by.pk, purpose)):
            attribution.stamp(connection)
            yield
        if len(connection.atomic_blocks) > 1 and not connection.needs_rollback:
            attribution.stamp(connection)  # what the surrounding transaction does next is not this person's


@contextmanager
def unattributed(*, purpose: str) -> Iterator[None]:
    """Open a transaction without a known actor. Only for failed sign-ins; everything else has an actor."""
    with database.atomic(), attribution.action(Acting(None, purpose)):
        attribution.stamp(connection)
        yield


def record(
    verb: str, *, subject: models.Model | str, by: User | None, facts: Mapping[str, Any] | None = None
) -> Receipt:
    """Write one entry inside the caller's transaction. ``facts`` never hold patient data.

    ``by`` is None only where the actor is unknown (a failed sign-in). Raises verbs.UnknownVerb, and Misuse outside of a
    transaction, for facts that are no small JSON, or when ``by`` is not the person of the transaction.
    """
    known = verbs.get(verb)
    if not connection.in_atomic_block:
        raise Misuse(f"{verb} must run inside a transaction so that the change and its audit entry commit together.")
    outer = attribution.in_action()
    if outer is not None and by is not None and outer.actor_id != by.pk:
        raise Misuse(f"{verb} names another person than its transaction.")
    purpose = outer.purpose if outer is not None else known.family
    row = [verb, _kind(verb), *_about(subject), _json(facts or {}), by.pk if by else None, current(), purpose[:64]]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, row)
        entry_id, leaf_hash = cursor.fetchone() or (0, b"")
    return Receipt(entry_id, bytes(leaf_hash).hex())


def record_access(
    verb: str, *, subject: models.Model | str, by: User, facts: Mapping[str, Any] | None = None
) -> Receipt:
    """Record access to patient data, committed before the caller answers. Raises any error that prevents the entry."""
    with transaction(by=by, purpose="read"):
        return record(verb, subject=subject, by=by, facts=facts)


def subject_name(subject: models.Model | str) -> str:
    """Return the stable name that entries are found by: ``EX-1042``, ``runs.run:7``, ``book``.

    A name chosen by a person (a username, a slug) may change hands, so its number is kept; readers see the name.
    """
    if isinstance(subject, str):
        return subject
    given = str(getattr(subject, "ref", ""))
    return given if _NUMBERED.fullmatch(given) else f"{subject._meta.label_lower}:{subject.pk}"


def _about(subject: models.Model | str) -> tuple[str, int | None, str, int | None]:
    name = subject_name(subject)[:100]
    if isinstance(subject, str):
        return name, None, "", None
    kind = ContentType.objects.get_for_model(subject).pk
    return name, kind, str(subject.pk), subject.pk if isinstance(subject.pk, int) else None


def _kind(verb: str) -> int:
    """django-auditlog's coarse action; the verb says it exactly."""
    looked = verb.endswith((".opened", ".revealed", ".viewed", ".listed", ".searched", ".exported", ".read"))
    return int(LogEntry.Action.ACCESS if looked else LogEntry.Action.UPDATE)


def _json(facts: Mapping[str, Any]) -> str:
    """The facts as JSON text. Raises Misuse for what JSON or PostgreSQL cannot hold exactly, or for too much of it."""
    try:
        text = json.dumps(dict(facts), ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except (TypeError, ValueError) as error:
        raise Misuse(f"Facts must be plain JSON: {error}.") from None
    if "\\u0000" in text or size > FACTS_BYTES:
        raise Misuse(f"Facts must be free of NUL and no larger than {FACTS_BYTES} bytes.")
    return text
