"""What happens in a history: facts change, people act, time passes. Each step is one of these, at random."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

from governance.gates import rules
from governance.gates.models import Outcome
from governance.gates.rules import PackageData, WaiverData
from governance.gates.values import BallotData
from tests.gates.rules.histories import (
    ADMINISTRATOR,
    ASKER,
    DAY,
    DEFECTS,
    HOUR,
    MINUTE,
    MOODS,
    PEOPLE,
    SPECS,
    STEWARD,
    Fact,
    History,
    Unsafe,
)


def live(seed: int, happened: Counter[str], turns: int = 2) -> None:
    """One history of some turns. Raises Unsafe if anything happens that must never happen.

    A turn goes the way that a board goes, so that many reach their end; at any point anything else may happen.
    """
    draw = random.Random(seed)
    history = History(draw, happened, mood=draw.choice((MOODS[0], *MOODS)))
    unrest = draw.choice((0.1, 0.3, 0.6))
    for _ in range(draw.randint(1, turns)):
        for step in (waive if draw.random() < 0.3 else mend, seal, vote, vote, consolidate, decide, begin):
            while draw.random() < unrest:
                draw.choice(UNREST)(history)
            step(history)


def pass_time(history: History) -> None:
    """Mostly minutes; now and then hours or days; sometimes a clock goes back."""
    jump = history.draw.choice((MINUTE, MINUTE, 20 * MINUTE, 20 * MINUTE, 3 * HOUR, 30 * HOUR, 9 * DAY, -2 * MINUTE))
    history.now += jump
    if jump > 0 * MINUTE and history.draw.random() < 0.8:  # most facts are reported again and again
        for fact in history.facts.values():
            fact.at = max(fact.at, history.now - MINUTE)


def spoil(history: History) -> None:
    """A fact goes wrong, in any way."""
    spec = history.draw.choice(SPECS)
    history.facts[spec.code] = Fact(history.now - MINUTE, history.draw.choice(DEFECTS))
    _fact_changed(history)


def mend(history: History) -> None:
    """Everything is put right, perhaps by accepting a risk for a time, and perhaps by someone on the board."""
    for spec in SPECS:
        fact = Fact(history.now - history.draw.choice((MINUTE, -MINUTE, 30 * MINUTE)))
        if spec.code == "risks" and history.draw.random() < 0.3:
            fact.until = history.now + history.draw.choice((HOUR, 3 * DAY))
        history.facts[spec.code] = fact
    if history.draw.random() < 0.1:
        history.resolvers.add(history.draw.randint(1, 8))
    _fact_changed(history)


def _fact_changed(history: History) -> None:
    """Every change of facts is published, and what was signed is checked; the witness knows what it was about."""
    for spec in SPECS:
        if history.evidence.get(spec.code, "") and history.ground(spec) not in (history.evidence[spec.code], "sound"):
            history.ground_changed(f"{spec.code} had changed")
    history.look()


def change_ground(history: History) -> None:
    """One of the other changes that are material."""
    kind = history.draw.randrange(7)
    other = history.other
    if kind == 0:
        other["criticals"] += 1
    elif kind == 1:
        other["rollback"] += "a"
    elif kind == 2:
        other["planned_for"] += "x"
    elif kind == 3:
        other["transformation"] += "t"
    elif kind == 4:
        other["prior"] = {"access": other["prior"]["access"] + "p"}
    elif kind == 5:
        history.policy = history._board(history.draw.randint(0, 4), history.draw.randint(0, 4))
    else:
        history.versions[history.draw.choice(SPECS).code] += 1
    history.ground_changed(f"change {kind} was made")
    history.look()


def change_words(history: History) -> None:
    """One of the changes that are not: it must leave a live package alone."""
    alive = rules.is_live(history.package, history.now)
    due = history.lost or _lapsed(history)
    kind = history.draw.randrange(3)
    if kind == 0:
        history.other["runs"] = [*history.other["runs"], len(history.other["runs"]) + 1]
    elif kind == 1:
        history.other["prior"] = (
            history.other["prior"] | {"consent": "c"}
            if "consent" not in history.other["prior"]
            else history.other["prior"]
        )
    history.look()
    if alive and not due and not rules.is_live(history.package, history.now):
        raise Unsafe(f"cosmetic change {kind} withdrew signatures")
    history.happened["cosmetic"] += alive and not due


def _lapsed(history: History) -> bool:
    """Whether time alone has taken some ground away since sealing, as the witness sees it."""
    waivers = {one.id for one in history.waivers if rules.is_active(one, history.now)}
    sealed = set(history.then.parts["waivers"]) if history.then else set()
    return waivers != sealed or any(
        ground and history.ground(spec) != ground and history.ground(spec) != "sound"
        for spec in SPECS
        if (ground := history.evidence.get(spec.code, ""))
    )


def lose_role(history: History) -> None:
    """Someone loses the right to vote, or gets it back."""
    person = history.draw.randint(1, 8)
    signed = history.package is not None and person in {one.person for one in history.package.ballots}
    if person in history.able and signed:
        history.ground_changed(f"{person}, who had signed, lost the role")
    history.able ^= {person}
    seats = [
        replace(seat, able=frozenset(history.able & {seat.holder, seat.alternate or 0}))
        for seat in history.policy.seats
    ]
    history.policy = replace(history.policy, seats=tuple(seats))
    if history.package is not None:
        history.package = replace(
            history.package,
            policy=replace(
                history.package.policy,
                seats=tuple(
                    replace(seat, able=frozenset(history.able & {seat.holder, seat.alternate or 0}))
                    for seat in history.package.policy.seats
                ),
            ),
        )
    history.look()


def waive(history: History) -> None:
    """Someone asks for a waiver, and anybody tries to grant it; or the latest one is revoked."""
    draw, now = history.draw, history.now
    if history.waivers and draw.random() < 0.2:
        history.waivers[-1] = replace(history.waivers[-1], revoked_at=now)
        history.ground_changed("a waiver was revoked") if _in_force(history, history.waivers[-1].id) else None
        history.look()
        return
    if draw.random() < 0.5:
        history.facts[draw.choice(SPECS).code] = Fact(now - MINUTE, draw.choice(("bad", "slightly")))
        _fact_changed(history)
    failing = [one for one in history.evaluated() if one.result == "fail"]
    if not failing:
        return
    one = draw.choice(failing)
    asker = draw.choice((ASKER, STEWARD))
    until = now + draw.choice((HOUR, 2 * DAY))
    may = rules.may_ask_waiver(
        one.spec, one.result, able=True, standing=False, reason="r", compensating_control="c", not_after=until, now=now
    )
    if not may:
        return
    waiver = WaiverData(len(history.waivers) + 1, one.spec.code, one.spec.version, asker, until)
    approver = draw.choice((*range(1, 6), ADMINISTRATOR, asker))
    if rules.may_decide_waiver(waiver, one.spec, history.policy, me=approver, able=True, reason="r", now=now):
        if approver in (asker, ADMINISTRATOR):
            raise Unsafe("a waiver was granted by who asked for it, or by an administrator")
        history.waivers.append(replace(waiver, granted=True, decided_by=approver, decided_at=now))
        history.ground_changed("a waiver was given")
        history.happened["waived"] += 1
        history.look()


def _in_force(history: History, waiver: int) -> bool:
    return history.then is not None and waiver in history.then.parts["waivers"]


def seal(history: History) -> None:
    """Someone seals, and may not approve afterwards."""
    evaluated = history.look()
    policy = history.policy
    if not rules.may_seal(history.package, policy, evaluated, able=True, now=history.now, rolled_back=True):
        return
    sealer = history.draw.choice((STEWARD, STEWARD, STEWARD, 1, 3))
    turn = history.package.turn + 1 if history.package else 1
    history.package = PackageData(turn, sealer, history.now + 3 * DAY, policy)
    history.then = rules.from_json(rules.to_json(history.material(evaluated)))
    history.permitted_then = rules.permitted(evaluated)
    history.evidence = {spec.code: history.ground(spec) for spec in SPECS}
    history.lost = ""
    history.happened["sealed"] += 1


def vote(history: History) -> None:
    """Some people try to vote, with or without a seat."""
    history.look()
    for person in history.draw.sample(PEOPLE, len(PEOPLE)):
        choice = history.draw.choice(history.mood)
        package = history.package
        may = rules.may_vote(
            package,
            me=person,
            able=person in history.able or person == ADMINISTRATOR,
            choice=choice,
            rationale="r",
            conditions=choice == "go-with-conditions",
            barred=history.barred(),
            now=history.now,
        )
        if not may or package is None:
            continue
        if history.lost:
            raise Unsafe(f"a signature was taken although {history.lost}")
        seat = rules.seat_of(package.policy, package.ballots, person)
        if seat is None or person in (ADMINISTRATOR, STEWARD):
            raise Unsafe("someone without a seat voted")
        history.package = replace(package, ballots=(*package.ballots, BallotData(seat.code, person, choice)))
        history.happened["voted"] += 1


def consolidate(history: History) -> None:
    """The chair or the sealer ends the poll."""
    history.look()
    package = history.package
    who = history.draw.choice((3, 3, 7, STEWARD, STEWARD, ADMINISTRATOR))
    if history.draw.random() < 0.2:
        history.now += 3 * DAY  # until the poll has closed
    if package is not None and rules.may_consolidate(package, me=who, now=history.now):
        if who == ADMINISTRATOR:
            raise Unsafe("an administrator ended the poll")
        history.package = replace(package, consolidated=True)


def decide(history: History) -> None:
    """Someone tries to decide, for whatever they like."""
    evaluated = history.look()
    package = history.package
    if package is None:
        return
    permit = history.permitted_then and rules.permitted(evaluated)
    counted = rules.count(package.policy, package.ballots, criteria_permit=permit, barred=history.barred())
    who, outcome = history.draw.choice((3, 3, 3, 7, STEWARD, ADMINISTRATOR)), history.draw.choice(list(Outcome)).value
    wanted = counted.outcome if history.draw.random() < 0.7 else outcome
    may = rules.may_decide(
        package,
        counted,
        me=who,
        able=True,
        outcome=wanted,
        statement="s",
        barred=history.barred(),
        now=history.now,
    )
    if not may:
        return
    if wanted != Outcome.NO_GO:
        history.witness("GO", {one.person: one.choice for one in package.ballots})
        if who in history.barred() or who not in (3, 7):
            raise Unsafe("a GO was signed by who may not approve")
    history.package = replace(package, outcome=wanted, valid_until=history.now + 7 * DAY)
    history.happened[wanted] += 1


def begin(history: History) -> None:
    """T-0: everything is asked again."""
    evaluated = history.look()
    package = history.package
    if package is None or not rules.may_begin(package, able=True, now=history.now):
        return
    counted = rules.count(
        package.policy, package.ballots, criteria_permit=rules.permitted(evaluated), barred=history.barred()
    )
    if rules.findings(evaluated, counted, (), history.now):
        history.package = replace(package, superseded="revalidation")
        return
    history.witness("begun", {one.person: one.choice for one in package.ballots})
    history.package = replace(package, started=True)
    history.happened["begun"] += 1


UNREST = (
    pass_time,
    pass_time,
    pass_time,
    spoil,
    mend,
    change_ground,
    change_words,
    lose_role,
    waive,
    waive,
    vote,
    decide,
)
