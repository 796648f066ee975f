"""The ledger of patient matches against a closure worked out by hand: histories at random, races, hand-written SQL."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from triage.cases.models import Decision
from triage.merges.actions import splitting
from triage.merges.actions.ledger import MergeEntry
from triage.merges.assertions import components, of_groups, path
from triage.merges.closure import Closure

pytestmark = pytest.mark.django_db

Sets = list[list[int]]
TABLES = ("merges_keptapart", "merges_linkedpair", "merges_recordidentity", "merges_goldenrecord")


@dataclass
class Brute:
    """The decisions that stand, and whether they agree: every pair of every decision, closed again and again."""

    standing: dict[int, Sets] = field(default_factory=dict)

    def agrees(self, more: Iterable[Sets] = ()) -> bool:
        sets = [*self.standing.values(), *more]
        person = self.persons(sets)
        return not any(
            person[one] == person[two]
            for groups in sets
            for left, right in combinations(groups, 2)
            for one in left
            for two in right
        )

    def persons(self, sets: list[Sets]) -> dict[int, int]:
        """The lowest record of the person of each record."""
        person = {key: key for groups in sets for group in groups for key in group}
        changed = True
        while changed:
            changed = False
            for group in (group for groups in sets for group in groups):
                lowest = min(person[key] for key in group)
                changed |= any(person[key] != lowest for key in group)
                person |= dict.fromkeys(group, lowest)
        return person


def decide(number: int, sets: Sets) -> list[int]:
    """Decide case ``number`` by decision ``number``; what it contradicts, and nothing is written then."""
    entry = MergeEntry.of(number, of_groups(sets))
    if not entry.contradicts:
        entry.record(Decision(pk=number))
    return entry.contradicts


def stored() -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_key, golden_id FROM merges_recordidentity")
        return dict(cursor.fetchall())


def sets_of(person: dict[int, int]) -> set[frozenset[int]]:
    return {frozenset(key for key in person if person[key] == one) for one in person.values()}


def clear() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")


def some_sets(rng: random.Random, universe: range) -> Sets:
    """LINK, NO_MATCH or PARTITION of two to five records."""
    keys = rng.sample(universe, min(len(universe), rng.choice([2, 2, 2, 3, 3, 4, 5])))
    sets: dict[int, list[int]] = {}
    people = rng.choice([1, 1, 2, len(keys)])
    for key in keys:
        sets.setdefault(rng.randrange(people) if people < len(keys) else key, []).append(key)
    return [sorted(group) for group in sets.values()]


def play(rng: random.Random, steps: int) -> None:
    """One history: cases are decided; decisions are undone, reversed or ended by runs, one or several at once."""
    brute, universe, next_case = Brute(), range(1, rng.choice([4, 6, 8])), 1
    for _ in range(steps):
        if brute.standing and rng.random() < 0.3:
            gone = rng.sample(sorted(brute.standing), rng.randint(1, min(3, len(brute.standing))))
            splitting.end(gone)
            for case in gone:
                del brute.standing[case]
        else:
            sets = some_sets(rng, universe)
            against = decide(next_case, sets)
            assert bool(against) != brute.agrees([sets])
            if against:
                named = Brute({case: brute.standing[case] for case in against})
                assert named.agrees(), "what stands agrees with itself"
                assert not named.agrees([sets]), "what is named contradicts the verdict without anything else"
            else:
                brute.standing[next_case] = sets
            next_case += 1
    assert brute.agrees()
    found, expected = stored(), brute.persons(list(brute.standing.values()))
    alone = {key: key + 1000 for key in found if key not in expected}
    assert sets_of(found) == sets_of(expected | alone)


@pytest.mark.parametrize("seed", range(8))
def test_random_histories_agree_with_a_closure_by_hand(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(1250):
        play(rng, rng.randint(2, 6))
        clear()


def test_long_histories_agree_with_a_closure_by_hand() -> None:
    rng = random.Random(99)
    for _ in range(20):
        play(rng, 60)
        clear()


def sizes_are_right() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM merges_goldenrecord AS g WHERE g.size <>"
            " (SELECT count(*) FROM merges_recordidentity AS i WHERE i.golden_id = g.id)"
        )
        return bool(cursor.fetchone()[0] == 0)


def test_the_example_of_the_report() -> None:
    assert decide(1, [[1, 2]]) == []
    assert decide(2, [[2, 3]]) == []
    assert decide(3, [[1], [3]]) == [1, 2]
    assert decide(4, [[1, 2, 3]]) == []
    splitting.end([1])
    assert decide(5, [[1], [3]]) == [4]
    splitting.end([4])
    assert decide(5, [[1], [3]]) == []
    assert decide(6, [[1, 2]]) == [2, 5]
    assert sizes_are_right()
    clear()


@pytest.mark.parametrize(
    ("before", "sets", "against"),
    [
        ([[[1, 2]], [[3, 4]]], [[2, 3], [5]], []),
        ([[[1, 2]], [[3], [4]]], [[2, 3], [4]], []),
        ([[[1], [2]]], [[1, 2, 3]], [1]),
        ([[[1], [4]], [[1, 2]], [[3, 4]]], [[2, 3]], [1, 2, 3]),
        ([[[1, 2], [3]]], [[2, 3]], [1]),
        ([[[1, 2]], [[2, 3]]], [[1], [2, 4], [3]], [1, 2]),
        ([[[1, 2, 3], [4]]], [[4], [1, 3]], []),
        ([[[1], [2], [3]]], [[1, 4], [2]], []),
        ([[[1], [2], [3]], [[1, 4]]], [[4, 2]], [1, 2]),
    ],
)
def test_a_verdict_names_what_it_contradicts(before: list[Sets], sets: Sets, against: list[int]) -> None:
    for number, one in enumerate(before, 1):
        assert decide(number, one) == []
    assert decide(100, sets) == against
    clear()


# Held by the database


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO merges_keptapart (case_id, decision_id, low_key, high_key, low_golden, high_golden)"
        " SELECT 9, 9, 1, 3, golden_id, golden_id FROM merges_recordidentity WHERE record_key = 1",
        "INSERT INTO merges_keptapart (case_id, decision_id, low_key, high_key, low_golden, high_golden)"
        " SELECT 9, 9, 1, 3, golden_id, golden_id + 1 FROM merges_recordidentity WHERE record_key = 1",
        "INSERT INTO merges_linkedpair (case_id, decision_id, low_key, high_key, golden_id)"
        " SELECT 9, 9, 3, 4, golden_id FROM merges_recordidentity WHERE record_key = 3",
        "UPDATE merges_recordidentity SET golden_id ="
        " (SELECT golden_id FROM merges_recordidentity WHERE record_key = 1) WHERE record_key = 4",
        "UPDATE merges_recordidentity SET golden_id ="
        " (SELECT golden_id FROM merges_recordidentity WHERE record_key = 4) WHERE record_key = 1",
        "UPDATE merges_keptapart SET low_golden = high_golden",
        "UPDATE merges_linkedpair SET golden_id = golden_id + 100",
        "UPDATE merges_linkedpair SET high_key = 4 WHERE high_key = 3",
        "INSERT INTO merges_recordidentity SELECT 1, golden_id FROM merges_recordidentity WHERE record_key = 4",
        "DELETE FROM merges_recordidentity WHERE record_key = 1",
    ],
)
def test_a_contradiction_written_by_hand_is_refused_by_the_database(statement: str) -> None:
    decide(1, [[1, 2, 3], [4]])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    clear()


# Costs


def test_a_chain_of_a_thousand_links_costs_no_decision_more_statements() -> None:
    for number in range(1, 1000):
        assert decide(number, [[number, number + 1]]) == []
    assert sizes_are_right()
    with CaptureQueriesContext(connection) as longest:
        decide(2001, [[500, 5001]])
    with CaptureQueriesContext(connection) as fresh:
        decide(2002, [[6001, 6002]])
    assert len(longest) == len(fresh)
    with CaptureQueriesContext(connection) as refused:
        assert decide(2003, [[1], [900]]) == [*range(1, 900)]
    assert len(refused) <= len(fresh) + 1
    splitting.end([500])
    assert sorted(len(one) for one in sets_of(stored())) == [2, 500, 501]
    clear()


def test_ending_many_cases_costs_the_statements_of_ending_one() -> None:
    for number in range(1, 60):
        decide(number, [[number * 10, number * 10 + 1], [number * 10 + 2]])
    with CaptureQueriesContext(connection) as one:
        splitting.end([1])
    with CaptureQueriesContext(connection) as many:
        splitting.end([*range(2, 60)])
    assert len(many) == len(one)
    assert len(sets_of(stored())) == len(stored())
    clear()


# Pure


def test_components_and_paths() -> None:
    assert components([1, 2, 3, 4], [(1, 2), (2, 3)]) == [[1, 2, 3], [4]]
    assert path(1, 4, [((1, 2), 7), ((2, 3), 8), ((3, 4), 9), ((1, 3), 5)]) == [5, 9]
    assert path(1, 4, [((1, 2), 7), ((2, 3), 8), ((1, 2), 9), ((2, 3), 9), ((3, 4), 9)]) == [9]
    assert path(1, 9, [((1, 2), 7)]) == []


def test_a_closure_leaves_out_what_contradicts_an_earlier_decision() -> None:
    rng = random.Random(5)
    for _ in range(300):
        closure, brute = Closure(), Brute()
        for case in range(12):
            sets = some_sets(rng, range(1, 9))
            taken = closure.add(of_groups(sets))
            assert taken == brute.agrees([sets])
            if taken:
                brute.standing[case] = sets
        assert {frozenset(one) for one in closure.sets().values() if len(one) > 1} == {
            one for one in sets_of(brute.persons(list(brute.standing.values()))) if len(one) > 1
        }
