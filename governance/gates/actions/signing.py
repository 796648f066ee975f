"""The act of signing: one row that binds a person's printed name, time and meaning to a package, chained to the last.

Called inside the actions that cast a ballot or decide, while they hold the gate's wave alone: so the chain has one
order. The signer re-authenticated for this one act, before the action was called.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from console.people.models import User
from governance.gates.models import Act, Ballot, Choice, Condition, DecisionPackage, Outcome, Seat, Signature
from governance.gates.packages.parts import exact, moment, who
from governance.signing.actions import bind, common, write

FORMAT: Final = "concord-signature/1"

_BALLOT: Final = {
    Choice.GO: "I vote GO on {what}.",
    Choice.NO_GO: "I vote NO-GO on {what}.",
    Choice.GO_WITH_CONDITIONS: "I vote GO on {what}, provided that my conditions are met.",
    Choice.ABSTAIN: "I abstain from voting on {what}.",
    Choice.RECUSED: "I recuse myself from the decision on {what}.",
}
_DECISION: Final = {
    Outcome.GO: "On behalf of the board, I decide GO on {what}.",
    Outcome.GO_WITH_CONDITIONS: "On behalf of the board, I decide GO with conditions on {what}.",
    Outcome.NO_GO: "On behalf of the board, I decide NO-GO on {what}.",
}


def meaning_of_ballot(package: DecisionPackage, choice: str) -> str:
    """What signing this ballot means, in the words that the signer reads before and the record shows ever after."""
    return _BALLOT[Choice(choice)].format(what=_what(package))


def meaning_of_decision(package: DecisionPackage, outcome: str) -> str:
    """What signing this decision means."""
    return _DECISION[Outcome(outcome)].format(what=_what(package))


def _what(package: DecisionPackage) -> str:
    """The thing signed, short enough for one line: ``GATE-3 Cutover readiness of Wave 1, turn 2``."""
    gate = package.gate
    return f"{gate.ref} {gate.phase_title} of {gate.subject.name[:120]}, turn {package.turn}"


def sign_ballot(*, ballot: Ballot, conditions: list[Condition], proof: str) -> Signature:
    """Sign a ballot that has just been cast, with its conditions, for its seat, at its own time (``ballot.at``).

    ``ballot`` and ``conditions`` are saved already, with package, gate, wave, seat and people loaded or loadable.
    """
    said = {
        "choice": ballot.choice,
        "rationale": ballot.rationale,
        "conditions": [condition_said(condition) for condition in conditions],
        "request_key": str(ballot.request_key),
    }
    meaning = meaning_of_ballot(ballot.package, ballot.choice)
    return _sign(ballot.package, ballot.person, ballot.seat, Act.BALLOT, said, meaning, proof, ballot.at, ballot)


def sign_decision(
    *,
    package: DecisionPackage,
    outcome: str,
    statement: str,
    dissent: list[Any],
    valid_until: dt.datetime,
    seat: Seat,
    person: User,
    proof: str,
    at: dt.datetime,
) -> Signature:
    """Sign the board's decision as its chair. The decision's row takes the same values, and this signature.

    ``dissent``: plain JSON (text, whole numbers, lists, objects), as the decision keeps it.
    """
    said = {"outcome": outcome, "statement": statement, "dissent": dissent, "valid_until": moment(valid_until)}
    return _sign(package, person, seat, Act.DECISION, said, meaning_of_decision(package, outcome), proof, at, None)


def condition_said(condition: Condition) -> dict[str, Any]:
    """A condition as it is signed."""
    return {
        "text": condition.text,
        "owner": who(condition.owner),
        "due_at": moment(condition.due_at),
        "measure": condition.measure,
        "operator": condition.operator,
        "threshold": exact(condition.threshold),
    }


def _sign(
    package: DecisionPackage,
    person: User,
    seat: Seat,
    act: Act,
    said: dict[str, Any],
    meaning: str,
    proof: str,
    at: dt.datetime,
    ballot: Ballot | None,
) -> Signature:
    row = Signature(package=package, act=act, ballot=ballot, seat_title=seat.title, meaning=meaning)
    bind(row, package.signatures.order_by("-place").first(), person, proof, at)
    write(row, _content(row, seat, said))
    return row


def _content(row: Signature, seat: Seat, said: dict[str, Any]) -> dict[str, Any]:
    """All that a signature says; its hash is over this."""
    package = row.package
    return {
        "format": FORMAT,
        "gate": package.gate.ref,
        "turn": package.turn,
        "package": package.digest,
        "act": str(row.act),
        "said": said,
        "seat": seat.code,
        "seat_title": row.seat_title,
        "seat_role": "holder" if seat.holder_id == row.person_id else "alternate",
    } | common(row)
