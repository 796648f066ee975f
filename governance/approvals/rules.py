"""Who may decide or revoke an approval. ``noun`` is what a use calls it: "waiver", "acceptance"."""

from __future__ import annotations

import datetime as dt

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid, Stale
from governance.approvals.values import ApprovalState


def may_decide(state: ApprovalState, noun: str, *, requester: bool, able: bool) -> Answer:
    """Return whether this person may grant or refuse a request. ``able``: whether the use lets them decide."""
    if requester:
        return Forbidden(f"You requested this {noun}, so someone else must decide it.")
    if state != ApprovalState.REQUESTED:
        return Forbidden(f"This {noun} {_ended(state)} and cannot be decided now.", Stale)
    return Allowed() if able else Forbidden(f"Your roles do not allow you to decide this {noun}.")


def may_revoke(state: ApprovalState, noun: str, *, able: bool) -> Answer:
    """Return whether this person may end a request or an approval before its time."""
    if not state.stands:
        return Forbidden(f"This {noun} {_ended(state)} and cannot be revoked.", Stale)
    return Allowed() if able else Forbidden(f"Your roles do not allow you to revoke this {noun}.")


def may_last(not_after: dt.datetime, now: dt.datetime, *, longest: dt.timedelta, sentence: str) -> Answer:
    """Return whether an approval may last until ``not_after``; ``sentence`` refuses one that lasts too long."""
    if not_after <= now:
        return Forbidden("The expiry date must be in the future.", Invalid)
    return Allowed() if not_after <= now + longest else Forbidden(sentence, Invalid)


def _ended(state: ApprovalState) -> str:
    return "has expired" if state == ApprovalState.EXPIRED else f"is {state.value}"
