"""What the signing pages show: every criterion then and now, what has drifted, and the choices that are open."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from console.answers import Answer, Forbidden
from console.people.models import User
from governance.gates import rules
from governance.gates.actions import signing
from governance.gates.models import Ballot, Choice, DecisionPackage, Outcome
from governance.gates.queries.status import GateStatus
from governance.subjects import may

ICONS = {
    "go": "circle-check",
    "no-go": "octagon-x",
    "go-with-conditions": "list-checks",
    "abstain": "circle-minus",
    "recused": "user-x",
}


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """One criterion as it was sealed and as it stands."""

    code: str
    title: str
    blocking: bool
    waived: bool
    then_result: str
    then: str
    now_result: str
    now: str

    @property
    def moved(self) -> bool:
        """Whether it reads otherwise than when it was sealed."""
        return (self.then_result, self.then) != (self.now_result, self.now)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be said, with what signing it means, or why it is not open."""

    value: str
    label: str
    icon: str
    meaning: str
    answer: Answer


def criteria(package: DecisionPackage, found: GateStatus) -> list[ThenAndNow]:
    """Every criterion of the package beside what it says now, in the package's order."""
    now = {held.criterion.code: held.evaluated for held in found.snapshot.criteria}
    rows = []
    for one in json.loads(package.document)["criteria"]:
        evaluated = now.get(one["code"])
        rows.append(
            ThenAndNow(
                code=one["code"],
                title=one["title"],
                blocking=one["blocking"],
                waived=one["basis"].startswith("waiver"),
                then_result=one["result"],
                then=one["observed"] or one["sentence"],
                now_result=str(evaluated.result) if evaluated else "",
                now=(evaluated.observed or evaluated.sentence) if evaluated else "No longer required",
            )
        )
    return rows


def vote_answer(found: GateStatus, by: User, choice: str = "", rationale: str = "", conditions: int = 0) -> Answer:
    """Whether this person may cast this ballot; ``choice`` empty asks whether they may cast any."""
    changed = _changed(found)
    if changed is not None:
        return changed
    return rules.may_vote(
        found.seen,
        me=by.pk,
        able=_able(found, by),
        choice=choice,
        rationale=rationale,
        conditions=conditions,
        barred=found.barred or {},
        now=found.snapshot.at,
    )


def decide_answer(found: GateStatus, by: User, outcome: str = "", statement: str = "") -> Answer:
    """Whether this person may sign this outcome for the board; ``outcome`` empty asks about any."""
    changed = _changed(found)
    if changed is not None:
        return changed
    return rules.may_decide(
        found.seen,
        found.counted,
        me=by.pk,
        able=_able(found, by),
        outcome=outcome,
        statement=statement,
        barred=found.barred or {},
        now=found.snapshot.at,
    )


def ballot_options(package: DecisionPackage, found: GateStatus, by: User) -> list[Option]:
    """Return the five votes, each with its meaning and, where this person may not approve, the reason."""
    return [
        Option(
            choice.value,
            choice.label,
            ICONS[choice],
            signing.meaning_of_ballot(package, choice),
            # Asked as if a reason and a condition had been given: what is missing is the form's to say.
            vote_answer(found, by, choice, "-", 1 if choice == Choice.GO_WITH_CONDITIONS else 0),
        )
        for choice in Choice
    ]


def outcome_options(package: DecisionPackage, found: GateStatus, by: User) -> list[Option]:
    """The three outcomes, each with what it means; only those that the count allows are open."""
    return [
        Option(
            outcome.value,
            outcome.label,
            ICONS[outcome],
            signing.meaning_of_decision(package, outcome),
            decide_answer(found, by, outcome, "-"),
        )
        for outcome in Outcome
    ]


def own_ballot(found: GateStatus, by: User) -> Ballot | None:
    """Return this person's own ballot on the newest package."""
    return next((ballot for ballot in found.ballots if ballot.person_id == by.pk), None)


def seat_of(found: GateStatus, by: User) -> Any:
    """The seat that this person fills now, as the rules see it; None without one."""
    return rules.seat_of(found.seen.policy, found.seen.ballots, by.pk) if found.seen else None


def _able(found: GateStatus, by: User) -> bool:
    return by.is_person and may(by, "waves.vote_gates", found.snapshot.gate.subject)


def _changed(found: GateStatus) -> Answer | None:
    """A material change that was found while reading stands against everything."""
    if not found.material:
        return None
    return Forbidden("What was sealed has changed: signatures on it do not count. A new turn must be sealed.")
