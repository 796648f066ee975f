"""What the matcher reached against the known truth: ``python -m samples.measures`` prints the README's table."""

from __future__ import annotations

from collections import Counter

from samples.hospital import Key, at
from samples.linkage import ScoredPair
from samples.review import WAVE_ONE, WAVE_TWO, ReviewSet, held, model, review_sets, scored, true_pairs


def measures() -> list[tuple[str, str]]:
    """Return every figure by name, as text, counted again."""
    records, pairs = at(1), scored(1)
    truth = set(true_pairs(records))
    lower, upper = model().lower, model().upper
    review = [pair for pair in pairs if held(pair)]
    linked = [pair for pair in pairs if pair.score >= upper and not held(pair)]
    rejected = [pair for pair in pairs if pair.score < lower]
    guarded = [pair for pair in review if pair.score >= upper]
    return [
        ("records", f"{len(records):,}"),
        ("… of which rows of the data set", f"{sum('client' in record.origin for record in records):,}"),
        ("true pairs", f"{len(truth):,}"),
        ("pairs compared", f"{len(pairs):,}"),
        ("… true pairs among them", _share(pairs, truth, of=len(truth))),
        ("prior", f"{model().prior:.2f} bits"),
        ("lower threshold", f"{lower:.1f} bits"),
        ("upper threshold", f"{upper:.1f} bits"),
        ("pairs linked by the matcher alone", f"{len(linked):,}"),
        ("… true", _share(linked, truth)),
        ("pairs rejected by the matcher alone", f"{len(rejected):,}"),
        ("… true, so missed", _share(rejected, truth)),
        ("pairs left to people", f"{len(review):,}"),
        ("… true", _share(review, truth)),
        ("… above the upper threshold but contradicted", f"{len(guarded):,}"),
        ("sets reported in week 37 (wave 1)", _sets(review_sets(1, WAVE_ONE))),
        ("sets reported in week 38 (wave 1)", _sets(review_sets(2, WAVE_ONE))),
        ("… known, of which with changed evidence", _known()),
        ("sets in week 39 (wave 2), before lines are broken", _sets(review_sets(3, WAVE_TWO))),
    ]


def table() -> str:
    """Return the figures as a Markdown table."""
    return "\n".join(["| what | figure |", "|---|---|", *(f"| {name} | {value} |" for name, value in measures())])


def _share(pairs: list[ScoredPair] | tuple[ScoredPair, ...], truth: set[tuple[Key, Key]], of: int | None = None) -> str:
    true = sum((pair.left, pair.right) in truth for pair in pairs)
    return f"{true:,} ({true / (of or len(pairs)):.1%})"


def _sets(sets: tuple[ReviewSet, ...]) -> str:
    sizes = Counter(len(found.records) for found in sets)
    larger = sum(count for size, count in sizes.items() if size > 2)
    return f"{len(sets):,} ({larger} of three records or more)"


def _known() -> str:
    before = {found.keys: found for found in review_sets(1, WAVE_ONE)}
    again = [found for found in review_sets(2, WAVE_ONE) if found.keys in before]
    changed = [found for found in again if _evidence(found) != _evidence(before[found.keys])]
    return f"{len(again):,}, {len(changed)}"


def _evidence(found: ReviewSet) -> object:
    """What a reviewer would see change: fields and levels; not histories, which only grow."""
    told = [(r.family, r.given, r.birth_date, r.sex, r.phone, r.national_id, r.art_number) for r in found.records]
    return told, sorted((pair.left, pair.right, pair.pattern) for pair in found.pairs)


if __name__ == "__main__":
    print(table())
