"""Periodic risk tasks: escalate overdue risks, expire acceptances, check detection measures.

None of it decides anything: what is overdue, expired or failing is seen whenever it is read. This says so to people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.people.models import User
from console.waves import locks as wave_locks
from governance.risks import queries, rules
from governance.risks.actions.common import tell, waves_of
from governance.risks.actions.events import ask_for_rating
from governance.risks.causes import RiskCause
from governance.risks.models import Detection, Escalation, Risk, RiskAcceptance
from governance.risks.queries import Detected

_BATCH = 200


@dataclass(slots=True)
class Swept:
    """What one round did, by the names of the risks."""

    escalated: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    reassess: list[str] = field(default_factory=list)
    heard: int = 0

    @property
    def anything(self) -> bool:
        """Whether there was anything to say."""
        return bool(self.escalated or self.expired or self.reassess or self.heard)


def sweep(*, by: User, now: dt.datetime | None = None) -> Swept:
    """Sweep the register once; one log entry if anything was done."""
    moment = now or timezone.now()
    steps, ended, said = _due(moment), _ended(moment), _said(moment)
    keys = {key for key, _ in steps} | {row.risk_id for row in ended} | set(said)
    done = Swept()
    if not keys:
        return done
    with log.transaction(by=by, purpose="tend"):
        waves = _hold(keys)
        risks = _lock(keys)
        for key in sorted(said):
            _hear(risks.get(key), said[key], done, by=by)
        for key, step in steps:
            _escalate(risks.get(key), step, moment, done, by=by)
        for row in ended:
            _note_end(risks.get(row.risk_id), row, moment, done, by=by)
        if done.anything:
            facts = {"escalated": done.escalated, "expired": done.expired, "reassess": done.reassess}
            subject = (done.reassess + done.escalated + done.expired or ["risks"])[0]
            log.record("risk.tended", subject=subject, by=by, facts=facts | {"measures": done.heard})
        if done.expired:
            fact_changes.publish(RiskCause.ACCEPTANCE_EXPIRED, waves=waves, by=by, about=done.expired[0])
    return done


def _due(now: dt.datetime) -> list[tuple[int, int]]:
    """Overdue risks with the step that each is to be taken now."""
    rows = Risk.objects.filter(closed_at__isnull=True, review_on__lte=now).order_by("review_on", "pk")
    due = dict(rows.values_list("pk", "review_on")[: 10 * _BATCH])
    made: dict[int, list[rules.Step]] = {key: [] for key in due}
    for one in Escalation.objects.filter(risk__in=list(due)):
        if one.due_at == due[one.risk_id]:
            made[one.risk_id].append(rules.Step(one.step, one.at, one.acknowledged_at))
    found = [(key, rules.step_due(due[key], made[key], now)) for key in due]
    return [(key, step) for key, step in found if step is not None][:_BATCH]


def _ended(now: dt.datetime) -> list[RiskAcceptance]:
    """Return expired acceptances and requests without a notification yet."""
    rows = RiskAcceptance.objects.filter(not_after__lte=now, expiry_noted_at__isnull=True, revoked_at__isnull=True)
    return list(rows.exclude(granted=False).select_related("requested_by").order_by("pk")[:_BATCH])


def _said(now: dt.datetime) -> dict[int, Detected]:
    """Open risks whose detection says something else than when it was last heard."""
    rows = Risk.objects.filter(closed_at__isnull=True).exclude(detection_measure="").select_related("wave")
    risks = list(rows.order_by("pk"))
    heard = queries.detections(risks, now)
    return {risk.pk: heard[risk.pk] for risk in risks if heard[risk.pk].state != risk.detection_state}


def _hold(keys: Iterable[int]) -> list[int] | None:
    found = set(Risk.objects.filter(pk__in=list(keys)).values_list("wave_id", flat=True))
    waves = None if None in found else sorted(key for key in found if key is not None)
    wave_locks.lock_shared(waves)
    return waves


def _lock(keys: Iterable[int]) -> dict[int, Risk]:
    """Lock the risks that are not locked already; the others wait for the next sweep."""
    rows = Risk.objects.select_for_update(of=("self",), skip_locked=True).select_related("owner", "wave")
    return {risk.pk: risk for risk in rows.filter(pk__in=list(keys), closed_at__isnull=True).order_by("pk")}


def _hear(risk: Risk | None, detected: Detected, done: Swept, *, by: User) -> None:
    state = detected.state
    if risk is None or risk.detection_state == state:
        return
    before = Detection(risk.detection_state)
    risk.detection_state = state
    risk.save(update_fields=["detection_state"])
    done.heard += 1
    if rules.alarms(before, state):
        what = "Detection threshold breached." if state == Detection.FAILING else "Detection measure stopped reporting."
        ask_for_rating(risk, f"{what} {detected.sentence}", by)
        done.reassess.append(risk.ref)


def _escalate(risk: Risk | None, step: int, now: dt.datetime, done: Swept, *, by: User) -> None:
    if risk is None or risk.review_on > now:
        return
    because = risk.reassess_because if risk.reassess_since else "Its review is overdue."
    _, made = Escalation.objects.get_or_create(
        risk=risk, due_at=risk.review_on, step=step, defaults={"because": because, "at": now}
    )
    if not made:
        return
    people = {rules.OWNER: lambda: [risk.owner], rules.STEWARDS: lambda: queries.stewards(risk)}
    to = people.get(step, lambda: queries.board(risk))()
    sentence = f"Overdue and escalated to {rules.STEPS[step]}: {because}"
    tell(risk, to, "risk.overdue", sentence, by, urgent=step > rules.OWNER, oneself=True)
    done.escalated.append(risk.ref)


def _note_end(risk: Risk | None, row: RiskAcceptance, now: dt.datetime, done: Swept, *, by: User) -> None:
    """Notify that an acceptance has expired. For a closed risk it is only recorded."""
    fresh = RiskAcceptance.objects.filter(pk=row.pk, expiry_noted_at__isnull=True, revoked_at__isnull=True)
    closed = risk is None and not Risk.objects.filter(pk=row.risk_id, closed_at__isnull=True).exists()
    if (risk is None and not closed) or not fresh.update(expiry_noted_at=now):
        return
    if risk is None:
        done.heard += 1
        return
    sentence = "Its acceptance has expired." if row.granted else "The acceptance request has expired."
    tell(risk, [risk.owner, row.requested_by], "risk.acceptance_ended", sentence, by, urgent=bool(row.granted))
    done.expired.append(risk.ref)


def acknowledge_escalation(*, escalation: Escalation, by: User) -> Escalation:
    """Acknowledge an escalation: postpones the next step by a day. Raises Denied, or Stale when already done."""
    with log.transaction(by=by, purpose="risk"):
        wave_locks.lock_shared(waves_of(escalation.risk))
        row = Escalation.objects.select_for_update(of=("self",)).select_related("risk__wave").get(pk=escalation.pk)
        queries.may_acknowledge(row, by).require()
        row.acknowledged_by, row.acknowledged_at = by, timezone.now()
        row.save(update_fields=["acknowledged_by", "acknowledged_at"])
        log.record("risk.escalation_acknowledged", subject=row.risk, by=by, facts={"step": row.step})
    return row
