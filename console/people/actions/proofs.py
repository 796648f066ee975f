"""What the book keeps of people who could not prove who they are when they were about to sign."""

from __future__ import annotations

from console.audit import book
from console.people.models import User


def proof_failed(*, act: str, subject: str, way: str, by: User) -> book.Receipt:
    """Book a failed try to sign ``subject`` (``GATE-3``) by ``act`` (``vote``). Nothing that was typed is written."""
    with book.transaction(by=by, purpose="prove"):
        return book.write("session.proof_failed", subject=by, by=by, facts={"act": act, "signing": subject, "way": way})
