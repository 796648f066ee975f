"""The risk register of wave 1: the template, owned, rated again after its controls; one accepted, one overdue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from console.waves.models import Wave
from governance.risks import actions as risks
from governance.risks.models import (
    ControlType,
    Domain,
    LinkKind,
    RatingKind,
    Risk,
    RiskAcceptance,
    RiskControl,
    RiskLink,
    RiskReview,
)
from governance.risks.templates import NAME
from samples.board.seats import People

OWNERS: Final = {Domain.CLINICAL: "mira", Domain.PRIVACY: "paul"}
OTHERWISE: Final = "omar"


@dataclass(frozen=True, slots=True)
class Scored:
    """How the hospital rates one of the template's risks now, where it aims, and why."""

    code: str
    current: dict[str, str]
    target: dict[str, str]
    why: str


def _dcb(likelihood: str, consequence: str) -> dict[str, str]:
    return {"likelihood": likelihood, "consequence": consequence}


def _hfmea(severity: str, probability: str, control: str) -> dict[str, str]:
    said = {"severity": severity, "probability": probability, "control": control}
    return said | {"weakness": "yes", "obvious": "no"}


SCORED: Final = (
    Scored(
        "wrong-merge",
        _dcb("very-low", "major"),
        _dcb("very-low", "major"),
        "Every pair with a contradiction was decided by a person; the one wrong link was found by the next run.",
    ),
    Scored(
        "duplication",
        _dcb("low", "considerable"),
        _dcb("very-low", "considerable"),
        "What is left are pairs without a contradiction; front desks search by two identifiers.",
    ),
    Scored(
        "safety-events",
        _dcb("very-low", "catastrophic"),
        _dcb("very-low", "major"),
        "A safety lead is on duty around the clock, but only the first week will show whether that is enough.",
    ),
    Scored(
        "medication-reconciliation",
        _hfmea("catastrophic", "uncommon", "yes"),
        _hfmea("major", "remote", "yes"),
        "Pharmacists check the lists of high-alert medicines one by one.",
    ),
    Scored(
        "allergies",
        _dcb("very-low", "major"),
        _dcb("very-low", "major"),
        "An allergy without a code stays visible as text; counts agree before and after.",
    ),
    Scored(
        "order-visibility",
        _dcb("low", "considerable"),
        _dcb("very-low", "considerable"),
        "Outpatients have few orders in flight, and critical results are called by telephone.",
    ),
)
#: Accepted, since no control lowers its consequence; and reopened, so that it waits for a new rating.
ACCEPTED: Final = "safety-events"
REOPENED: Final = "residency"


def kept(wave: Wave, people: People) -> int:
    """Bring the register in, as far as it is not there. Gives how many risks of the wave it holds."""
    if not Risk.objects.filter(wave=wave).exists():
        risks.use_template(wave=wave, owner=people["sam"], by=people["sam"])
    found = {risk.template.removeprefix(f"{NAME}/"): risk for risk in Risk.objects.filter(wave=wave)}
    for risk in found.values():
        _hand_over(risk, people)
    for scored in SCORED:
        _rate(found[scored.code], scored, people)
    _accept(found[ACCEPTED], people)
    _reopen(found[REOPENED], people)
    _link(found["wrong-merge"], LinkKind.TRIGGER, "wrong-patient", people)
    _link(found["access"], LinkKind.CONTROL, "access-review", people)
    return len(found)


def _hand_over(risk: Risk, people: People) -> None:
    owner = people[OWNERS.get(Domain(risk.domain), OTHERWISE)]
    if risk.owner_id != owner.pk:
        same = {name: getattr(risk, name) for name in risks.Said.__dataclass_fields__}
        said = risks.Said(**(same | {"owner": owner, "mitigation_owner": people["omar"]}))
        risks.edit(risk=risk, said=said, by=people["sam"])


def _rate(risk: Risk, scored: Scored, people: People) -> None:
    """Put its controls in place but those that only the first days will need, then rate it as it is and is to be."""
    for control in RiskControl.objects.filter(risk=risk, in_place_at=None, closed_at=None):
        if control.means != ControlType.INFORMATION:
            risks.put_in_place(control=control, by=people["sam"])
    for kind, factors, why in (
        (RatingKind.CURRENT, scored.current, scored.why),
        (RatingKind.TARGET, scored.target, "What the hospital wants to be at when the wave exits."),
    ):
        last = risk.ratings.filter(kind=kind).order_by("-id").first()
        if last is None or last.rationale != why:
            risks.rate(risk=risk, kind=kind, factors=factors, rationale=why, by=people["sam"])


def _accept(risk: Risk, people: People) -> None:
    if RiskAcceptance.objects.filter(risk=risk).exists():
        return
    asked = risks.request_acceptance(
        risk=risk,
        reason="No control makes the consequence smaller; the likelihood cannot be lowered before people work there.",
        not_after=timezone.now() + dt.timedelta(days=60),
        by=people["sam"],
    )
    taken = risks.take_up(acceptance=asked, by=people["bo"])
    why = "For the first weeks only, with the safety lead on duty. It comes back to the board before it ends."
    risks.decide_acceptance(acceptance=taken, grant=True, reason=why, by=people["bo"])


def _reopen(risk: Risk, people: People) -> None:
    """Closed too early: it is due again at once, and no one has looked yet."""
    if not RiskReview.objects.filter(risk=risk).exists():
        risks.close(risk=risk, reason="The contract names the regions.", by=people["sam"])
        risk.refresh_from_db()
        risks.reopen(risk=risk, reason="The provider has announced another subprocessor.", by=people["sam"])


def _link(risk: Risk, kind: str, target: str, people: People) -> None:
    if not RiskLink.objects.filter(risk=risk, kind=kind, target=target).exists():
        risks.link(risk=risk, kind=kind, target=target, by=people["sam"])
