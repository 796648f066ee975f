"""The rules of a poll against an independent statement of the law: exhaustively to seven seats and five ballots."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations_with_replacement, product

import pytest

from governance.gates.rules import count, polling
from governance.gates.values import BallotData, Counted, PolicyData
from tests.gates.rules.law import verdict
from tests.gates.rules.making import ballots, board, seat

FIVE = ("go", "go-with-conditions", "no-go", "abstain", "recused")
SILENT = ""
NO_ONE: frozenset[int] = frozenset()


def agree(policy: PolicyData, cast: tuple[BallotData, ...], barred: frozenset[int] = NO_ONE) -> Counted:
    """The count, having been compared with the law and with what must never happen."""
    counted = count(policy, cast, criteria_permit=True, barred=barred)
    law = verdict(policy, cast, criteria_permit=True, barred=barred)
    assert counted.outcome == law, f"{law}, not {counted}, of {policy} with {cast} and {barred}"
    if counted.outcome != "no-go":
        recused = {one.person for one in cast if one.choice == "recused"}
        behind = {one.person for one in cast if one.choice in ("go", "go-with-conditions")} - recused - barred
        assert len(behind) >= 2, "a GO by one person"
        assert policy.quorum >= 2, "a quorum that lets one decide"
        assert not counted.reasons
        assert not counted.escalate
    return counted


def test_every_poll_of_seven_seats_and_five_ballots() -> None:
    """All 5⁷ = 78,125 polls of one board: five required seats, two of them with a veto, a quorum of five, four GO."""
    policy = board(
        *(seat(key, required=key <= 5, vetoes="clinical" if key in (2, 6) else "") for key in range(1, 8)),
        quorum=5,
        go_needed=4,
    )
    found = dict.fromkeys(("go", "go-with-conditions", "no-go"), 0)
    for choices in product(FIVE, repeat=7):
        found[agree(policy, _cast(policy, choices)).outcome] += 1
    assert sum(found.values()) == 5**7
    assert all(found.values()), "every outcome is reached"


@pytest.mark.parametrize("size", range(1, 8))
def test_every_policy_up_to_seven_seats(size: int) -> None:
    """Every mix of plain, required and veto seats (from six seats on, the five most unlike), every poll of it, with
    silence as a sixth ballot, and every bound that such a poll just reaches or misses; up to three seats every bound.

    Seats of the same sort are interchangeable (shown below), so that of each sort only the number of each ballot is
    gone through: 6⁷ = 279,936 polls shrink to some thousands a board.
    """
    seen = 0
    for plain, required, veto in _mixes(size):
        policy = _board_of(plain, required, veto)
        for cast in _polls(policy, (plain, required, veto)):
            seen += 1
            for quorum, go_needed in _bounds(size, cast):
                agree(replace(policy, quorum=quorum, go_needed=go_needed), cast)
    assert seen


def test_seats_of_one_sort_are_interchangeable() -> None:
    """What the exhaustive test above leaves out by symmetry: any order of the ballots within a sort counts the same."""
    draw = random.Random(7)
    for _ in range(2_000):
        sorts = draw.choice(list(_mixes(7)))
        policy = replace(_board_of(*sorts), quorum=draw.randint(2, 7), go_needed=draw.randint(2, 7))
        choices = [draw.choice((*FIVE, SILENT)) for _ in range(7)]
        first = count(policy, _cast(policy, choices), criteria_permit=True)
        at = 0
        for size in sorts:
            part = choices[at : at + size]
            draw.shuffle(part)
            choices[at : at + size] = part
            at += size
        again = count(policy, _cast(policy, choices), criteria_permit=True)
        assert (first.outcome, first.present, first.go, first.escalate) == (
            again.outcome,
            again.present,
            again.go,
            again.escalate,
        )


@pytest.mark.parametrize("size", [2, 3])
def test_every_poll_with_alternates_the_unable_and_the_barred(size: int) -> None:
    """Each seat's holder and its alternate say anything or nothing; any of them is unable or barred."""
    sayings = (*FIVE, SILENT) if size == 2 else ("go", "no-go", "recused", SILENT)
    for able in product((True, False), repeat=size):
        for barred_from in range(size + 1):
            barred = frozenset({barred_from}) if barred_from else NO_ONE
            policy = board(
                *(
                    seat(
                        key,
                        alternate=10 + key % 2,
                        required=key != 3,
                        vetoes="privacy" if key == 2 else "",
                        able=frozenset({key, 10 + key % 2} if able[key - 1] else {10 + key % 2}),
                    )
                    for key in range(1, size + 1)
                )
            )
            for said in product(sayings, repeat=2 * size):
                agree(policy, tuple(_two_each(said, size)), barred)


def test_an_alternate_answers_only_for_the_recused_and_only_once() -> None:
    policy = board(seat(1, alternate=9), seat(2, alternate=9), seat(3), quorum=2, go_needed=2)
    assert polling.seat_of(policy, (), 9) is None
    one_gone = ballots((2, "recused"))
    assert polling.seat_of(policy, one_gone, 9) == policy.seats[1]
    both_gone = ballots((1, "recused"), (2, "recused"), (2, "go", 9), (3, "go"))
    assert polling.seat_of(policy, both_gone, 9) == policy.seats[1]
    counted = agree(policy, both_gone)
    assert counted.escalate
    assert counted.missing == ("seat-1",)


def test_a_recused_person_counts_nowhere() -> None:
    policy = board(seat(1), seat(2, required=False), seat(3), quorum=2, go_needed=2)
    cast = ballots((2, "recused"), (1, "go"), (3, "go"))
    assert agree(policy, cast).outcome == "go"
    assert agree(policy, cast).seats == 2
    assert agree(policy, (*cast[:2], BallotData("seat-3", 2, "go"))).outcome == "no-go"


def test_the_sealer_may_refuse_but_not_approve() -> None:
    policy = board(seat(1), seat(2), seat(3, vetoes="clinical"), quorum=3, go_needed=2)
    cast = ballots((1, "go"), (2, "go"), (3, "go"))
    assert agree(policy, cast).outcome == "go"
    assert agree(policy, cast, frozenset({3})).missing == ("seat-3",)
    against = ballots((1, "go"), (2, "go"), (3, "no-go"))
    assert agree(policy, against, frozenset({3})).vetoes == ("seat-3",)
    quiet = ballots((1, "go"), (2, "go"), (3, "abstain"))
    assert agree(policy, quiet, frozenset({3})).outcome == "go"


def test_a_failing_gate_never_goes() -> None:
    policy = board(*(seat(key) for key in range(1, 4)), quorum=2)
    cast = ballots((1, "go"), (2, "go"), (3, "go"))
    assert count(policy, cast, criteria_permit=False).outcome == "no-go"


def test_too_few_left_is_said_before_anybody_votes() -> None:
    policy = board(seat(1), seat(2), seat(3, required=False), quorum=3, go_needed=2)
    assert not agree(policy, ()).escalate
    assert agree(policy, ballots((3, "recused"))).escalate
    assert agree(replace(policy, quorum=2), (), frozenset({1, 2})).escalate


def test_the_law_would_notice_a_broken_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutants: each breaks one rule of the count, and the exhaustive comparison must see it."""

    def caught() -> bool:
        try:
            for size in (1, 2, 3):
                test_every_policy_up_to_seven_seats(size)
            test_every_poll_with_alternates_the_unable_and_the_barred(2)
        except AssertionError:
            return True
        return False

    broken = {
        "FEWEST": 0,
        "APPROVING": frozenset({"go", "go-with-conditions", "abstain"}),
        "_vetoes": lambda seats, cast: [],
        "_too_few": lambda policy, present, go: [],
        "_escalations": lambda policy, taken, barred: [],
        "_filled": lambda policy, ballots: {seat.code: seat.holder for seat in policy.seats},
    }
    for name, mutant in broken.items():
        with monkeypatch.context() as patch:
            patch.setattr(polling, name, mutant)
            assert caught(), name
    assert not caught()


def _cast(policy: PolicyData, choices: object) -> tuple[BallotData, ...]:
    pairs = zip(policy.seats, choices, strict=True)  # type: ignore[call-overload]
    return tuple(BallotData(one.code, one.holder, choice) for one, choice in pairs if choice)


def _mixes(size: int) -> Iterator[tuple[int, int, int]]:
    if size >= 6:
        yield from ((size, 0, 0), (0, size, 0), (0, 0, size), (1, size - 2, 1), (size - 2, 1, 1))
        return
    for plain in range(size + 1):
        for required in range(size + 1 - plain):
            yield plain, required, size - plain - required


def _board_of(plain: int, required: int, veto: int) -> PolicyData:
    sorts = [(False, "")] * plain + [(True, "")] * required + [(True, "clinical")] * veto
    return board(*(seat(key, required=must, vetoes=words) for key, (must, words) in enumerate(sorts, 1)))


def _polls(policy: PolicyData, sorts: tuple[int, int, int]) -> Iterator[tuple[BallotData, ...]]:
    parts = [list(combinations_with_replacement((*FIVE, SILENT), size)) for size in sorts]
    for first, second, third in product(*parts):
        yield _cast(policy, (*first, *second, *third))


def _bounds(size: int, cast: tuple[BallotData, ...]) -> Iterator[tuple[int, int]]:
    """Quorums and GO needed from none to too many; for large boards those beside the number that was cast."""
    present = sum(1 for one in cast if one.choice != "recused")
    go = sum(1 for one in cast if one.choice.startswith("go"))
    if size <= 3:
        yield from product(range(size + 2), repeat=2)
    else:
        yield from ((0, 2), (2, 0), (1, 1), (present, go), (present + 1, go), (present, go + 1))


def _two_each(said: tuple[str, ...], size: int) -> Iterator[BallotData]:
    for key in range(1, size + 1):
        holder, alternate = said[2 * key - 2], said[2 * key - 1]
        if holder:
            yield BallotData(f"seat-{key}", key, holder)
        if alternate:
            yield BallotData(f"seat-{key}", 10 + key % 2, alternate)
