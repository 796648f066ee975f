"""What the book keeps of people who could not prove who they are when they were about to sign."""

from __future__ import annotations

from console.audit import log
from console.people.models import User


def proof_failed(*, act: str, subject: str, way: str, by: User) -> log.Receipt:
    """Book a failed try to sign ``subject`` (``GATE-3``) by ``act`` (``vote``). Nothing that was typed is written."""
    with log.transaction(by=by, purpose="prove"):
        return log.record("session.proof_failed", subject=by, by=by, facts={"act": act, "signing": subject, "way": way})
