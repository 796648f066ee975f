"""Who may do what with a gate. Each answers with ``Allowed`` or ``Forbidden`` and a sentence for the person.

``able`` says whether the person holds the permission of the act on this wave; no role overrides any other rule.
``barred`` maps those who may not approve this package to why, continuing "You ": ``{7: "sealed this package"}``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid, Stale
from governance.gates.models.signing import Choice, Outcome
from governance.gates.rules.polling import APPROVING, FEWEST, chair, seat_of, unheard
from governance.gates.rules.state import gate_state, is_live
from governance.gates.rules.values import GateState, PackageData
from governance.gates.values import Counted, EvaluatedCriterion, PolicyData

TEXT_CHARACTERS: Final = 4000
REASON_CHARACTERS: Final = 300
_ENDED: Final = {
    GateState.COLLECTING: "No decision package has been sealed for this gate.",
    GateState.NO_GO: "The board decided NO-GO on this package.",
    GateState.SUPERSEDED: "This package is no longer valid: the evidence behind it has changed.",
    GateState.WITHDRAWN: "This package was withdrawn.",
    GateState.LAPSED: "This package has expired.",
    GateState.BEGUN: "This step has already started.",
    GateState.GO: "The board has decided on this package.",
    GateState.GO_WITH_CONDITIONS: "The board has decided on this package.",
}


def may_seal(
    latest: PackageData | None,
    policy: PolicyData | None,
    evaluated: Iterable[EvaluatedCriterion],
    *,
    able: bool,
    now: dt.datetime,
    rolled_back: bool = False,
) -> Answer:
    """Whether a package may be sealed. A red gate may: a board may want to say NO-GO on the record.

    ``rolled_back``: the step was started and then rolled back, so a new package may be sealed.
    """
    if not able:
        return Forbidden("Your roles do not allow you to seal packages of this gate.")
    if latest is not None and is_live(latest, now):
        return Forbidden(f"Round {latest.turn} is still open. Withdraw it before you seal a new package.", Stale)
    if latest is not None and latest.started and not rolled_back:
        return Forbidden("This step has already started. No further decision is needed.", Stale)
    if not any(one.spec.blocking for one in evaluated):
        return Forbidden("This gate has no required criteria, so the board cannot decide GO.", Invalid)
    return _may_stand(policy)


def _may_stand(policy: PolicyData | None) -> Answer:
    """Whether a policy is one by which a board can decide: lawful, and with the seats for it."""
    if policy is None or not policy.seats:
        return Forbidden("This gate has no board yet.", Invalid)
    if min(policy.quorum, policy.go_needed) < FEWEST:
        return Forbidden("Quorum and required GO votes must each be at least 2.", Invalid)
    if max(policy.quorum, policy.go_needed) > len(policy.seats):
        most = max(policy.quorum, policy.go_needed)
        return Forbidden(f"{most} votes are required but the board has only {len(policy.seats)} seats.", Invalid)
    if sum(seat.chair for seat in policy.seats) != 1:
        return Forbidden("Exactly one seat must be the chair.", Invalid)
    holders = {seat.holder for seat in policy.seats}
    if len(holders) != len(policy.seats) or any(seat.holder == seat.alternate for seat in policy.seats):
        return Forbidden("Each person can hold only one seat.", Invalid)
    return Allowed()


def may_withdraw(package: PackageData | None, *, able: bool, reason: str, now: dt.datetime) -> Answer:
    """Whether the live package may be withdrawn, for this reason."""
    if not able:
        return Forbidden("Your roles do not allow you to withdraw packages of this gate.")
    if not is_live(package, now):
        return _ended(package, now)
    return _reasoned(reason, "Enter a reason for withdrawing the package.")


def may_vote(
    package: PackageData | None,
    *,
    me: int,
    able: bool,
    choice: str,
    rationale: str,
    conditions: int,
    barred: Mapping[int, str],
    now: dt.datetime,
) -> Answer:
    """Whether this person may cast this ballot. ``choice`` empty asks whether they may cast any."""
    if not able:
        return Forbidden("Your roles do not allow you to vote on gates of this wave.")
    if package is None or not is_live(package, now) or package.outcome:
        return _ended(package, now)
    if package.consolidated or now >= package.closes_at:
        return Forbidden("Voting is closed.", Stale)
    if any(ballot.person == me for ballot in package.ballots):
        return Forbidden("You have already voted. Votes are final.", Stale)
    if seat_of(package.policy, package.ballots, me) is None:
        return _no_seat(package, me)
    if not choice:
        return Allowed()
    return _complete(choice, rationale, conditions, barred.get(me))


def may_consolidate(package: PackageData | None, *, me: int, now: dt.datetime) -> Answer:
    """Whether this person may end the blind poll: the chair or the sealer, once every seat answered or it closed."""
    if package is None or not is_live(package, now) or package.outcome:
        return _ended(package, now)
    if package.consolidated:
        return Forbidden("The votes have already been counted.", Stale)
    recused = any(ballot.person == me and ballot.choice == Choice.RECUSED for ballot in package.ballots)
    if recused or me not in {package.sealed_by, chair(package.policy, package.ballots)}:
        return Forbidden("Only the chair or the person who sealed the package can close voting.")
    waiting = unheard(package.policy, package.ballots)
    if waiting and now < package.closes_at:
        names = ", ".join(seat.title for seat in waiting)
        return Forbidden(f"Voting is still open. Waiting for: {names}.", Stale)
    return Allowed()


def may_decide(
    package: PackageData | None,
    counted: Counted | None,
    *,
    me: int,
    able: bool,
    outcome: str,
    statement: str,
    barred: Mapping[int, str],
    now: dt.datetime,
) -> Answer:
    """Whether the chair may sign this outcome: only what the count allows; NO-GO always. Empty asks about any."""
    if package is None or not is_live(package, now) or package.outcome:
        return _ended(package, now)
    if not package.consolidated or counted is None:
        return Forbidden("Voting is still open. Close voting first.", Stale)
    if not able or me != chair(package.policy, package.ballots):
        return Forbidden("Only the chair can sign the board's decision.")
    if not outcome:
        return Allowed()
    return _open_to(counted, outcome, statement, barred.get(me))


def may_begin(package: PackageData | None, *, able: bool, now: dt.datetime) -> Answer:
    """Whether the step may be started, before the T-0 check (see ``polling.findings``)."""
    if not able:
        return Forbidden("Your roles do not allow you to start steps in this wave.")
    if gate_state(package, now) in {GateState.GO, GateState.GO_WITH_CONDITIONS}:
        return Allowed()
    if package is not None and is_live(package, now):
        return Forbidden("The board has not decided on this package yet.", Stale)
    return _ended(package, now)


def _open_to(counted: Counted, outcome: str, statement: str, bar: str | None) -> Answer:
    """Whether this outcome is open after this count, with this statement."""
    if outcome not in Outcome.values:
        return Forbidden(f"“{outcome}” is not a valid decision.", Invalid)
    if len(statement) > TEXT_CHARACTERS:
        return Forbidden(f"The statement is longer than {TEXT_CHARACTERS} characters.", Invalid)
    if outcome == Outcome.NO_GO:
        return Allowed() if statement.strip() else Forbidden("Enter the reason for NO-GO.", Invalid)
    if bar:
        return Forbidden(f"You {bar}, so you cannot sign a GO. Another member must sign.")
    if counted.outcome == Outcome.NO_GO:
        return Forbidden(f"GO is not available. {' '.join(counted.reasons)}")
    if outcome != counted.outcome:
        label = Outcome(counted.outcome).label
        return Forbidden(f"The vote count supports {label}. You can decide {label} or NO-GO.", Invalid)
    return Allowed()


def _ended(package: PackageData | None, now: dt.datetime) -> Forbidden:
    return Forbidden(_ENDED.get(gate_state(package, now), "This package is still open."), Stale)


def _reasoned(reason: str, ask: str) -> Answer:
    if not reason.strip():
        return Forbidden(ask, Invalid)
    if len(reason) > REASON_CHARACTERS:
        return Forbidden(f"The reason is longer than {REASON_CHARACTERS} characters.", Invalid)
    return Allowed()


def _no_seat(package: PackageData, me: int) -> Forbidden:
    if any(seat.holder == me for seat in package.policy.seats):
        return Forbidden("You cannot vote for your seat now.")
    stands_in = next((seat.title for seat in package.policy.seats if seat.alternate == me), "")
    if stands_in:
        return Forbidden(f"As alternate for {stands_in}, you can vote only if the member is recused or unavailable.")
    return Forbidden("You are not on the board of this gate.")


def _complete(choice: str, rationale: str, conditions: int, bar: str | None) -> Answer:
    if choice not in Choice.values:
        return Forbidden(f"“{choice}” is not a valid vote.", Invalid)
    if choice in APPROVING and bar:
        return Forbidden(f"You {bar}. You can vote NO-GO, abstain or recuse yourself, but you cannot approve.")
    if choice != Choice.GO and not rationale.strip():
        return Forbidden("Enter a reason. A reason is required for every vote except GO.", Invalid)
    if len(rationale) > TEXT_CHARACTERS:
        return Forbidden(f"The reason is longer than {TEXT_CHARACTERS} characters.", Invalid)
    if (choice == Choice.GO_WITH_CONDITIONS) != (conditions > 0):
        asks = (
            "Enter at least one condition."
            if not conditions
            else "Only a “GO with conditions” vote can have conditions."
        )
        return Forbidden(asks, Invalid)
    return Allowed()
