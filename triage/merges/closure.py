"""Decisions in their order, each taken in if it contradicts none before it. Pure: in memory, whatever their number."""

from __future__ import annotations

from collections import defaultdict

from triage.merges.assertions import Asserted


class Closure:
    """Sets of records that are one person, and which sets are two people."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}
        self._size: dict[int, int] = {}
        self._apart: dict[int, set[int]] = defaultdict(set)

    def person(self, key: int) -> int:
        """The record that stands for the set of ``key``."""
        parent = self._parent.setdefault(key, key)
        while parent != key:
            self._parent[key] = self._parent[parent]
            key, parent = parent, self._parent[parent]
        return key

    def add(self, claim: Asserted) -> bool:
        """Take in what a decision asserts; False, and nothing taken in, when it contradicts what stands."""
        trial = {self.person(key): self.person(key) for key in claim.keys}

        def find(person: int) -> int:
            while trial[person] != person:
                person = trial[person]
            return person

        for one, two in claim.links:
            trial[find(self.person(one))] = find(self.person(two))
        if any(find(self.person(one)) == find(self.person(two)) for one, two in claim.apart):
            return False
        for person in trial:
            if any(other in trial and find(other) == find(person) for other in self._apart.get(person, ())):
                return False
        for one, two in claim.links:
            self._join(self.person(one), self.person(two))
        for one, two in claim.apart:
            self._keep_apart(self.person(one), self.person(two))
        return True

    def sets(self) -> dict[int, list[int]]:
        """The records of every set, by the record that stands for it."""
        found: dict[int, list[int]] = defaultdict(list)
        for key in self._parent:
            found[self.person(key)].append(key)
        return found

    def _join(self, one: int, two: int) -> None:
        if one == two:
            return
        if self._size.get(one, 1) > self._size.get(two, 1):
            one, two = two, one
        self._parent[one] = two
        self._size[two] = self._size.get(two, 1) + self._size.pop(one, 1)
        for other in self._apart.pop(one, ()):
            self._apart[other].discard(one)
            self._keep_apart(other, two)

    def _keep_apart(self, one: int, two: int) -> None:
        self._apart[one].add(two)
        self._apart[two].add(one)
