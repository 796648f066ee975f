"""Ballots: cast blind, each by signing it, and the conditions that they set."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from console.audit import log
from console.errors import Denied, Invalid, Missing, Stale
from console.notices.actions import tell
from console.people.models import User, UserKind
from governance.gates import addresses, rules
from governance.gates.actions import locks, signing, superseding
from governance.gates.causes import GateCause
from governance.gates.models import Ballot, Choice, Condition, DecisionPackage, Seat, Signature
from governance.gates.queries import packages
from governance.gates.queries import status as standings
from governance.gates.queries.status import GateStatus
from governance.measures import queries as measures
from governance.measures.comparison import INEQUALITIES
from governance.subjects import locks as subject_locks
from governance.subjects import may


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition that a ballot sets: what, by whom, until when, and the measure that shows it where one does."""

    text: str
    owner: User
    due_at: dt.datetime
    measure: str = ""
    operator: str = ""
    threshold: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Voted:
    """A ballot with its signature, and whether an earlier sending of the same request cast it."""

    ballot: Ballot
    signature: Signature
    repeat: bool


def vote(
    *,
    package: DecisionPackage,
    choice: str,
    seen: str,
    proof: str,
    by: User,
    rationale: str = "",
    conditions: Sequence[Asked] = (),
    request_key: uuid.UUID | None = None,
) -> Voted:
    """Cast and sign a ballot for the seat that ``by`` fills: as its holder, or as the alternate of a recused one.

    ``seen`` is the digest of the package that was looked at; ``proof`` how the person proved who they are, for this act
    (``Proof.method``). The same request sent twice gives the first ballot. Raises Stale when the package is no longer
    open or not the one seen; Denied without seat, permission or independence; Invalid for an incomplete ballot.
    """
    now, rationale = timezone.now(), rationale.strip()
    with log.transaction(by=by, purpose="vote"):
        gate = locks.lock_exclusive(package.gate, by)
        earlier = _repeated(package, choice, request_key, by)
        if earlier:
            return earlier
        found = standings.of(gate, now)
        same(found, package, seen)
        _check(choice, proof, conditions, now)
        seat = _allowed(found, by, choice, rationale, len(conditions), now)
        ballot = Ballot(seat=seat, person=by, choice=choice, rationale=rationale, at=now)
        ballot.package, ballot.request_key = locks.reread(package), request_key or uuid.uuid4()
        ballot.save(force_insert=True)
        rows = [_condition(ballot, asked) for asked in conditions]
        signature = signing.sign_ballot(ballot=ballot, conditions=rows, proof=proof)
        # Voting is blind: the audit log says who voted, never how.
        facts = {"turn": package.turn, "seat": seat.code, "digest": package.digest, "signature": signature.hash}
        log.record("gate.voted", subject=gate, by=by, facts=facts)
        superseding.settle_asked(ballot.package, to=[by], by=by)
        _tell(found, ballot, rows, by)
    return Voted(ballot, signature, repeat=False)


def meet_condition(*, condition: Condition, note: str, by: User) -> Condition:
    """Confirm that a condition without a measure is met; for its author. Raises Denied, Invalid, Stale."""
    now = timezone.now()
    package = condition.ballot.package
    with log.transaction(by=by, purpose="meet_condition"):
        gate = locks.lock_exclusive(package.gate, by)
        found = standings.of(gate, now)
        if found.package is None or found.package.pk != package.pk or not found.live:
            raise Stale("This condition belongs to a package that is no longer valid.")
        row = Condition.objects.select_related("ballot", "owner").get(pk=condition.pk)
        if row.met_at is not None:
            raise Stale("This condition has been confirmed already.")
        (seen,) = standings.conditions_seen([row], found.package, now)
        rules.may_meet_condition(seen, me=by.pk, now=now).require()
        if not may(by, "waves.vote_gates", gate.subject):
            raise Denied("Your roles do not allow you to confirm conditions of this gate.")
        if not note.strip() or len(note) > 400:
            raise Invalid("Say how it was met, in at most 400 characters.")
        row.met_by, row.met_at, row.met_note = by, now, note.strip()
        row.save(update_fields=["met_by", "met_at", "met_note"])
        log.record("gate.condition_met", subject=gate, by=by, facts={"turn": package.turn, "condition": row.pk})
        subject_locks.publish(GateCause.CONDITION_MET, gate.subject, by=by, about=gate.ref)
    return row


def same(found: GateStatus, package: DecisionPackage, seen: str) -> None:
    """Raise Stale unless the package acted on is the gate's newest, stands, and is the very one that was looked at."""
    newest = found.package
    if newest is None or newest.pk != package.pk:
        raise Stale("A newer decision package has been sealed. Review it before you sign.")
    if newest.digest != seen:
        raise Stale("The decision package has changed since you opened it. Review it before you sign.")
    if found.material:
        sentences = " ".join(change.sentence for change in found.material[:3])
        raise Stale(f"The package changed before you signed: {sentences}")


def _repeated(package: DecisionPackage, choice: str, key: uuid.UUID | None, by: User) -> Voted | None:
    """The ballot that this request cast when it was sent before. Raises Invalid for a key used for something else."""
    row = Ballot.objects.select_related("signature").filter(request_key=key).first() if key else None
    if row is None:
        return None
    if (row.package_id, row.person_id, row.choice) != (package.pk, by.pk, choice):
        raise Invalid("This request key was used for another vote. Send a new one.")
    return Voted(row, row.signature, repeat=True)


def _allowed(found: GateStatus, by: User, choice: str, rationale: str, conditions: int, now: dt.datetime) -> Seat:
    """The seat that this person fills. Raises whatever stands against this ballot."""
    assert found.package is not None
    assert found.seen is not None
    board = found.seen.policy
    able = by.kind == UserKind.PERSON and may(by, "waves.vote_gates", found.package.gate.subject)
    rules.may_vote(
        found.seen,
        me=by.pk,
        able=able,
        choice=choice,
        rationale=rationale,
        conditions=conditions,
        barred=found.barred or {},
        now=now,
    ).require()
    seat = rules.seat_of(board, packages.ballots_seen(found.ballots), by.pk)
    if seat is None:
        raise Denied("You cannot vote on this package.")
    return Seat.objects.get(policy=found.package.policy_id, code=seat.code)


def _check(choice: str, proof: str, conditions: Sequence[Asked], now: dt.datetime) -> None:
    if choice not in Choice.values:
        raise Invalid("Choose GO, NO-GO, GO with conditions, Abstain or Recuse.")
    if not proof:
        raise Denied("Confirm your identity before you sign.")
    if conditions and choice != Choice.GO_WITH_CONDITIONS:
        raise Invalid("Only a “GO with conditions” vote can have conditions.")
    if len(conditions) > 20:
        raise Invalid("A vote can have at most 20 conditions.")
    for asked in conditions:
        _check_condition(asked, now)


def _check_condition(asked: Asked, now: dt.datetime) -> None:
    if not asked.text.strip() or len(asked.text) > 400:
        raise Invalid("Describe the condition in at most 400 characters.")
    if asked.due_at.tzinfo is None or asked.due_at <= now:
        raise Invalid("The due date must be in the future.")
    if not asked.owner.is_active or asked.owner.kind != UserKind.PERSON:
        raise Invalid(f"{asked.owner} cannot own a condition.")
    if not asked.measure:
        return
    if asked.operator not in INEQUALITIES or asked.threshold is None or not asked.threshold.is_finite():
        raise Invalid("Enter a comparison and a threshold for the measure.")
    if measures.definition(asked.measure) is None:
        raise Missing("There is no measure of that name.")


def _condition(ballot: Ballot, asked: Asked) -> Condition:
    bound = (asked.measure, asked.operator, asked.threshold) if asked.measure else ("", "", None)
    measure, operator, threshold = bound
    return Condition.objects.create(
        ballot=ballot,
        text=asked.text.strip(),
        owner=asked.owner,
        due_at=asked.due_at,
        measure=measure,
        operator=operator,
        threshold=threshold,
    )


def _tell(found: GateStatus, ballot: Ballot, conditions: Sequence[Condition], by: User) -> None:
    """Ask the alternate of a recused member to vote; notify chair and sealer once all votes are in."""
    package = ballot.package
    gate, board = package.gate, found.seen.policy if found.seen else None
    assert board is not None
    cast = packages.ballots_seen([*found.ballots, ballot])
    if ballot.choice == Choice.RECUSED and ballot.seat.alternate_id and ballot.seat.alternate_id != by.pk:
        seat = ballot.seat.title
        sentence = f"{gate.ref} {gate.title}: you are now voting as alternate for {seat}. Your vote is due."
        people = [ballot.seat.alternate]
        _say(people, "gate.vote_asked", gate.ref, sentence, addresses.voting(gate.ref), by)
    answered = {one.seat for one in cast if one.choice != Choice.RECUSED}
    open_ = [seat for seat in board.seats if seat.code not in answered and rules.waits_for(seat, board, cast)]
    if not open_:
        chair = rules.chair(board, cast)
        people = list(User.objects.filter(pk__in={chair or package.sealed_by_id, package.sealed_by_id}).order_by("pk"))
        _say(people, "gate.poll_done", gate.ref, f"{gate.ref}: all votes are in.", addresses.page(gate.ref), by)


def _say(people: Sequence[User | None], kind: str, ref: str, sentence: str, path: str, by: User) -> None:
    to = [person for person in people if person is not None]
    tell(to=to, kind=kind, subject=ref, sentence=sentence, path=path, urgent=True, by=by)
