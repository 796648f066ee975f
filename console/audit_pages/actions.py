"""Reading the book is an act too: who looked at what of it is booked before they see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.audit import log
from console.audit.log import Receipt
from console.people.models import User


def look(*, by: User, at: str, facts: Mapping[str, Any] | None = None, subject: str = "book") -> Receipt:
    """Book that ``by`` looks into the book; ``at`` is what they look at: timeline, entry, about, api, receipt."""
    return log.record_access("book.viewed", subject=subject, by=by, facts={"at": at, **(facts or {})})
