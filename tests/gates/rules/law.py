"""The law of a poll a second time, written from the field guide without looking at the rules: slow and plain.

It knows nothing of sentences. A vote is a triple (seat, person, choice); a seat is answered by who sits on it.
"""

from __future__ import annotations

from collections.abc import Iterable

from governance.gates.values import BallotData, PolicyData

GO, CONDITIONS, NO, ABSTAIN, RECUSED = "go", "go-with-conditions", "no-go", "abstain", "recused"


def verdict(policy: PolicyData, ballots: Iterable[BallotData], *, criteria_permit: bool, barred: frozenset[int]) -> str:
    """``go``, ``go-with-conditions`` or ``no-go``: the best that the board may decide."""
    votes = [(ballot.seat, ballot.person, ballot.choice) for ballot in ballots]
    gone = {person for _, person, choice in votes if choice == RECUSED}
    votes = [vote for vote in votes if vote[1] not in gone]
    seats = {seat.code: seat for seat in policy.seats}
    if any(choice == NO and seats[code].vetoes for code, _, choice in votes):
        return NO
    spoke = [person for _, person, _ in votes]
    votes = [vote for vote in votes if spoke.count(vote[1]) == 1]  # no one speaks for two seats
    heard: dict[str, tuple[int, str]] = {}
    for code, person, choice in votes:
        seat = seats[code]
        sits = person == seat.holder or (
            person == seat.alternate
            and (seat.holder in gone or seat.holder not in seat.able)
            and all(person != other.holder for other in policy.seats)
        )
        may_speak = person in seat.able and not (choice in (GO, CONDITIONS) and person in barred)
        if sits and may_speak:
            heard[code] = (person, choice)
    approving = {person for person, choice in heard.values() if choice in (GO, CONDITIONS)}
    enough = (
        criteria_permit
        and policy.quorum >= 2
        and policy.go_needed >= 2
        and len(heard) >= policy.quorum
        and len(approving) >= policy.go_needed
        and all(seat.code in heard for seat in policy.seats if seat.required)
    )
    if not enough:
        return NO
    return CONDITIONS if any(choice == CONDITIONS for _, choice in heard.values()) else GO
