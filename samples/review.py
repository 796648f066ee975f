"""What the matcher hands to people, week by week: sets of records that may be one person, and why it did not settle.

A pair between the thresholds is ambiguous. A pair above the upper threshold is linked by the matcher itself unless it
carries a contradiction that a score must not outvote (``GUARDS``). Records whose pairs all reach the lower threshold
are reviewed together; a pair that fits no such set is reviewed on its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from samples.comparing import Normal, level, normal
from samples.hospital import Key, Record, at
from samples.linkage import Model, ScoredPair, blocked, train
from samples.people import MATERNITY, rng

WAVE_ONE = "wave-1-outpatients"
WAVE_TWO = "wave-2-maternity"
LATE_SHARE = 0.2
LARGEST_SET = 8
GUARDS = frozenset(
    {"conflicting_birth_date", "conflicting_sex", "conflicting_identifier", "possible_twin", "name_and_age_alone"}
)
LOOSE_DATES = ("same year, one estimated", "one year apart, one estimated", "same year", "missing")
NEAR_NAMES = ("exact", "close (Jaro-Winkler 0.92)")


@dataclass(frozen=True, slots=True)
class ReviewSet:
    """Two to eight records that a person must look at, with every compared pair among them, best first."""

    records: tuple[Record, ...]
    pairs: tuple[ScoredPair, ...]

    @property
    def keys(self) -> frozenset[Key]:
        """The records' keys: what makes this set the same set in another week."""
        return frozenset(record.key for record in self.records)

    @property
    def persons(self) -> int:
        """How many people these records truly are."""
        return len({record.person for record in self.records})


@lru_cache(maxsize=1)
def model() -> Model:
    """Return the model, estimated once on the records of week 1."""
    normals = [normal(record) for record in at(1)]
    return train(normals, blocked(normals))


@lru_cache(maxsize=4)
def scored(week: int) -> tuple[ScoredPair, ...]:
    """Return every blocked pair of ``week`` with its score, best first."""
    normals = [normal(record) for record in at(week)]
    found = [model().score(left, right) for left, right in blocked(normals)]
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.left, pair.right)))


def compared(records: Sequence[Record]) -> tuple[ScoredPair, ...]:
    """Score every pair of ``records`` as they stand, whether or not a block holds it, best first."""
    normals: list[Normal] = [normal(record) for record in sorted(records, key=lambda record: record.key)]
    found = [model().score(left, right) for left, right in combinations(normals, 2)]
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.left, pair.right)))


def contradictions(pair: ScoredPair) -> set[str]:
    """Return what speaks against one person in this pair, by name, whatever the score."""
    reached = {field: level(field, pair.pattern) for field in ("family", "given", "birth_date", "sex")}
    identifiers = {level(field, pair.pattern) for field in ("national_id", "art_number")}
    found = set()
    if reached["birth_date"] == "different":
        found.add("conflicting_birth_date")
    if reached["sex"] == "different":
        found.add("conflicting_sex")
    if "different" in identifiers:
        found.add("conflicting_identifier")
    apart = reached["given"] not in (*NEAR_NAMES, "swapped", "missing")
    if reached["birth_date"] == "exact" and reached["family"] in NEAR_NAMES and apart:
        found.add("possible_twin")
    exact = {level(field, pair.pattern) == "exact" for field in ("phone", "national_id", "art_number")}
    if reached["birth_date"] in LOOSE_DATES and exact == {False}:
        found.add("name_and_age_alone")
    return found


def held(pair: ScoredPair) -> bool:
    """Say whether the matcher leaves this pair to a person."""
    if pair.score < model().lower:
        return False
    return pair.score < model().upper or bool(contradictions(pair) & GUARDS)


@lru_cache(maxsize=8)
def review_sets(week: int, wave: str) -> tuple[ReviewSet, ...]:
    """Return what a run of ``wave`` in ``week`` reports, in a fixed order."""
    records = {record.key: record for record in at(week)}
    edges = {(pair.left, pair.right): pair for pair in scored(week) if pair.score >= model().lower}
    sets = []
    for keys in _groups(edges):
        moved_by, since = arrival(keys[0])
        if moved_by == wave and since <= week:
            pairs = [edges[pair] for pair in combinations(keys, 2)]
            best_first = sorted(pairs, key=lambda pair: (-pair.score, pair.left, pair.right))
            sets.append(ReviewSet(tuple(records[key] for key in keys), tuple(best_first)))
    return tuple(sorted(sets, key=lambda found: rng("order", *sorted(found.keys)).random()))


def _groups(edges: dict[tuple[Key, Key], ScoredPair]) -> list[tuple[Key, ...]]:
    """Group records greedily, best pair first, so that every pair inside a group is an edge; keep groups to review."""
    group: dict[Key, list[Key]] = {}
    for left, right in edges:
        one, two = group.setdefault(left, [left]), group.setdefault(right, [right])
        if one is two or len(one) + len(two) > LARGEST_SET:
            continue
        if all((min(a, b), max(a, b)) in edges for a in one for b in two):
            one.extend(two)
            group.update(dict.fromkeys(two, one))
    found = {tuple(sorted(keys)) for keys in group.values()}
    inside = {pair for keys in found for pair in combinations(keys, 2)}
    reviewed = [keys for keys in found if any(held(edges[pair]) for pair in combinations(keys, 2))]
    alone = [pair for pair, edge in edges.items() if pair not in inside and held(edge)]
    return sorted([*reviewed, *alone])


@lru_cache(maxsize=1)
def _arrivals() -> dict[Key, tuple[str, int]]:
    """Give every record that may be someone else's duplicate a wave and the week from which it is extracted.

    Records connected by any pair at or above the lower threshold in week 1 arrive together.
    """
    neighbours: dict[Key, list[Key]] = defaultdict(list)
    for pair in scored(1):
        if pair.score >= model().lower:
            neighbours[pair.left].append(pair.right)
            neighbours[pair.right].append(pair.left)
    found: dict[Key, tuple[str, int]] = {}
    for start in sorted(neighbours):
        if start not in found:
            together = _connected(start, neighbours)
            late = rng("arrival", *start).random() < LATE_SHARE
            ward = any(system == MATERNITY for system, _ in together)
            found.update(dict.fromkeys(together, (WAVE_TWO, 3) if ward else (WAVE_ONE, 2 if late else 1)))
    return found


def _connected(start: Key, neighbours: dict[Key, list[Key]]) -> set[Key]:
    seen, waiting = {start}, [start]
    while waiting:
        for key in neighbours[waiting.pop()]:
            if key not in seen:
                seen.add(key)
                waiting.append(key)
    return seen


def arrival(key: Key) -> tuple[str, int]:
    """Return the wave that moves a record, and the week from which runs of that wave hold it."""
    fallback = (WAVE_TWO, 3) if key[0] == MATERNITY else (WAVE_ONE, 1)
    return _arrivals().get(key, fallback)


def extracted(week: int, wave: str) -> list[Record]:
    """Return the records that a run of ``wave`` in ``week`` reads."""
    return [r for r in at(week) if arrival(r.key)[0] == wave and arrival(r.key)[1] <= week]


def true_pairs(records: Iterable[Record]) -> list[tuple[Key, Key]]:
    """Return every pair of records that is one person, in order."""
    persons: dict[str, list[Key]] = defaultdict(list)
    for record in records:
        persons[record.person].append(record.key)
    return sorted(pair for keys in persons.values() for pair in combinations(sorted(keys), 2))
