"""Sealing a decision package, and taking it back."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from console.audit import log
from console.people.models import User
from console.ui import dates
from console.waves import actions as waves
from governance.gates import rules
from governance.gates.actions import locks, recording, superseding
from governance.gates.causes import GateCause
from governance.gates.models import DecisionPackage, Gate, Supersession
from governance.gates.models.assessments import Occasion
from governance.gates.packages import build as packaging
from governance.gates.queries import status as standings
from governance.gates.queries.status import GateStatus
from governance.subjects import locks as subject_locks
from governance.subjects import may


def seal(*, gate: Gate, by: User) -> DecisionPackage:
    """Seal what stands now as the gate's next turn, for the board to vote on; a red gate may be sealed too.

    Raises Denied without ``manage_gates``, Stale while another package is live, Invalid without criteria or a policy
    that members can fill.
    """
    now = timezone.now()
    with log.transaction(by=by, purpose="seal"):
        gate = locks.lock_exclusive(gate, by)
        found = standings.of(gate, now)
        snapshot = found.snapshot
        able = may(by, "waves.manage_gates", gate.subject)
        rules.may_seal(
            found.seen, snapshot.board, snapshot.evaluated, able=able, now=now, rolled_back=found.rolled_back
        ).require()
        superseding.close(found, by=by, now=now)
        package = _write(found, by, now)
        recording.keep_all(snapshot, Occasion.SEAL)
        _guard(package, by)
        facts = {"turn": package.turn, "digest": package.digest, "policy": package.policy.version}
        facts |= {"closes_at": package.closes_at.isoformat()}
        log.record("gate.sealed", subject=gate, by=by, facts=facts)
        _ask(package, by)
    return package


def withdraw(*, package: DecisionPackage, reason: str, by: User) -> Supersession:
    """Withdraw a live package before its step starts. Raises Denied, Invalid without a reason, Stale when ended."""
    now = timezone.now()
    with log.transaction(by=by, purpose="withdraw"):
        gate = locks.lock_exclusive(package.gate, by)
        found = standings.of(gate, now)
        seen = found.seen if found.package and found.package.pk == package.pk else None
        able = may(by, "waves.manage_gates", gate.subject)
        rules.may_withdraw(seen, able=able, reason=reason, now=now).require()
        row = superseding.supersede(
            locks.reread(package),
            cause=rules.End.WITHDRAWN,
            changed=(),
            by=by,
            now=now,
            verb="gate.withdrawn",
            reason=reason.strip(),
        )
        subject_locks.publish(GateCause.WITHDRAWN, gate.subject, by=by, about=gate.ref)
    return row


def _write(found: GateStatus, by: User, now: dt.datetime) -> DecisionPackage:
    snapshot, before = found.snapshot, found.package
    assert snapshot.policy is not None
    closes_at = now + dt.timedelta(hours=snapshot.policy.poll_hours)
    turn, previous = (before.turn + 1, before.digest) if before else (1, "")
    built = packaging.build(snapshot, turn=turn, by=by, closes_at=closes_at, previous=previous)
    return DecisionPackage.objects.create(
        gate=snapshot.gate,
        turn=turn,
        policy=snapshot.policy,
        document=built.document,
        digest=built.digest,
        previous=previous,
        material=rules.to_json(snapshot.material),
        sealed_by=by,
        sealed_at=now,
        closes_at=closes_at,
    )


def _guard(package: DecisionPackage, by: User) -> None:
    gate = package.gate
    because = f"{gate.ref} {gate.title} is being decided (turn {package.turn})." if package.policy.freezes else ""
    for wave in gate.subject.waves:
        waves.guard(wave=wave, freeze=because, by=by)


def _ask(package: DecisionPackage, by: User) -> None:
    """Ask everybody who holds a seat for a ballot."""
    gate = package.gate
    sentence = f"{gate.ref} {gate.title}, {gate.subject}: your vote is due by {dates.utc(package.closes_at)}."
    superseding.ask(package, sentence=sentence, by=by)
