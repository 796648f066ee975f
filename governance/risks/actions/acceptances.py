"""Accepting what is left of a risk: asked for by one, granted by another, ended by time, a higher rating or by hand."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from console.audit import log
from console.people.models import User
from governance.approvals import actions as approvals
from governance.approvals.rules import may_revoke
from governance.risks import queries, rules
from governance.risks.actions.common import changed, locked_risk, tell
from governance.risks.causes import RiskCause
from governance.risks.models import RatingKind, Risk, RiskAcceptance


def request_acceptance(*, risk: Risk, reason: str, not_after: dt.datetime, by: User) -> RiskAcceptance:
    """Request acceptance of the risk at its current rating until ``not_after``. Extending one needs a new request.

    Raises Denied, Invalid, or Stale when one waits already.
    """
    with locked_risk(risk, by, permission=queries.MANAGE, to="request this acceptance") as locked:
        rules.is_open(locked.ref, closed=locked.closed_at is not None).require()
        rules.said(reason, "why it should be accepted").require()
        now = timezone.now()
        ratings = queries.latest([locked])[locked.pk]
        current, residual = ratings.get(RatingKind.CURRENT), ratings.get(RatingKind.RESIDUAL)
        states = [row.state_at(now) for row in RiskAcceptance.objects.filter(risk=locked)]
        rules.may_ask(queries.rated(current), queries.rated(residual), states).require()
        assert current is not None  # may_ask has refused otherwise
        rules.fits_time(current.severity, not_after, now).require()
        found = RiskAcceptance.objects.create(
            risk=locked, rating=current, reason=reason.strip(), requested_by=by, requested_at=now, not_after=not_after
        )
        sentence = f"{by} asks the board to accept “{locked.title}” at {current.level}."
        tell(locked, queries.board(locked), "risk.acceptance_asked", sentence, by)
        facts = {"acceptance": found.pk, "level": current.level, "not_after": not_after.isoformat()}
        log.record("risk.acceptance_asked", subject=locked, by=by, facts=facts)
        changed(RiskCause.ACCEPTANCE_ASKED, locked, by)
    return found


def take_up(*, acceptance: RiskAcceptance, by: User) -> RiskAcceptance:
    """Take a request up for review; a member of the board who did not ask for it. Raises Denied or Stale."""
    with locked_risk(acceptance.risk, by, permission=queries.ACCEPT, to="accept risks here") as risk:
        row = _locked(acceptance)
        now = timezone.now()
        rules.may_take_up(row.state_at(now), requester=row.requested_by_id == by.pk).require()
        row.taken_up_by, row.taken_up_at = by, now
        row.save(update_fields=["taken_up_by", "taken_up_at"])
        log.record("risk.acceptance_taken_up", subject=risk, by=by, facts={"acceptance": row.pk})
    return row


def decide_acceptance(*, acceptance: RiskAcceptance, grant: bool, reason: str, by: User) -> RiskAcceptance:
    """Grant or reject what was asked for. Raises Denied to the requester and without the right, Invalid without a
    reason, Stale when it was decided, has ended, or the risk stands higher than when it was asked for."""
    with locked_risk(acceptance.risk, by, permission=queries.ACCEPT, to="accept risks here") as risk:
        row = _locked(acceptance)
        now = timezone.now()
        rules.is_open(risk.ref, closed=risk.closed_at is not None).require()
        requester, taken_up = row.requested_by_id == by.pk, row.taken_up_at is not None
        rules.may_decide(row.approval_state(now), taken_up=taken_up, requester=requester).require()
        rules.said(reason, "why you decide so").require()
        if grant:
            _require_grantable(risk, row)
        approvals.write_decision(row, grant, reason, by, now)
        word = "accepted" if grant else "not accepted"
        sentence = f"{by} has {word} it at {row.rating.level}."
        tell(risk, [row.requested_by, risk.owner], "risk.acceptance_decided", sentence, by)
        facts = {"acceptance": row.pk, "granted": grant, "outcome": word, "level": row.rating.level}
        log.record("risk.acceptance_decided", subject=risk, by=by, facts=facts)
        changed(RiskCause.ACCEPTANCE_DECIDED, risk, by)
    return row


def revoke_acceptance(*, acceptance: RiskAcceptance, reason: str, by: User) -> RiskAcceptance:
    """Revoke an acceptance, or withdraw a request: by the board or the requester. Raises Denied or Stale."""
    asked = acceptance.requested_by_id == by.pk and acceptance.granted is None
    permission = queries.MANAGE if asked else queries.ACCEPT
    with locked_risk(acceptance.risk, by, permission=permission, to="revoke this acceptance") as risk:
        row = _locked(acceptance)
        now = timezone.now()
        may_revoke(row.approval_state(now), "acceptance", able=True).require()
        rules.said(reason, "why it is revoked").require()
        approvals.write_revocation(row, reason, by, now)
        sentence = f"{by} has revoked its acceptance."
        tell(risk, [row.requested_by, risk.owner], "risk.acceptance_ended", sentence, by, urgent=True)
        log.record("risk.acceptance_revoked", subject=risk, by=by, facts={"acceptance": row.pk})
        changed(RiskCause.ACCEPTANCE_REVOKED, risk, by)
    return row


def _locked(acceptance: RiskAcceptance) -> RiskAcceptance:
    rows = RiskAcceptance.objects.select_for_update(of=("self",)).select_related("rating", "requested_by")
    return rows.get(pk=acceptance.pk)


def _require_grantable(risk: Risk, row: RiskAcceptance) -> None:
    ratings = queries.latest([risk])[risk.pk]
    current, residual = ratings.get(RatingKind.CURRENT), ratings.get(RatingKind.RESIDUAL)
    accepted = queries.rated(row.rating)
    assert accepted is not None  # its own rating is a row
    rules.may_grant(accepted, queries.rated(current), queries.rated(residual)).require()
