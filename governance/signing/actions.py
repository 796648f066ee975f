"""The act of signing: one row that binds a person's name, time and meaning to a digest, chained to the one before."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from console.audit import log
from console.errors import Denied, Invalid, Stale
from console.people.models import User
from console.people.rules import is_time_zone
from console.sealing import canonical
from governance.signing.models import Signature, SignatureBase

FORMAT: Final = "concord-signature/2"
_LOCK: Final = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"
_SPACE: Final = 0x5349


def sign(*, subject: str, digest: str, seen: str, meaning: str, seat: str, proof: str, by: User) -> Signature:
    """Sign the digest of a subject with a meaning. ``seat``: the role or seat in which the person signs.

    The caller has asked its own rules and locked the subject; ``seen`` is the digest that the person looked at, and
    ``proof`` how they proved who they are for this act (``Proof.method``). Raises Denied without proof, Stale for
    another digest than seen, Invalid without a meaning. Signing the same again gives the first signature.
    """
    if not proof or not by.is_person:
        raise Denied("Confirm your identity before you sign.")
    if seen != digest:
        raise Stale(f"{subject} has changed since you opened it. Review it before you sign.")
    if not meaning.strip() or len(meaning) > 300 or not digest:
        raise Invalid("A signature needs a meaning of at most 300 characters and the digest of what is signed.")
    with log.transaction(by=by, purpose="sign"):
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [_SPACE, subject])
        same = Signature.objects.filter(subject=subject, digest=digest, meaning=meaning, person=by).first()
        if same is not None:
            return same
        last = Signature.objects.filter(subject=subject).order_by("-place").first()
        row = Signature(subject=subject, digest=digest, meaning=meaning, seat_title=seat)
        bind(row, last, by, proof, timezone.now())
        write(row, {"format": FORMAT, "subject": subject, "digest": digest, "seat_title": seat} | common(row))
        log.record("signature.given", subject=subject, by=by, facts={"meaning": meaning, "signature": row.hash})
    return row


def bind(row: SignatureBase, last: SignatureBase | None, person: User, proof: str, at: dt.datetime) -> None:
    """Give a signature its place after the last of its chain, its person with their printed name, and both times."""
    zone = person.time_zone if is_time_zone(person.time_zone) else "UTC"
    row.place, row.previous = (last.place + 1, last.hash) if last else (1, "")
    row.person, row.printed_name, row.proof = person, person.name or person.username, proof
    row.signed_at, row.time_zone = at, zone
    row.local_time = at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def common(row: SignatureBase) -> dict[str, Any]:
    """Return what the content of every signature holds."""
    return {
        "place": row.place,
        "previous": row.previous,
        "meaning": row.meaning,
        "username": row.person.username,
        "printed_name": row.printed_name,
        "signed_at": row.signed_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "local_time": row.local_time,
        "time_zone": row.time_zone,
        "proof": row.proof,
    }


def write(row: SignatureBase, content: dict[str, Any]) -> None:
    """Write a signature with the canonical text of its content and the hash of that."""
    row.content = canonical.text(content)
    row.hash = canonical.digest(row.content)
    row.save(force_insert=True)
