"""What a verdict asserts of pairs of records, and how pairs connect records. Pure: keys of records, no database."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from triage.cases.keys import record_key
from triage.cases.kinds import Json
from triage.merges import evidence, groups
from triage.merges.groups import Positions

#: Two records by their keys, the lower one first.
Pair = tuple[int, int]
#: A pair that is one person, and the decision that says so.
Link = tuple[Pair, int]


@dataclass(frozen=True, slots=True)
class Asserted:
    """What one decision asserts: pairs that are one person, as few as connect each group, and pairs that are two."""

    links: tuple[Pair, ...]
    apart: tuple[Pair, ...]

    @property
    def keys(self) -> list[int]:
        """The records that it speaks of, in ascending order."""
        return sorted({key for pair in (*self.links, *self.apart) for key in pair})


def asserted(verdict: str, content: Json, record_keys: Sequence[int], line: bytes) -> Asserted:
    """What a verdict on a case with these records asserts; ``line`` is read for the positions of a partition alone."""
    keys = list(record_keys)
    if content is not None:
        keys = [record_key(record.system, record.id) for record in evidence.decode(line).records]
    return of_groups([[keys[place] for place in group] for group in groups.positions(verdict, content, len(keys))])


def of_groups(sets: Positions) -> Asserted:
    """What it means that each of these sets of record keys is one person, and different sets are different people."""
    links = [pair for members in sets for pair in pairwise(sorted(members))]
    return Asserted(tuple(sorted(links)), tuple(groups.apart(sets)))


def components(members: Iterable[int], links: Iterable[Pair]) -> list[list[int]]:
    """The sets that ``links`` connect, the largest first; each in ascending order."""
    root = {member: member for member in members}

    def find(member: int) -> int:
        while root[member] != member:
            root[member] = root[root[member]]
            member = root[member]
        return member

    for one, two in links:
        root[find(one)] = find(two)
    found = defaultdict(list)
    for member in root:
        found[find(member)].append(member)
    return sorted((sorted(one) for one in found.values()), key=lambda one: (-len(one), one))


def path(start: int, end: int, links: Iterable[Link]) -> list[int]:
    """The fewest decisions that connect one record with another, in their order; empty when the links do not.

    What one decision links is one step, however many pairs it takes.
    """
    pairs = defaultdict(list)
    for pair, decision in links:
        pairs[decision].append(pair)
    near: dict[int, list[tuple[int, list[int]]]] = defaultdict(list)
    for decision, its in sorted(pairs.items()):
        for together in components({key for pair in its for key in pair}, its):
            for key in together:
                near[key].append((decision, together))
    came: dict[int, tuple[int, int]] = {start: (start, 0)}
    waiting = deque([start])
    while waiting and end not in came:
        here = waiting.popleft()
        for decision, together in near.pop(here, ()):
            for there in together:
                if there not in came:
                    came[there] = (here, decision)
                    waiting.append(there)
    found = []
    while end in came and end != start:
        end, decision = came[end]
        found.append(decision)
    return found[::-1]
