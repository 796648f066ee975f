"""Invalidate a decision package, in the caller's transaction, when its evidence changes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from console.audit import log
from console.fact_changes import Cause, Change
from console.notices.actions import settle, tell
from console.people.models import User
from console.ui import dates
from console.waves import actions as waves
from console.waves import locks as wave_locks
from governance import subjects
from governance.gates import addresses
from governance.gates.actions import locks
from governance.gates.models import DecisionPackage, Seat, Signature, Supersession
from governance.gates.queries import inputs as gate_inputs
from governance.gates.queries import packages
from governance.gates.queries.observations import changes
from governance.gates.queries.status import GateStatus
from governance.gates.rules import End
from governance.gates.values import Changed
from governance.subjects import locks as subject_locks


def supersede_if_changed(change: Change) -> None:
    """Invalidate the signatures of every package whose evidence this change alters, in the change's transaction.

    While no wave that it touches is guarded, this costs one query.
    """
    guarded = wave_locks.lock_shared(change.waves)
    resting = subjects.resting_on(guarded, prefix="gate__") if guarded else Q(pk__in=[])
    for kind, key in change.subjects:
        subject_locks.lock_exclusive(subjects.find(kind, key))
        resting |= Q(gate__subject_kind=kind, gate__subject_id=key)
    if guarded or change.subjects:
        _reconsider(resting, change)


def supersede(
    package: DecisionPackage,
    *,
    cause: Cause | End,
    changed: Sequence[Changed],
    by: User,
    now: dt.datetime,
    verb: str = "gate.superseded",
    reason: str = "",
) -> Supersession:
    """Write down that a package has ended, let its wave go, book it and tell everybody who signed or sealed.

    The caller holds the wave alone, and knows that nothing has ended the package yet.
    """
    row = Supersession.objects.create(
        package=package, at=now, by=by, cause=cause, changes=[dataclasses.asdict(one) for one in changed]
    )
    release(package, by=by)
    facts: dict[str, Any] = {"turn": package.turn, "digest": package.digest, "cause": cause}
    facts |= {"changes": [one.code for one in changed][:50], "because": _because(changed, reason)[:1000]}
    log.record(verb, subject=package.gate, by=by, facts=facts)
    sentence = f"{package.gate.ref} {package.gate.title}: {_ended(cause)} {_because(changed, reason)}".strip()
    told(package, kind=verb, sentence=sentence, by=by, urgent=True)
    return row


def close(found: GateStatus, *, by: User, now: dt.datetime) -> None:
    """Record that the newest package has expired, if it has and this is not recorded yet."""
    package = found.package
    if package is None or found.live or packages.has_ended(package):
        return
    cause = End.STALE if found.material else End.LAPSED
    changed = found.material or (_lapse(found),)
    supersede(locks.reread(package), cause=cause, changed=changed, by=by, now=now, verb="gate.lapsed")


def _lapse(found: GateStatus) -> Changed:
    """What ended a package whose time is over, as a change."""
    package = found.package
    assert package is not None
    decision = getattr(package, "decision", None)
    if decision is None:
        return Changed("lapsed", f"Voting closed on {dates.utc(package.closes_at)} without a decision.")
    return Changed("lapsed", f"The GO expired on {dates.utc(decision.valid_until)} before the step was started.")


def ask(package: DecisionPackage, *, sentence: str, by: User) -> None:
    """Ask the members of the package's policy to vote."""
    seated = User.objects.filter(pk__in=Seat.objects.filter(policy=package.policy_id).values("holder_id"))
    tell(
        to=list(seated.order_by("pk")),
        kind="gate.vote_asked",
        subject=package.gate.ref,
        sentence=sentence,
        path=addresses.voting(package.gate.ref),
        urgent=True,
        by=by,
    )


def settle_asked(package: DecisionPackage, *, by: User, to: Iterable[User] | None = None) -> None:
    """Settle notices to these people (None: to all) about a package: done, or no longer needed."""
    settle(kinds=["gate.vote_asked"], path=addresses.voting(package.gate.ref), to=to, by=by)
    if to is None:
        settle(kinds=["gate.poll_done"], path=addresses.page(package.gate.ref), by=by)


def release(package: DecisionPackage, *, by: User) -> None:
    """End guard and freeze of a package's waves, each unless another live package still rests on it."""
    settle_asked(package, by=by)
    for wave in package.gate.subject.waves:
        others = packages.unended().filter(subjects.resting_on([wave.pk], prefix="gate__")).exclude(pk=package.pk)
        policies = [other.policy for other in others]
        frozen = any(policy.freezes for policy in policies)
        waves.unguard(wave=wave, guarded=bool(policies), frozen=frozen, by=by)


def told(package: DecisionPackage, *, kind: str, sentence: str, by: User, urgent: bool = False) -> None:
    """Notify the sealer, the signers and the board members of a package."""
    tell(
        to=_concerned(package),
        kind=kind,
        subject=package.gate.ref,
        sentence=sentence,
        path=addresses.page(package.gate.ref),
        urgent=urgent,
        by=by,
    )


def _concerned(package: DecisionPackage) -> list[User]:
    """Return the sealer, the signers and the board members of a package."""
    signed = Signature.objects.filter(package=package).values_list("person_id", flat=True)
    seated = Seat.objects.filter(policy=package.policy_id).values_list("holder_id", flat=True)
    return list(User.objects.filter(pk__in={package.sealed_by_id, *signed, *seated}).order_by("pk"))


def _reconsider(resting: Q, change: Change) -> None:
    now = timezone.now()
    unended = list(packages.unended().filter(resting))
    inputs = gate_inputs.read_many((package.gate.subject for package in unended), now)
    for package in unended:
        material, _ = changes(inputs[package.gate.subject], package)
        if material:
            with log.transaction(by=change.by, purpose="supersede"):
                supersede(package, cause=change.cause, changed=material, by=change.by, now=now)


def _because(changed: Iterable[Changed], reason: str) -> str:
    return " ".join([one.sentence for one in changed] or [reason])


def _ended(cause: Cause | End) -> str:
    if cause == End.WITHDRAWN:
        return "decision package withdrawn."
    if cause == End.LAPSED:
        return "decision package expired. Signatures are no longer valid."
    if cause == End.NOT_PASSED:
        return "T-0 check failed. The step was not started."
    return "signatures are no longer valid."
