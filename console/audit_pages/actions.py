"""Record access to the audit log: each view is logged before the reader sees anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.audit import log
from console.audit.log import Receipt
from console.people.models import User


def look(*, by: User, at: str, facts: Mapping[str, Any] | None = None, subject: str = "book") -> Receipt:
    """Record that ``by`` reads the audit log; ``at`` is what they read: timeline, entry, about, api, receipt."""
    return log.record_access("book.viewed", subject=subject, by=by, facts={"at": at, **(facts or {})})
