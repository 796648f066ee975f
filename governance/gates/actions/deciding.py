"""The end of a poll, and the board's decision."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.utils import timezone

from console.audit import log
from console.errors import Denied, Stale
from console.people.models import User, UserKind
from governance.gates import rules
from governance.gates.actions import cutting_over, locks, signing, superseding
from governance.gates.actions.voting import same
from governance.gates.causes import GateCause
from governance.gates.models import (
    Ballot,
    Choice,
    Consolidation,
    DecisionPackage,
    Gate,
    GateDecision,
    Outcome,
    Seat,
)
from governance.gates.queries import status as standings
from governance.gates.queries.status import GateStatus
from governance.gates.rules.polling import APPROVING
from governance.subjects import locks as subject_locks
from governance.subjects import may


def consolidate(*, package: DecisionPackage, by: User) -> Consolidation:
    """Close voting and count; from now on votes are visible. For the chair or the sealer, once every seat has voted
    or the voting period has ended. A repeat returns the first consolidation. Raises Denied, Stale.
    """
    now = timezone.now()
    with log.transaction(by=by, purpose="consolidate"):
        gate = locks.lock_exclusive(package.gate, by)
        earlier = Consolidation.objects.filter(package=package, by=by).first()
        if earlier:
            return earlier
        found = standings.of(gate, now)
        _current(found, package)
        rules.may_consolidate(found.seen, me=by.pk, now=now).require()
        if not _entitled(by, gate, package):
            raise Denied("Your roles do not allow you to close voting on this gate.")
        assert found.counted is not None
        counted = dataclasses.asdict(found.counted)
        row = Consolidation.objects.create(
            package=locks.reread(package), by=by, at=now, count=_plain(counted) | _entitlements(found)
        )
        facts = {"turn": package.turn, "outcome": str(Outcome(found.counted.outcome).label), "count": row.count}
        log.record("gate.consolidated", subject=gate, by=by, facts=facts)
        superseding.settle_asked(row.package, by=by)
        sentence = f"{gate.ref} {gate.title}: voting is closed. {Outcome(found.counted.outcome).label} is open."
        superseding.told(row.package, kind="gate.consolidated", sentence=sentence, by=by)
    return row


def decide(
    *, package: DecisionPackage, outcome: str, seen: str, proof: str, by: User, statement: str = ""
) -> GateDecision:
    """Decide for the board, and sign; for the chair. Only what the count and the gate allow now; NO-GO always.

    ``seen`` and ``proof`` as in ``voting.vote``. The same decision sent twice gives the first. Raises Denied, Stale,
    Invalid (a NO-GO without a statement).
    """
    now, statement = timezone.now(), statement.strip()
    with log.transaction(by=by, purpose="decide_gate"):
        gate = locks.lock_exclusive(package.gate, by)
        earlier = GateDecision.objects.filter(package=package).first()
        if earlier and (earlier.by_id, earlier.outcome, earlier.statement) == (by.pk, outcome, statement):
            return earlier
        found = standings.of(gate, now)
        same(found, package, seen)
        if not proof:
            raise Denied("Confirm your identity before you sign.")
        able = by.kind == UserKind.PERSON and may(by, "waves.vote_gates", gate.subject)
        rules.may_decide(
            found.seen,
            found.counted,
            me=by.pk,
            able=able,
            outcome=outcome,
            statement=statement,
            barred=found.barred or {},
            now=now,
        ).require()
        row = _write(found, outcome, statement, proof, by, now)
        if outcome == Outcome.NO_GO:
            superseding.release(row.package, by=by)
        facts = {"turn": package.turn, "digest": package.digest, "outcome": str(row.get_outcome_display())}
        facts |= {"signature": row.signature.hash, "valid_until": row.valid_until.isoformat()}
        facts |= cutting_over.note(gate, by=by, now=now)
        log.record("gate.decided", subject=gate, by=by, facts=facts)
        subject_locks.publish(GateCause.DECIDED, gate.subject, by=by, about=gate.ref)
        sentence = f"{gate.ref} {gate.title} for {gate.subject}: the board decided {row.get_outcome_display()}."
        superseding.told(row.package, kind="gate.decided", sentence=sentence, by=by)
    return row


def _dissent(ballots: tuple[Ballot, ...], outcome: str) -> list[dict[str, str]]:
    """Who voted otherwise than was decided, with their reasons. An abstention is no dissent; a recusal neither."""
    go = outcome != Outcome.NO_GO
    against = [row for row in ballots if (row.choice == Choice.NO_GO if go else row.choice in APPROVING)]
    return [
        {
            "seat": row.seat.title,
            "name": str(row.person),
            "choice": row.get_choice_display(),
            "rationale": row.rationale,
        }
        for row in against
    ]


def _write(found: GateStatus, outcome: str, statement: str, proof: str, by: User, now: dt.datetime) -> GateDecision:
    assert found.package is not None
    package = locks.reread(found.package)
    valid_until = now + dt.timedelta(hours=package.policy.valid_hours)
    against = _dissent(found.ballots, outcome)
    signature = signing.sign_decision(
        package=package,
        outcome=outcome,
        statement=statement,
        dissent=against,
        valid_until=valid_until,
        seat=Seat.objects.get(policy=package.policy, chair=True),
        person=by,
        proof=proof,
        at=now,
    )
    return GateDecision.objects.create(
        package=package,
        outcome=outcome,
        statement=statement,
        dissent=against,
        by=by,
        at=now,
        valid_until=valid_until,
        signature=signature,
    )


def _current(found: GateStatus, package: DecisionPackage) -> None:
    if found.package is None or found.package.pk != package.pk:
        raise Stale("A newer decision package has been sealed. Review it before you continue.")


def _entitlements(found: GateStatus) -> dict[str, list[str]]:
    """Who could vote, and who could not approve, when it was counted: user names, for counting again offline."""
    assert found.seen is not None
    sat = [person for seat in found.snapshot.seats for person in (seat.holder, seat.alternate) if person is not None]
    able = {key for seat in found.seen.policy.seats for key in seat.able}
    barred = set(found.barred or {})
    return {
        "able": sorted({person.username for person in sat if person.pk in able}),
        "may_not_approve": sorted({person.username for person in sat if person.pk in barred}),
    }


def _entitled(by: User, gate: Gate, package: DecisionPackage) -> bool:
    """The sealer needs their role still, the chair theirs."""
    permission = "waves.manage_gates" if by.pk == package.sealed_by_id else "waves.vote_gates"
    return may(by, permission, gate.subject)


def _plain(counted: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in counted.items()}
