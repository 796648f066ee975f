"""An approval: requested by one person, decided by another, ends when it is read, may be revoked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from governance.approvals.values import ApprovalState, state_at


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides the state of a row; see ``values.ApprovalData``."""

    requested_by: int
    not_after: dt.datetime
    granted: bool | None
    decided_by: int | None
    decided_at: dt.datetime | None
    revoked_at: dt.datetime | None


class Approval(models.Model):
    """Base of everything that one person requests and another gives. A use adds what is approved.

    Give a use its constraints with ``constraints_of(prefix)``: Django takes no names with a table's prefix from a base.
    """

    reason = models.TextField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    not_after = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    decision_reason = models.TextField(blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.TextField(blank=True)

    class Meta:
        abstract = True

    def approval_state(self, now: dt.datetime) -> ApprovalState:
        """Return the state at ``now``: expiry is seen when it is read."""
        return state_at(
            Facts(
                self.requested_by_id,
                self.not_after,
                self.granted,
                self.decided_by_id,
                self.decided_at,
                self.revoked_at,
            ),
            now,
        )


def constraints_of(prefix: str) -> list[models.BaseConstraint]:
    """Return the constraints of one use: it ends after it is requested, two people, who and when are given together."""
    return [
        models.CheckConstraint(condition=Q(not_after__gt=F("requested_at")), name=f"{prefix}_ends"),
        models.CheckConstraint(
            condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")), name=f"{prefix}_two"
        ),
        models.CheckConstraint(
            condition=Q(granted__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
            | Q(granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
            name=f"{prefix}_decided",
        ),
        models.CheckConstraint(
            condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
            | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            name=f"{prefix}_revoked",
        ),
    ]
