"""The parts of a decision package as plain values: whole numbers and text only, so that each has one spelling.

Durations in seconds, times in UTC, shares as numerator and denominator, other numbers exactly, as text. Of cases the
package holds counts and names (``EX-1042``), never anything about a patient.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from console.people.models import User
from console.sealing.canonical import whole
from governance.gates.models import Seat, Waiver
from governance.gates.packages.snapshots import Held, Snapshot
from governance.gates.queries import boards, evidence
from governance.gates.rules import to_json
from governance.gates.values import Observation, RiskData
from governance.risks.models import Risk, RiskAcceptance
from governance.rollback.models import RollbackPlan
from governance.subjects import Subject, kind_of


def document(snapshot: Snapshot) -> dict[str, Any]:
    """Everything that a package says of a gate, but for who sealed it when. Raises ValueError without a policy."""
    gate, subject = snapshot.gate, snapshot.gate.subject
    day = subject.planned_for.isoformat() if subject.planned_for else ""
    texts = {f"RISK-{risk.pk}": risk for risk in _risks(snapshot)}
    return {
        "gate": {
            "ref": gate.ref,
            "title": gate.title,
            "phase": gate.phase,
            "phase_title": gate.phase_title,
            "template": gate.template,
        },
        "wave": {"slug": subject.ref, "name": subject.name, "planned_for": day} | _kind(subject),
        "policy": _policy(snapshot),
        "criteria": [_criterion(held) for held in snapshot.criteria],
        "risks": [_risk(risk, texts.get(risk.ref)) for risk in snapshot.risks],
        "waivers": [_waiver(waiver) for waiver in snapshot.waivers],
        "acceptances": [_acceptance(row) for row in _acceptances(snapshot)],
        "rollback": _rollback(snapshot.plan, snapshot.point_of_no_return),
        "runs": [
            {
                "id": run.id,
                "run_id": run.run_id,
                "finished_at": moment(run.finished_at),
                "transformation": run.transformation,
            }
            for run in snapshot.runs
        ],
        "may_not_approve": _barred(snapshot),
        "material": to_json(snapshot.material),
    }


def moment(at: dt.datetime | None) -> str:
    """A time in UTC, to the microsecond; empty for none."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else ""


def exact(value: Fraction | Decimal | None) -> str:
    """A number exactly: ``0.995``, ``12`` or, where decimals would go on for ever, ``41/3``. Empty for none."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def who(user: User | None) -> dict[str, str] | None:
    """A person, by user name and printed name."""
    return {"username": user.username, "name": user.name} if user else None


def _kind(subject: Subject) -> dict[str, str]:
    """Return the kind of a subject that is no wave; the document names every subject where it names a wave."""
    return {} if subject.wave else {"kind": subject.kind, "label": kind_of(subject.kind).label}


def _policy(snapshot: Snapshot) -> dict[str, Any]:
    policy = snapshot.policy
    if policy is None or snapshot.board is None:
        raise ValueError(f"{snapshot.gate.ref} has no policy: no one could vote on a package.")
    able = {seat.code: seat.able for seat in snapshot.board.seats}
    return {
        "version": policy.version,
        "quorum": policy.quorum,
        "go_needed": policy.go_needed,
        "freezes": policy.freezes,
        "poll_hours": policy.poll_hours,
        "valid_hours": policy.valid_hours,
        "seats": [_seat(seat, able.get(seat.code, frozenset())) for seat in snapshot.seats],
    }


def _seat(seat: Seat, able: frozenset[int]) -> dict[str, Any]:
    people = [person for person in (seat.holder, seat.alternate) if person is not None]
    return {
        "code": seat.code,
        "title": seat.title,
        "required": seat.required,
        "chair": seat.chair,
        "vetoes": sorted(seat.vetoes),
        "holder": who(seat.holder),
        "alternate": who(seat.alternate),
        "able": sorted(person.username for person in people if person.pk in able),
    }


def _criterion(held: Held) -> dict[str, Any]:
    criterion, version, evaluated = held.criterion, held.version, held.evaluated
    return {
        "code": criterion.code,
        "title": criterion.title,
        "why": criterion.why,
        "owner": who(criterion.owner),
        "version": version.version,
        "kind": version.kind,
        "measure": version.measure,
        "dimension": version.dimension,
        "operator": version.operator,
        "threshold": exact(version.threshold),
        "min_samples": whole(version.min_samples),
        "max_age": version.max_age,
        "interval": version.interval,
        "consecutive": version.consecutive,
        "coverage": version.coverage,
        "subject": version.subject,
        "blocking": version.blocking,
        "waivable": version.waivable,
        "domain": version.domain,
        "result": str(evaluated.result),
        "observed": evaluated.observed,
        "sentence": evaluated.sentence,
        "basis": evaluated.basis,
        "seen": _seen(evaluated.seen),
        "waiver": held.waiver.pk if held.waiver else None,
    }


def _seen(seen: Observation) -> dict[str, Any]:
    """Return the data that a criterion was evaluated on."""
    reading = seen.reading
    found: dict[str, Any] = {
        "satisfied": seen.satisfied,
        "said_by": seen.said_by,
        "said": seen.said,
        "said_at": moment(seen.said_at),
        "happened_at": moment(seen.happened_at),
        "reading": None,
        "risks": None if seen.risks is None else sorted(risk.ref for risk in seen.risks),
    }
    if reading is not None:
        found["reading"] = {
            "value": exact(reading.value),
            "numerator": whole(reading.numerator),
            "denominator": whole(reading.denominator),
            "samples": whole(reading.samples),
            "as_of": moment(reading.as_of),
            "source": reading.source,
            "query": reading.query,
            "query_version": reading.query_version,
            "missing": reading.missing,
            "points": [[moment(point.at), exact(point.value)] for point in reading.points],
        }
    return found


def _risks(snapshot: Snapshot) -> list[Risk]:
    keys = [int(risk.ref.removeprefix("RISK-")) for risk in snapshot.risks]
    return list(Risk.objects.filter(pk__in=keys).select_related("owner"))


def _risk(seen: RiskData, row: Risk | None) -> dict[str, Any]:
    return {
        "ref": seen.ref,
        "title": row.title if row else "",
        "owner": who(row.owner) if row else None,
        "domain": seen.domain,
        "severity": seen.severity,
        "level": seen.level,
        "accepted": seen.accepted,
        "acceptance": seen.acceptance,
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "id": waiver.pk,
        "criterion": waiver.version.criterion.code,
        "version": waiver.version.version,
        "reason": waiver.reason,
        "compensating_control": waiver.compensating_control,
        "requested_by": who(waiver.requested_by),
        "requested_at": moment(waiver.requested_at),
        "decided_by": who(waiver.decided_by),
        "decided_at": moment(waiver.decided_at),
        "decision_reason": waiver.decision_reason,
        "not_after": moment(waiver.not_after),
    }


def _acceptances(snapshot: Snapshot) -> list[RiskAcceptance]:
    rows = RiskAcceptance.objects.filter(pk__in=snapshot.material.parts["acceptances"])
    return list(rows.select_related("requested_by", "decided_by", "rating").order_by("id"))


def _acceptance(row: RiskAcceptance) -> dict[str, Any]:
    return {
        "id": row.pk,
        "risk": f"RISK-{row.risk_id}",
        "level": row.rating.level,
        "reason": row.reason,
        "requested_by": who(row.requested_by),
        "decided_by": who(row.decided_by),
        "decided_at": moment(row.decided_at),
        "not_after": moment(row.not_after),
    }


def _rollback(plan: RollbackPlan | None, no_return: dt.datetime | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    return {
        "version": plan.version,
        "digest": plan.digest,
        "authority": who(plan.authority),
        "deputy": who(plan.deputy),
        "decide_within": plan.decide_within,
        "window": [moment(plan.window_start), moment(plan.window_end)],
        "data_scope": plan.data_scope,
        "point_of_no_return": moment(no_return),
        "runbook": {"title": plan.runbook_title, "digest": plan.runbook_digest},
    }


def _barred(snapshot: Snapshot) -> list[dict[str, str]]:
    """Who of the board may not approve this package, and who asked for a waiver. The sealer is listed elsewhere."""
    asked = {waiver.requested_by.username: "asked for a waiver" for waiver in snapshot.waivers}
    subject = snapshot.gate.subject
    keys = evidence.resolvers({subject: boards.people_of(snapshot.seats)})[subject]
    settled = User.objects.filter(pk__in=keys).values_list("username", flat=True) if keys else ()
    found = dict.fromkeys(settled, "settled a critical case") | asked
    return [{"username": name, "because": found[name]} for name in sorted(found)]
