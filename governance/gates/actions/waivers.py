"""Request waivers with a compensating control and an end, decide them as another person, revoke them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from console.audit import log
from console.notices.actions import settle, tell
from console.people.models import User
from governance.approvals import actions as approvals
from governance.approvals.queries import standing
from governance.gates import addresses, rules
from governance.gates.actions import locks
from governance.gates.actions.criteria import MANAGE, standing_version
from governance.gates.causes import GateCause
from governance.gates.models import Criterion, Gate, Waiver
from governance.gates.queries import criteria
from governance.gates.queries import status as standings
from governance.gates.values import PolicyData
from governance.subjects import locks as subject_locks
from governance.subjects import may, require


def ask_waiver(
    *, criterion: Criterion, reason: str, compensating_control: str, not_after: dt.datetime, seen: int, by: User
) -> Waiver:
    """Ask for leave to go on although this criterion fails; ``seen`` is its version. Raises Denied, Invalid, Stale."""
    now = timezone.now()
    with log.transaction(by=by, purpose="ask_waiver"):
        gate = locks.hold(criterion.gate, by)
        version = standing_version(criterion, seen)
        snapshot = standings.of(gate, now).snapshot
        held = next(held for held in snapshot.criteria if held.version.pk == version.pk)
        open_ = standing(Waiver.objects.filter(version=version), now).exists()
        rules.may_ask_waiver(
            held.evaluated.spec,
            held.evaluated.result,
            able=may(by, "waves.attest_gates", gate.subject),
            standing=open_,
            reason=reason,
            compensating_control=compensating_control,
            not_after=not_after,
            now=now,
        ).require()
        row = Waiver.objects.create(
            version=version,
            reason=reason.strip(),
            compensating_control=compensating_control.strip(),
            requested_by=by,
            requested_at=now,
            not_after=not_after,
        )
        facts = {"criterion": criterion.code, "waiver": row.pk, "until": not_after.isoformat()}
        log.record("waiver.asked", subject=gate, by=by, facts=facts)
        subject_locks.publish(GateCause.WAIVER_ASKED, gate.subject, by=by, about=gate.ref)
        _ask(gate, row, snapshot.board, held.evaluated.spec.domain, by)
    return row


def decide_waiver(*, waiver: Waiver, granted: bool, reason: str, by: User) -> Waiver:
    """Grant or refuse: for a seat with the veto of the criterion's domain (the chair where none has it), never for who
    asked. Raises Denied, Invalid, Stale.
    """
    now = timezone.now()
    with log.transaction(by=by, purpose="decide_waiver"):
        gate, row = _held(waiver, by)
        board = standings.of(gate, now).snapshot.board
        rules.may_decide_waiver(
            criteria.waiver_seen(row),
            criteria.spec(row.version),
            board,
            me=by.pk,
            able=may(by, "waves.vote_gates", gate.subject),
            reason=reason,
            now=now,
        ).require()
        approvals.write_decision(row, granted, reason, by, now)
        facts = {"criterion": row.version.criterion.code, "waiver": row.pk}
        log.record("waiver.granted" if granted else "waiver.refused", subject=gate, by=by, facts=facts)
        subject_locks.publish(GateCause.WAIVER_DECIDED, gate.subject, by=by, about=gate.ref)
        _settle(gate, row, by)
        word = "granted" if granted else "refused"
        _tell(gate, row, [row.requested_by], f"The waiver of “{row.version.criterion.title}” was {word}.", by)
    return row


def revoke_waiver(*, waiver: Waiver, reason: str, by: User) -> Waiver:
    """End a waiver early: for who asked, who decided, who decides now, or a steward. Raises Denied, Invalid, Stale."""
    now = timezone.now()
    require(by, "waves.view_wave", waiver.version.criterion.gate.subject, to="revoke waivers of this gate")
    with log.transaction(by=by, purpose="revoke_waiver"):
        gate, row = _held(waiver, by)
        rules.may_revoke_waiver(
            criteria.waiver_seen(row),
            criteria.spec(row.version),
            standings.of(gate, now).snapshot.board,
            me=by.pk,
            able=may(by, MANAGE, gate.subject),
            reason=reason,
            now=now,
        ).require()
        approvals.write_revocation(row, reason, by, now)
        facts = {"criterion": row.version.criterion.code, "waiver": row.pk, "reason": reason.strip()[:300]}
        log.record("waiver.revoked", subject=gate, by=by, facts=facts)
        subject_locks.publish(GateCause.WAIVER_REVOKED, gate.subject, by=by, about=gate.ref)
        _settle(gate, row, by)
        others = [person for person in (row.requested_by, row.decided_by) if person and person.pk != by.pk]
        _tell(gate, row, others, f"The waiver of “{row.version.criterion.title}” was revoked.", by)
    return row


def _held(waiver: Waiver, by: User) -> tuple[Gate, Waiver]:
    gate = locks.hold(waiver.version.criterion.gate, by)
    row = Waiver.objects.select_related("version__criterion__gate__wave", "requested_by", "decided_by")
    return gate, row.get(pk=waiver.pk)


def _settle(gate: Gate, waiver: Waiver, by: User) -> None:
    """Settle the notices about this request."""
    settle(kinds=["waiver.asked"], path=_decided_at(gate, waiver), by=by)


def _decided_at(gate: Gate, waiver: Waiver) -> str:
    return addresses.waiver(gate.ref, waiver.pk)


def _ask(gate: Gate, waiver: Waiver, board: PolicyData | None, domain: str, by: User) -> None:
    """Tell those who may decide."""
    may_decide = rules.approvers(board, domain, by.pk) if board else frozenset()
    people = User.objects.filter(pk__in=may_decide).order_by("pk")
    _tell(gate, waiver, people, f"{by} requested a waiver for “{waiver.version.criterion.title}”.", by, asked=True)


def _tell(gate: Gate, waiver: Waiver, to: Iterable[User], sentence: str, by: User, *, asked: bool = False) -> None:
    path = _decided_at(gate, waiver) if asked else addresses.page(gate.ref)
    kind = "waiver.asked" if asked else "waiver.decided"
    tell(to=to, kind=kind, subject=gate.ref, sentence=f"{gate.ref}: {sentence}", path=path, by=by)
