"""Which approvals stand at a moment, as conditions of a queryset. State is read, never swept."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.db.models import QuerySet

from governance.approvals.models import Approval

A = TypeVar("A", bound=Approval)


def in_force(rows: QuerySet[A], now: dt.datetime) -> QuerySet[A]:
    """Return the approvals that permit at ``now``."""
    return standing(rows, now).filter(granted=True)


def requested(rows: QuerySet[A], now: dt.datetime) -> QuerySet[A]:
    """Return the requests that wait for a decision at ``now``."""
    return standing(rows, now).filter(granted__isnull=True)


def standing(rows: QuerySet[A], now: dt.datetime) -> QuerySet[A]:
    """Return requests that wait and approvals that permit at ``now``."""
    return rows.filter(revoked_at__isnull=True, not_after__gt=now).exclude(granted=False)
