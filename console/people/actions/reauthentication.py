"""Log failed re-authentication before a signature."""

from __future__ import annotations

from console.audit import log
from console.people.models import User


def proof_failed(*, act: str, subject: str, way: str, by: User) -> log.Receipt:
    """Book a failed try to sign ``subject`` (``GATE-3``) by ``act`` (``vote``). Nothing that was typed is written."""
    with log.transaction(by=by, purpose="prove"):
        return log.record("session.proof_failed", subject=by, by=by, facts={"act": act, "signing": subject, "way": way})
