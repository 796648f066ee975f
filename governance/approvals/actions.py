"""Write what becomes of an approval. A use locks it, asks its rules, and writes the entry of the audit log."""

from __future__ import annotations

import datetime as dt

from console.people.models import User
from governance.approvals.models import Approval


def write_decision(row: Approval, granted: bool, reason: str, by: User, at: dt.datetime) -> None:
    """Write that a person granted or refused a request."""
    row.granted, row.decided_by, row.decided_at, row.decision_reason = granted, by, at, reason.strip()
    row.save(update_fields=["granted", "decided_by", "decided_at", "decision_reason"])


def write_revocation(row: Approval, reason: str, by: User, at: dt.datetime) -> None:
    """Write that a person ended a request or an approval before its time."""
    row.revoked_by, row.revoked_at, row.revoke_reason = by, at, reason.strip()
    row.save(update_fields=["revoked_by", "revoked_at", "revoke_reason"])
