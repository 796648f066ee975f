"""How risks stand at a moment: current rating, acceptance in force, whether an event asks for a new rating.

Everything that time ends is seen here, when it is read: no scheduler is needed for an acceptance to stop counting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from console.waves.models import Wave
from governance.approvals import queries as approvals
from governance.risks import rules
from governance.risks.models import AcceptanceState, RatingKind, Risk, RiskAcceptance, RiskRating, RiskStatus


@dataclass(frozen=True, slots=True)
class RiskStatusData:
    """An open risk as gates see it.

    ``wave_id`` is None for a risk of the whole programme. ``severity`` and ``level`` are those of its current rating
    (None and empty without one); ``accepted`` whether an acceptance, ``acceptance``, is in force that covers that
    rating; ``reassess`` whether an event asks for a new one.
    """

    ref: str
    wave_id: int | None
    domain: str
    severity: int | None
    level: str
    accepted: bool
    acceptance: int | None
    reassess: bool


@dataclass(frozen=True, slots=True)
class RiskStatusView:
    """One risk with its latest rating of each kind and the acceptance in force, if any."""

    risk: Risk
    ratings: dict[str, RiskRating]
    acceptance: RiskAcceptance | None
    asked: RiskAcceptance | None
    at: dt.datetime

    @property
    def current(self) -> RiskRating | None:
        """The latest current rating."""
        return self.ratings.get(RatingKind.CURRENT)

    @property
    def status(self) -> RiskStatus:
        """The status as it reads now: an acceptance in force, or one that was asked for, shows in it."""
        if self.risk.closed_at is not None:
            return RiskStatus.CLOSED
        if self.acceptance is not None:
            return RiskStatus.DEVIATION_APPROVED
        return RiskStatus.DEVIATION_REQUESTED if self.asked is not None else RiskStatus(self.risk.status)

    @property
    def overdue(self) -> bool:
        """Whether it should have been looked at by now."""
        return self.risk.closed_at is None and self.risk.review_on <= self.at


def rated(rating: RiskRating | None) -> rules.Rated | None:
    """A rating as rules see it."""
    return None if rating is None else rules.Rated(rating.scheme, rating.rank, rating.severity)


def latest(risks: Iterable[Risk | int], at: dt.datetime | None = None) -> dict[int, dict[str, RiskRating]]:
    """Risk → kind → the latest rating, or the latest one made by ``at``. One query.

    Without a time nothing is left out: a clock that was set back must not bring an older, lower rating back.
    """
    keys = [risk if isinstance(risk, int) else risk.pk for risk in risks]
    rows = RiskRating.objects.filter(risk__in=keys).select_related("rater")
    rows = rows if at is None else rows.filter(rated_at__lte=at)
    found: dict[int, dict[str, RiskRating]] = {key: {} for key in keys}
    for row in rows.order_by("risk_id", "kind", "-rated_at", "-id").distinct("risk_id", "kind"):
        found[row.risk_id][row.kind] = row
    return found


def standing(risks: Sequence[Risk], now: dt.datetime) -> list[RiskStatusView]:
    """How these risks stand, in their order. Two queries, however many they are."""
    ratings = latest(risks)
    alive = approvals.standing(RiskAcceptance.objects.filter(risk__in=risks), now)
    rows = alive.select_related("rating", "requested_by", "decided_by").order_by("-pk")
    of: dict[int, list[RiskAcceptance]] = {risk.pk: [] for risk in risks}
    for row in rows:
        of[row.risk_id].append(row)
    return [_stands(risk, ratings[risk.pk], of[risk.pk], now) for risk in risks]


def _stands(risk: Risk, ratings: dict[str, RiskRating], rows: list[RiskAcceptance], now: dt.datetime) -> RiskStatusView:
    current = rated(ratings.get(RatingKind.CURRENT))
    held = [row for row in rows if row.state_at(now) == AcceptanceState.ACTIVE and _counts(row, current)]
    asked = [row for row in rows if row.granted is None]
    return RiskStatusView(risk, ratings, next(iter(held), None), next(iter(asked), None), now)


def _counts(acceptance: RiskAcceptance, current: rules.Rated | None) -> bool:
    """Whether an acceptance covers the rating that the risk has now."""
    accepted = rated(acceptance.rating)
    return current is not None and accepted is not None and rules.covers(accepted, current)


def open_for(waves: Sequence[Wave]) -> QuerySet[Risk]:
    """Return the open risks of these waves and of the whole programme."""
    return Risk.objects.filter(Q(wave__in=waves) | Q(wave__isnull=True), closed_at__isnull=True)


def open_risks_for(waves: Sequence[Wave], now: dt.datetime) -> list[RiskStatusData]:
    """Return how every open risk of these waves and of the whole programme stands at ``now``. Three queries."""
    return [
        RiskStatusData(
            ref=one.risk.ref,
            wave_id=one.risk.wave_id,
            domain=one.risk.domain,
            severity=one.current.severity if one.current else None,
            level=one.current.level if one.current else "",
            accepted=one.acceptance is not None,
            acceptance=one.acceptance.pk if one.acceptance else None,
            reassess=one.risk.reassess_since is not None,
        )
        for one in standing(list(open_for(waves).order_by("pk")), now)
    ]
