"""Reading the book is an act too: who looked at what of it is booked before they see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.audit import book
from console.audit.book import Receipt
from console.people.models import User


def look(*, by: User, at: str, facts: Mapping[str, Any] | None = None, subject: str = "book") -> Receipt:
    """Book that ``by`` looks into the book; ``at`` is what they look at: timeline, entry, about, api, receipt."""
    return book.read("book.viewed", subject=subject, by=by, facts={"at": at, **(facts or {})})
