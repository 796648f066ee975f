"""What people say about a gate's criteria: attestations and tests of controls."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from console.audit import log
from console.errors import Denied, Invalid, Stale
from console.people.models import User
from governance.gates.actions import locks
from governance.gates.actions.criteria import MANAGE, standing_version
from governance.gates.causes import GateCause
from governance.gates.models import Attestation, ControlTest, Criterion, Kind
from governance.gates.models.assessments import Method
from governance.gates.rules.measuring import CLOCKS
from governance.subjects import Subject, kind_of, may, require
from governance.subjects import locks as subject_locks


def attest(*, criterion: Criterion, seen: int, by: User, note: str = "") -> Attestation:
    """Say with one's name that its statement holds; ``seen`` is the version. Raises Denied, Invalid, Stale."""
    require(by, "waves.attest_gates", criterion.gate.subject, to="attest to criteria of this gate")
    with log.transaction(by=by, purpose="attest"):
        gate = locks.hold(criterion.gate, by)
        version = standing_version(criterion, seen)
        if version.kind != Kind.ATTESTATION:
            raise Invalid(f"“{version.criterion.title}” is evaluated automatically and cannot be attested.")
        row = Attestation.objects.create(
            criterion=version.criterion,
            version=version,
            statement=version.subject,
            note=note.strip(),
            by=by,
            at=timezone.now(),
        )
        facts = {"criterion": version.criterion.code, "version": version.version, "attestation": row.pk}
        log.record("gate.attested", subject=gate, by=by, facts=facts)
        subject_locks.publish(GateCause.ATTESTED, gate.subject, by=by, about=gate.ref)
    return row


def withdraw_attestation(*, attestation: Attestation, reason: str, by: User) -> Attestation:
    """Withdraw an attestation: by its author or a steward. Raises Denied, Invalid, Stale."""
    gate = attestation.criterion.gate
    require(by, "waves.attest_gates", gate.subject, to="take attestations of this gate back")
    if attestation.by_id != by.pk and not may(by, MANAGE, gate.subject):
        raise Denied("Only the attester or a steward can withdraw this attestation.")
    if not reason.strip() or len(reason) > 300:
        raise Invalid("Say why, in at most 300 characters.")
    with log.transaction(by=by, purpose="withdraw_attestation"):
        gate = locks.hold(gate, by)
        row = Attestation.objects.select_related("criterion").get(pk=attestation.pk)
        if row.withdrawn_at is not None:
            raise Stale("This attestation has already been withdrawn.")
        row.withdrawn_by, row.withdrawn_at, row.withdrawn_because = by, timezone.now(), reason.strip()
        row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_because"])
        facts = {"criterion": row.criterion.code, "attestation": row.pk, "reason": reason.strip()}
        log.record("gate.attestation_withdrawn", subject=gate, by=by, facts=facts)
        subject_locks.publish(GateCause.ATTESTATION_WITHDRAWN, gate.subject, by=by, about=gate.ref)
    return row


def record_control_test(
    *,
    subject: Subject,
    control: str,
    method: str,
    satisfied: bool,
    finding: str,
    evidence: str,
    population: int,
    sample: int,
    period_from: dt.date,
    period_to: dt.date,
    tested_at: dt.datetime,
    by: User,
) -> ControlTest:
    """Record one test of one control for a subject. Raises Denied, Invalid (no sample, a test of the future)."""
    require(by, "waves.attest_gates", subject, to=f"record tests of controls for this {kind_of(subject.kind).label}")
    now = timezone.now()
    _check(control, method, finding, evidence, population, sample)
    _times(period_from, period_to, tested_at, now)
    with log.transaction(by=by, purpose="record_control_test"):
        subject_locks.lock_shared(subject)
        row = ControlTest(control=control, method=method, satisfied=satisfied, by=by, at=now)
        row.subject_kind, row.wave, row.subject_id = subject.kind, subject.wave, None if subject.wave else subject.id
        row.finding, row.evidence = finding.strip(), evidence.strip()
        row.population, row.sample = population, sample
        row.period_from, row.period_to, row.tested_at = period_from, period_to, tested_at
        row.save(force_insert=True)
        facts = {"control": control, "wave": subject.ref, "result": "satisfied" if satisfied else "not satisfied"}
        log.record("gate.control_tested", subject=subject.wave or subject.ref, by=by, facts=facts | {"test": row.pk})
        subject_locks.publish(GateCause.CONTROL_TESTED, subject, by=by, about=control)
    return row


def _check(control: str, method: str, finding: str, evidence: str, population: int, sample: int) -> None:
    if not control or len(control) > 64 or method not in Method.values:
        raise Invalid("Name the control and how it was tested: examine, interview or test.")
    if not finding.strip() or not evidence.strip() or len(evidence) > 500:
        raise Invalid("Say what was found, and where the evidence lies (at most 500 characters).")
    if not 1 <= sample <= population < 2**63:
        raise Invalid("Sample size must be between 1 and the population size.")


def _times(period_from: dt.date, period_to: dt.date, tested_at: dt.datetime, now: dt.datetime) -> None:
    if tested_at.tzinfo is None or tested_at > now + CLOCKS:
        raise Invalid("The test date must be in the past.")
    if not period_from <= period_to <= (now + dt.timedelta(days=1)).date():
        raise Invalid("The period must end after it starts and must not end in the future.")
