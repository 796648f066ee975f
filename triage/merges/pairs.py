"""The pairs of a line: which one is compared on the page, how to reach the next, and all of them at one glance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from console.ui.text import bits
from triage.merges.lines import ComparedPair, Match, MergeLine

LETTERS: Final = "ABCDEFGH"
Zone = Literal["above", "between", "below", "none"]


@dataclass(frozen=True, slots=True)
class PairTab:
    """A pair to choose. ``compared`` is False for one that the matcher never compared: it has no score.

    ``zone`` says where its score lies to the thresholds; ``key`` leads to the pair before ("[") or after ("]").
    """

    name: str
    left: int
    right: int
    compared: bool
    score: str
    zone: Zone
    current: bool
    key: str = ""

    @property
    def label(self) -> str:
        """``A with C``."""
        return f"{LETTERS[self.left]} with {LETTERS[self.right]}"

    @property
    def short(self) -> str:
        """``A–C``."""
        return f"{LETTERS[self.left]}–{LETTERS[self.right]}"

    @property
    def said(self) -> str:
        """The pair and its score for those who do not see where it stands."""
        if not self.compared:
            return f"{self.label}, not compared by the matcher"
        where = {"above": "above", "between": "between", "below": "below"}[self.zone]
        return f"{self.label}, {self.score} bits, {where} the thresholds"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One row of the half square of pairs: the record, empty places, then its pairs with the records after it."""

    letter: str
    before: range
    pairs: list[PairTab]


def chosen(line: MergeLine, wanted: str) -> ComparedPair:
    """The pair named ``wanted`` (``0-2``); the weakest compared one when there is no such pair of records.

    A pair that was never compared has no comparisons; its score means nothing.
    """
    by_places = {_places(pair): pair for pair in line.match.pairs}
    for places in combinations(range(len(line.records)), 2):
        if _name(places) == wanted:
            return by_places.get(places) or ComparedPair(*places, score=0.0, comparisons=[])
    return weakest(line)


def weakest(line: MergeLine) -> ComparedPair:
    """The compared pair that speaks least for one person."""
    return min(line.match.pairs, key=lambda pair: pair.score)


def tabs(line: MergeLine, pair: ComparedPair) -> list[PairTab]:
    """All pairs of records in their order, compared or not; ``pair`` is the current one."""
    by_places = {_places(one): one for one in line.match.pairs}
    places = list(combinations(range(len(line.records)), 2))
    here = places.index(_places(pair))
    return [_tab(each, by_places.get(each), line.match, number - here) for number, each in enumerate(places)]


def matrix(found: list[PairTab]) -> list[MatrixRow]:
    """The pairs by their first record."""
    size = found[-1].right
    return [MatrixRow(LETTERS[left], range(left), [tab for tab in found if tab.left == left]) for left in range(size)]


def _places(pair: ComparedPair) -> tuple[int, int]:
    return min(pair.left, pair.right), max(pair.left, pair.right)


def _name(places: tuple[int, int]) -> str:
    return f"{places[0]}-{places[1]}"


def _tab(places: tuple[int, int], pair: ComparedPair | None, match: Match, away: int) -> PairTab:
    return PairTab(
        name=_name(places),
        left=places[0],
        right=places[1],
        compared=pair is not None,
        score=bits(pair.score) if pair else "",
        zone=_zone(pair.score, match) if pair else "none",
        current=away == 0,
        key={-1: "[", 1: "]"}.get(away, ""),
    )


def _zone(score: float, match: Match) -> Zone:
    if score >= match.upper_threshold:
        return "above"
    return "below" if score <= match.lower_threshold else "between"
