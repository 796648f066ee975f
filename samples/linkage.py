"""Fellegi-Sunter record linkage: blocking, estimation by expectation-maximisation, scores and thresholds.

``u`` (how often a level is reached by records of two people) is counted on random pairs. ``m`` (how often by two
records of one person) and the prior are estimated by EM over every blocked pair, taking pairs outside all blocks as
two people. A weight is log2(m/u), in bits; a score is the prior's log2 odds plus the weights.
Exact names weigh by how rare they are. Missing values and a swap already counted at ``given`` weigh nothing.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import jellyfish

from samples.comparing import FIELDS, LEVELS, Normal, Pattern, compare
from samples.hospital import Key
from samples.people import rng

RANDOM_PAIRS = 200_000
ROUNDS = 40
LARGEST_BLOCK = 120
FALSE_LINKS_ACCEPTED = 0.0001
MISSED_LINKS_ACCEPTED = 0.01

Blocking = Callable[[Normal], str]
PASSES: dict[str, Blocking] = {
    "birth date": lambda r: r.birth_date,
    "phone": lambda r: r.phone,
    "national id": lambda r: r.national_id,
    "art number": lambda r: r.art_number,
    "sound of family and start of given": lambda r: _both(_sound(r.family), r.given[:2]),
    "sound of given and birth year": lambda r: _both(_sound(r.given), r.birth_date[:4]),
    "family and birth year": lambda r: _both(r.family, r.birth_date[:4]),
    "both names in either order": lambda r: _both(*sorted((_sound(r.family), _sound(r.given)))),
}


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """One compared pair: keys in order, the level a field reached, the weight a field earned (bits), and the score."""

    left: Key
    right: Key
    pattern: Pattern
    weights: tuple[float, ...]
    score: float


@dataclass(frozen=True)
class Model:
    """An estimated model. ``prior`` and both thresholds are in bits, like the weights."""

    prior: float
    weights: dict[str, tuple[float, ...]]
    m: dict[str, tuple[float, ...]]
    u: dict[str, tuple[float, ...]]
    rarity: dict[str, dict[str, float]]
    lower: float = 0.0
    upper: float = 0.0

    def score(self, left: Normal, right: Normal) -> ScoredPair:
        """Compare two records; the score equals prior plus weights exactly, to two decimals."""
        pattern = compare(left, right)
        weights = tuple(self._weight(field, pattern[i], left) for i, field in enumerate(FIELDS))
        return ScoredPair(left.key, right.key, pattern, weights, round(self.prior + sum(weights), 2))

    def _weight(self, field: str, reached: int, left: Normal) -> float:
        weight = self.weights[field][reached]
        if reached == 0 and field in self.rarity:
            weight += self.rarity[field].get(getattr(left, field), 0.0)
        return round(weight, 2)


def blocked(records: Sequence[Normal]) -> list[tuple[Normal, Normal]]:
    """Return every pair that shares a block of any pass, once, in a fixed order. Oversized blocks are passed over."""
    pairs: dict[tuple[int, int], None] = {}
    for block_of in PASSES.values():
        blocks: dict[str, list[int]] = defaultdict(list)
        for position, record in enumerate(records):
            if key := block_of(record):
                blocks[key].append(position)
        for block in blocks.values():
            if len(block) <= LARGEST_BLOCK:
                pairs.update(dict.fromkeys(combinations(block, 2)))
    return [(records[a], records[b]) for a, b in sorted(pairs)]


def train(records: Sequence[Normal], pairs: Sequence[tuple[Normal, Normal]]) -> Model:
    """Estimate the model over ``records`` and choose both thresholds from the distribution of scores."""
    u = _count_u(records)
    patterns = Counter(compare(left, right) for left, right in pairs)
    all_pairs = len(records) * (len(records) - 1) / 2
    m, share = _estimate_m(patterns, u, all_pairs)
    model = Model(
        prior=round(math.log2(share / (1 - share)), 2),
        weights={field: _weights(field, m[field], u[field]) for field in FIELDS},
        m=m,
        u=u,
        rarity={field: _rarity([getattr(r, field) for r in records]) for field in ("family", "given")},
    )
    lower, upper = thresholds([model.score(left, right).score for left, right in pairs])
    return Model(model.prior, model.weights, m, u, model.rarity, lower, upper)


def thresholds(scores: Iterable[float]) -> tuple[float, float]:
    """Return lower and upper threshold (bits, in halves) that keep the expected errors within the accepted shares.

    Above the upper one at most ``FALSE_LINKS_ACCEPTED`` of the pairs are expected to be two people; below the lower
    one lie at most ``MISSED_LINKS_ACCEPTED`` of the pairs expected to be one person.
    """
    ordered = sorted(scores)
    chance = [1 / (1 + 2 ** -min(score, 500.0)) for score in ordered]
    wrong, upper = 0.0, math.ceil(2 * ordered[-1]) / 2
    for count, position in enumerate(reversed(range(len(ordered))), 1):
        wrong += 1 - chance[position]
        if wrong / count > FALSE_LINKS_ACCEPTED:
            break
        upper = math.ceil(2 * ordered[position]) / 2
    missed, lower, accepted = 0.0, ordered[0], MISSED_LINKS_ACCEPTED * sum(chance)
    for position, score in enumerate(ordered):
        missed += chance[position]
        if missed > accepted:
            break
        lower = math.floor(2 * score) / 2
    return lower, upper


def _count_u(records: Sequence[Normal]) -> dict[str, tuple[float, ...]]:
    chance = rng("random pairs")
    counts = [Counter[int]() for _ in FIELDS]
    for _ in range(RANDOM_PAIRS):
        left, right = chance.sample(records, k=2)
        for counter, reached in zip(counts, compare(left, right), strict=True):
            counter[reached] += 1
    shares = {}
    for field, counter in zip(FIELDS, counts, strict=True):
        present = sum(counter[i] for i in range(len(LEVELS[field]) - 1))
        shares[field] = _shares([counter[i] for i in range(len(LEVELS[field]) - 1)], 0.5, present)
    return shares


def _estimate_m(
    patterns: Counter[Pattern], u: dict[str, tuple[float, ...]], all_pairs: float
) -> tuple[dict[str, tuple[float, ...]], float]:
    """Run EM; return m a field and the share of all pairs that are one person."""
    share = 1e-4
    m = {f: tuple([0.8] + [0.2 / (len(LEVELS[f]) - 2)] * (len(LEVELS[f]) - 2)) for f in FIELDS}
    for _ in range(ROUNDS):
        expected: dict[str, list[float]] = {f: [0.0] * (len(LEVELS[f]) - 1) for f in FIELDS}
        matches = 0.0
        for pattern, count in patterns.items():
            odds = share / (1 - share)
            for field, reached in zip(FIELDS, pattern, strict=True):
                if reached < len(m[field]):
                    odds *= m[field][reached] / u[field][reached]
            belief = count * odds / (1 + odds)
            matches += belief
            for field, reached in zip(FIELDS, pattern, strict=True):
                if reached < len(m[field]):
                    expected[field][reached] += belief
        share = matches / all_pairs
        m = {field: _shares(expected[field], 0.5, sum(expected[field])) for field in FIELDS}
    return m, share


def _shares(counts: Sequence[float], smoothing: float, total: float) -> tuple[float, ...]:
    return tuple((count + smoothing) / (total + smoothing * len(counts)) for count in counts)


def _weights(field: str, m: Sequence[float], u: Sequence[float]) -> tuple[float, ...]:
    weights = [math.log2(a / b) for a, b in zip(m, u, strict=True)] + [0.0]
    if field == "family":
        weights[LEVELS["family"].index("swapped")] = 0.0
    return tuple(weights)


def _rarity(values: list[str]) -> dict[str, float]:
    """Bits to add to an exact match of each value: more for rare values, less for common ones."""
    counts = Counter(value for value in values if value)
    total = sum(counts.values())
    typical = sum((count / total) ** 2 for count in counts.values())
    return {value: math.log2(typical / (count / total)) for value, count in counts.items()}


def _sound(name: str) -> str:
    return jellyfish.soundex(name) if name else ""


def _both(one: str, two: str) -> str:
    return f"{one}|{two}" if one and two else ""
