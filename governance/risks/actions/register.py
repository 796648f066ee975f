"""Keeping the register: adding risks, describing, reviewing, closing and reopening them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from console.audit import log
from console.errors import Invalid, Stale
from console.people.models import User
from console.people.permissions import require
from console.waves import locks as wave_locks
from console.waves.models import Wave
from governance.measures import queries as measures
from governance.measures.comparison import Comparison
from governance.risks import queries, rules, schemes
from governance.risks.actions.common import changed, locked_risk, tell
from governance.risks.actions.ratings import add_rating
from governance.risks.causes import RiskCause
from governance.risks.models import Detection, Domain, RatingKind, Risk, RiskReview, RiskStatus

_LONG: Final = ("cause", "hazard", "effect", "harm")
_SHORT: Final = {"title": 160, "failure_mode": 300, "detection_method": 300}


@dataclass(frozen=True, slots=True)
class Said:
    """What a risk says about itself. ``detection_*`` bind its detection to a measure and the bound of being sound."""

    title: str
    domain: str
    cause: str
    hazard: str
    effect: str
    harm: str
    failure_mode: str
    detection_method: str
    owner: User
    scheme: str
    detection_measure: str = ""
    detection_operator: str = ""
    detection_threshold: Decimal | None = None
    mitigation: str = ""
    mitigation_owner: User | None = None
    status: str = RiskStatus.OPEN

    def values(self) -> dict[str, Any]:
        """Its fields as columns, trimmed."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}


@dataclass(frozen=True, slots=True)
class Scored:
    """The words of a first rating and why they were chosen."""

    factors: Mapping[str, str]
    rationale: str


def add_risk(*, said: Said, wave: Wave | None, inherent: Scored, current: Scored | None = None, by: User) -> Risk:
    """Add a risk with its inherent rating, and how it stands now if that is known. Raises Denied, or Invalid."""
    require(by, queries.MANAGE, wave, to="add risks here")
    _check(said)
    with log.transaction(by=by, purpose="risk"):
        wave_locks.lock_shared(None if wave is None else [wave.pk])
        risk = make(said, wave, inherent, current, by)
        facts = {"title": risk.title, "domain": risk.domain, "wave": wave.slug if wave else "", "scheme": risk.scheme}
        log.record("risk.added", subject=risk, by=by, facts=facts)
        changed(RiskCause.ADDED, risk, by)
    return risk


def make(said: Said, wave: Wave | None, inherent: Scored, current: Scored | None, by: User, template: str = "") -> Risk:
    """The rows of a new risk, inside the caller's transaction; its owner is told, but not of a template's many."""
    now = timezone.now()
    risk = Risk(wave=wave, made_by=by, template=template, review_on=rules.next_review(None, now), **said.values())
    risk.detection_state = _seen(risk, now)
    risk.save()
    rated = add_rating(risk, RatingKind.INHERENT, inherent.factors, inherent.rationale, said.scheme, by)
    if current is not None:
        rated = add_rating(risk, RatingKind.CURRENT, current.factors, current.rationale, said.scheme, by)
    risk.review_on = rules.next_review(rated.severity, now)
    risk.save(update_fields=["review_on"])
    if not template:
        tell(risk, [risk.owner], "risk.owned", f"You own this risk: {risk.title}", by)
    return risk


def edit(*, risk: Risk, said: Said, by: User) -> Risk:
    """Edit a risk: its texts, domain, owners, detection and scheme. Its wave and its ratings stay.

    Raises Denied, Invalid, or Stale when it is closed.
    """
    _check(said)
    with locked_risk(risk, by, permission=queries.MANAGE, to="describe this risk") as locked:
        rules.is_open(locked.ref, closed=locked.closed_at is not None).require()
        before, values = locked.owner_id, said.values()
        fields = sorted(name for name, value in values.items() if getattr(locked, name) != value)
        bound = {"detection_measure", "detection_operator", "detection_threshold"} & set(fields)
        for name in fields:
            setattr(locked, name, values[name])
        if bound:
            locked.detection_state = _seen(locked, timezone.now())
        locked.save(update_fields=[*fields, "detection_state"])
        if locked.owner_id != before:
            tell(locked, [locked.owner], "risk.owned", f"You own this risk now: {locked.title}", by)
        log.record("risk.edited", subject=locked, by=by, facts={"fields": fields})
        changed(RiskCause.EDITED, locked, by)
    return locked


def review(*, risk: Risk, note: str, by: User) -> RiskReview:
    """Record a review that confirms the ratings. Raises Denied, Invalid, or Stale when an event requires a new
    rating."""
    with locked_risk(risk, by, permission=queries.MANAGE, to="review this risk") as locked:
        rules.is_open(locked.ref, closed=locked.closed_at is not None).require()
        rules.may_review(locked.ref, locked.reassess_because if locked.reassess_since else "").require()
        rules.said(note, "what you found").require()
        now = timezone.now()
        found = RiskReview.objects.create(risk=locked, by=by, at=now, note=note.strip())
        current = queries.latest([locked])[locked.pk].get(RatingKind.CURRENT)
        locked.review_on = rules.next_review(current.severity if current else None, now)
        locked.save(update_fields=["review_on"])
        log.record("risk.reviewed", subject=locked, by=by, facts={"next": locked.review_on.isoformat()})
    return found


def close(*, risk: Risk, reason: str, by: User) -> Risk:
    """Close a risk. Raises Denied, Invalid without a reason, Stale while linked critical cases are unresolved."""
    with locked_risk(risk, by, permission=queries.MANAGE, to="close this risk") as locked:
        rules.is_open(locked.ref, closed=locked.closed_at is not None).require()
        rules.said(reason, "why it is closed").require()
        rules.may_close(locked.ref, queries.critical_cases(locked)).require()
        locked.status, locked.closed_at = RiskStatus.CLOSED, timezone.now()
        locked.reassess_since, locked.reassess_because = None, ""
        locked.save(update_fields=["status", "closed_at", "reassess_since", "reassess_because"])
        _look(locked, f"Closed: {reason.strip()}", by=by)
        log.record("risk.closed", subject=locked, by=by, facts={"reason": reason.strip()[:500]})
        changed(RiskCause.CLOSED, locked, by)
    return locked


def reopen(*, risk: Risk, reason: str, by: User) -> Risk:
    """Open a closed risk again; it is due at once. Raises Denied, Invalid, or Stale when it is open."""
    with locked_risk(risk, by, permission=queries.MANAGE, to="reopen this risk") as locked:
        if locked.closed_at is None:
            raise Stale(f"{locked.ref} is open.")
        rules.said(reason, "why it is reopened").require()
        now = timezone.now()
        locked.status, locked.closed_at, locked.review_on = RiskStatus.OPEN, None, now
        locked.reassess_since, locked.reassess_because = now, "It was reopened."
        locked.save(update_fields=["status", "closed_at", "review_on", "reassess_since", "reassess_because"])
        _look(locked, f"Reopened: {reason.strip()}", by=by)
        tell(locked, [locked.owner], "risk.reopened", "Reopened. Add a new current rating.", by)
        log.record("risk.reopened", subject=locked, by=by, facts={"reason": reason.strip()[:500]})
        changed(RiskCause.REOPENED, locked, by)
    return locked


def _look(risk: Risk, note: str, *, by: User) -> None:
    RiskReview.objects.create(risk=risk, by=by, at=timezone.now(), note=note)


def _seen(risk: Risk, now: dt.datetime) -> str:
    """Return the detection's state as the risk is written: the rater knows what has no data or fails now."""
    detected = queries.detection(risk, now)
    return detected.state if detected else Detection.UNSEEN


def _check(said: Said) -> None:
    """Raises Invalid for what makes no complete risk."""
    for name in _LONG:
        rules.said(getattr(said, name), f"the {name}").require()
    for name, most in _SHORT.items():
        if not 0 < len(getattr(said, name).strip()) <= most:
            raise Invalid(f"A risk needs a {name.replace('_', ' ')} of at most {most} characters.")
    schemes.get(said.scheme)
    if said.domain not in Domain.values:
        raise Invalid("There is no such domain of risks.")
    if said.status not in {RiskStatus.OPEN, RiskStatus.INVESTIGATING, RiskStatus.REMEDIATING}:
        raise Invalid("Choose Open, Investigating or Remediating. Other statuses are set automatically.")
    if len(said.mitigation) > rules.REASON:
        raise Invalid(f"Mitigation can be at most {rules.REASON:,} characters.")
    for person in (said.owner, said.mitigation_owner):
        if person is not None and not (person.is_active and person.is_person):
            raise Invalid(f"{person} cannot own a risk: an owner is a person who can sign in.")
    _check_detection(said)


def _check_detection(said: Said) -> None:
    if not said.detection_measure:
        if said.detection_operator or said.detection_threshold is not None:
            raise Invalid("Choose a measure for this threshold.")
        return
    if measures.definition(said.detection_measure) is None:
        raise Invalid(f"There is no measure “{said.detection_measure[:64]}”.")
    if said.detection_operator not in Comparison.values or said.detection_threshold is None:
        raise Invalid("Enter the acceptable range of the detection measure.")
    if not said.detection_threshold.is_finite():
        raise Invalid("The threshold must be a number.")
