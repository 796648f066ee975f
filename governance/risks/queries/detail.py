"""One risk with everything that belongs to it, and who scored it what at any time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.urls import reverse

from console.errors import Missing
from console.waves.models import Wave
from governance.measures import queries as measures
from governance.measures import words
from governance.measures.bounds import Threshold
from governance.measures.comparison import Comparison
from governance.measures.queries import Stated
from governance.measures.values import Freshness
from governance.risks import schemes
from governance.risks.models import (
    AcceptanceState,
    ControlType,
    Detection,
    Escalation,
    LinkKind,
    RatingKind,
    Risk,
    RiskAcceptance,
    RiskControl,
    RiskLink,
    RiskRating,
    RiskReview,
)
from governance.risks.queries.status import RiskStatusView, open_for, standing
from triage import facts

#: How many of a risk's older ratings, reviews, acceptances and escalations its page shows.
SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who scored a risk what, when, under which scheme and why. ``words``: axis and word, as they were chosen."""

    kind: RatingKind
    rating: RiskRating
    scheme: str
    words: list[tuple[str, str]]
    severity: str

    @property
    def who(self) -> str:
        """The rater's printed name."""
        return str(self.rating.rater)


@dataclass(frozen=True, slots=True)
class AcceptanceData:
    """An acceptance with its state at the moment of looking."""

    row: RiskAcceptance
    state: AcceptanceState


@dataclass(frozen=True, slots=True)
class Detected:
    """What a bound detection measure says now, and whether that is within its bound."""

    state: Detection
    stated: Stated | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One risk as its page shows it."""

    stands: RiskStatusView
    ratings: list[Provenance]
    acceptances: list[AcceptanceData]
    controls: list[tuple[str, list[RiskControl]]]
    links: list[RiskLink]
    reviews: list[RiskReview]
    escalations: list[Escalation]
    detected: Detected | None


def _provenance(rating: RiskRating) -> Provenance:
    """A rating with its scheme in words; a scheme that code has since lost is named as it was kept."""
    scheme = schemes.SCHEMES.get(rating.scheme)
    words = scheme.words(rating.factors) if scheme else [(str(k), str(v)) for k, v in rating.factors.items()]
    title = f"{scheme.title} ({rating.scheme})" if scheme else rating.scheme
    return Provenance(RatingKind(rating.kind), rating, title, words, schemes.SEVERITIES[rating.severity])


def scores_at(risk: Risk, at: dt.datetime) -> list[tuple[RatingKind, Provenance | None]]:
    """Every kind of rating as it was at a moment: who, when, under which scheme and why; None before any. One query.

    Ratings never change, so the answer for a past moment is the same whenever it is asked.
    """
    rows = RiskRating.objects.filter(risk=risk, rated_at__lte=at).select_related("rater")
    found = {row.kind: row for row in rows.order_by("kind", "-rated_at", "-id").distinct("kind")}
    return [(kind, _provenance(found[kind]) if kind in found else None) for kind in RatingKind]


def detection(risk: Risk, now: dt.datetime) -> Detected | None:
    """What the measure that a risk's detection is bound to says now; None if it is bound to none."""
    return detections([risk], now).get(risk.pk)


def detections(risks: Sequence[Risk], now: dt.datetime) -> dict[int, Detected]:
    """The same for several risks, by their keys. The number of queries does not grow with them."""
    bound = [risk for risk in risks if risk.detection_measure]
    known = measures.definitions(risk.detection_measure for risk in bound)
    wanted = [(risk.detection_measure, risk.wave, "") for risk in bound]
    return {
        risk.pk: _detected(
            risk, measures.state(known[reading.measure], reading, now) if reading.measure in known else None
        )
        for risk, reading in zip(bound, measures.read_many(wanted, now=now), strict=True)
    }


def _detected(risk: Risk, stated: Stated | None) -> Detected:
    if stated is None:
        return Detected(Detection.SILENT, None, f"There is no measure “{risk.detection_measure}”.")
    value, title = stated.reading.value, stated.definition.title
    if value is None:
        return Detected(Detection.SILENT, stated, f"{title} is silent: {stated.reading.missing}")
    if stated.state != Freshness.FRESH:
        return Detected(Detection.SILENT, stated, f"{title} has no recent data: its last value is stale.")
    bound = _bound(risk)
    sound = risk.detection_threshold is not None and bound.holds(value)
    shown = words.counted(stated.definition, words.number(stated.definition, value, bound))
    sentence = f"{title}: {shown}. Acceptable range: {words.limit(stated.definition, bound)}."
    return Detected(Detection.SOUND if sound else Detection.FAILING, stated, sentence)


def _bound(risk: Risk) -> Threshold:
    operator = Comparison(risk.detection_operator)
    return Threshold(risk.detection_measure, operator, risk.detection_threshold or Decimal(0), asked_by=risk.ref)


def bounds_of(wave: Wave) -> list[Threshold]:
    """The bounds that the detections of this wave's open risks ask for, the oldest risk first. One query."""
    rows = Risk.objects.filter(wave=wave, closed_at__isnull=True).exclude(detection_measure="").order_by("pk")
    return [replace(_bound(risk), path=reverse("risks:risk", args=[risk.ref])) for risk in rows]


def detail(risk: Risk, now: dt.datetime) -> Detail:
    """One risk with everything that belongs to it."""
    ratings = RiskRating.objects.filter(risk=risk).select_related("rater").order_by("-rated_at", "-id")[:SHOWN]
    people = ("requested_by", "taken_up_by", "decided_by", "revoked_by", "rating")
    asked = RiskAcceptance.objects.filter(risk=risk).select_related(*people).order_by("-pk")[:SHOWN]
    controls = list(RiskControl.objects.filter(risk=risk, closed_at__isnull=True).order_by("pk"))
    return Detail(
        stands=standing([risk], now)[0],
        ratings=[_provenance(row) for row in ratings],
        acceptances=[AcceptanceData(row, row.state_at(now)) for row in asked],
        controls=[(str(means.label), [one for one in controls if one.means == means]) for means in ControlType],
        links=list(RiskLink.objects.filter(risk=risk).select_related("made_by").order_by("closed_at", "pk")[:SHOWN]),
        reviews=list(RiskReview.objects.filter(risk=risk).select_related("by").order_by("-pk")[:SHOWN]),
        escalations=list(
            Escalation.objects.filter(risk=risk).select_related("acknowledged_by").order_by("-pk")[:SHOWN]
        ),
        detected=detection(risk, now),
    )


def top_risks(wave: Wave, now: dt.datetime, *, size: int = 5) -> tuple[list[RiskStatusView], int]:
    """The open risks of a wave and of the programme that weigh most, and how many there are."""
    rows = standing(list(open_for([wave]).select_related("owner", "wave").order_by("pk")), now)
    weighed = sorted(rows, key=lambda one: (one.acceptance is not None, -(one.current.severity if one.current else 5)))
    return weighed[:size], len(rows)


def _linked_cases(risk: Risk) -> list[str]:
    """The names of the cases that an open risk is linked with."""
    links = RiskLink.objects.filter(risk=risk, kind=LinkKind.CASE, closed_at__isnull=True)
    return list(links.values_list("target", flat=True))


def critical_cases(risk: Risk) -> set[str]:
    """Those linked cases that are critical and unresolved."""
    names = _linked_cases(risk)
    return facts.critical_of(names) if names else set()


def acceptance_of(risk: Risk, pk: int) -> RiskAcceptance:
    """An acceptance of this risk. Raises Missing."""
    found = RiskAcceptance.objects.filter(risk=risk, pk=pk).first()
    if found is None:
        raise Missing(f"{risk.ref} has no such acceptance.")
    return found


def link_of(risk: Risk, pk: int) -> RiskLink:
    """An open link of this risk. Raises Missing."""
    found = RiskLink.objects.filter(risk=risk, pk=pk, closed_at__isnull=True).first()
    if found is None:
        raise Missing(f"{risk.ref} no longer has this link.")
    return found


def control_of(risk: Risk, pk: int) -> RiskControl:
    """A control of this risk that has not been dropped. Raises Missing."""
    found = RiskControl.objects.filter(risk=risk, pk=pk, closed_at__isnull=True).first()
    if found is None:
        raise Missing(f"{risk.ref} no longer has this control.")
    return found


def escalation_of(risk: Risk, pk: int) -> Escalation:
    """An escalation of this risk. Raises Missing."""
    found = Escalation.objects.filter(risk=risk, pk=pk).first()
    if found is None:
        raise Missing(f"{risk.ref} has no such escalation.")
    return found
