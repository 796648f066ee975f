"""Rating risks: levels are looked up, rows are added and never changed, and what rises takes acceptances with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from console.audit import log
from console.errors import Invalid
from console.people.models import User
from governance.approvals import actions as approvals
from governance.risks import queries, rules, schemes
from governance.risks.actions.common import changed, locked_risk, tell
from governance.risks.causes import RiskCause
from governance.risks.models import RatingKind, Risk, RiskAcceptance, RiskRating


def rate(
    *, risk: Risk, kind: str, factors: Mapping[str, str], rationale: str, scheme: str = "", by: User
) -> RiskRating:
    """Rate a risk: the level is what the scheme looks up. ``scheme`` empty: the one that the risk is rated under.

    A current rating ends a forced reassessment and sets the next review. When it stands higher than what was accepted,
    or asked to be accepted, those acceptances end with it, for good. Raises Denied, or Invalid.
    """
    with locked_risk(risk, by, permission=queries.MANAGE, to="rate this risk") as locked:
        rules.is_open(locked.ref, closed=locked.closed_at is not None).require()
        before = queries.latest([locked])[locked.pk].get(kind)
        rating = add_rating(locked, kind, factors, rationale, scheme or locked.scheme, by)
        ended = _after_current(locked, rating, by=by) if kind == RatingKind.CURRENT else 0
        was = before.level if before else "not rated"
        facts = {"kind": kind, "scheme": rating.scheme, "factors": rating.factors, "level": rating.level, "was": was}
        log.record("risk.rated", subject=locked, by=by, facts=facts | {"acceptances_ended": ended})
        changed(RiskCause.RATED, locked, by)
    return rating


def add_rating(risk: Risk, kind: str, factors: Mapping[str, str], rationale: str, scheme: str, by: User) -> RiskRating:
    """Add the row, inside the caller's transaction. Raises Invalid for words that make no level, or no reason."""
    if kind not in RatingKind.values:
        raise Invalid("There is no such kind of rating.")
    rules.said(rationale, "why it is rated so").require()
    outcome = schemes.get(scheme).judge(factors)
    return RiskRating.objects.create(
        risk=risk,
        kind=kind,
        scheme=scheme,
        factors=dict(factors),
        level=outcome.level.word,
        rank=outcome.level.rank,
        severity=outcome.level.severity,
        rationale=rationale.strip(),
        rater=by,
        rated_at=_after_the_last(risk, timezone.now()),
    )


def _after_the_last(risk: Risk, now: dt.datetime) -> dt.datetime:
    """Now, but never before this risk's last rating: whatever clocks do, the newest row is the latest."""
    last = RiskRating.objects.filter(risk=risk).order_by("-rated_at").values_list("rated_at", flat=True).first()
    return now if last is None else max(now, last)


def _after_current(risk: Risk, rating: RiskRating, *, by: User) -> int:
    """What follows from a current rating. Returns how many acceptances ended."""
    now = timezone.now()
    risk.reassess_since, risk.reassess_because = None, ""
    risk.review_on = rules.next_review(rating.severity, now)
    risk.save(update_fields=["reassess_since", "reassess_because", "review_on"])
    return _end_what_it_exceeds(risk, rating, now, by=by)


def _end_what_it_exceeds(risk: Risk, rating: RiskRating, now: dt.datetime, *, by: User) -> int:
    ended = 0
    found = queries.rated(rating)
    alive = RiskAcceptance.objects.select_for_update(of=("self",)).filter(risk=risk, revoked_at__isnull=True)
    for row in alive.exclude(granted=False).select_related("rating", "requested_by").order_by("pk"):
        accepted = queries.rated(row.rating)
        if accepted is None or found is None or rules.covers(accepted, found):
            continue
        stood = row.approval_state(now).stands
        why = f"The risk was rated {rating.level}, higher than what this speaks of ({row.rating.level})."
        approvals.write_revocation(row, why, by, max(now, row.requested_at))
        if stood:
            ended += 1
            sentence = f"It was rated higher ({rating.level}). Its acceptance has ended."
            tell(risk, [row.requested_by, risk.owner], "risk.acceptance_ended", sentence, by)
    return ended
