"""The matcher is a real one: it learns sensible weights, and what it leaves to people is truly mixed."""

from __future__ import annotations

from pathlib import Path

import pytest

from samples import measures
from samples.comparing import FIELDS, LEVELS, Normal, compare
from samples.hospital import at
from samples.linkage import thresholds
from samples.review import WAVE_ONE, held, model, review_sets, scored, true_pairs

README = Path(measures.__file__).parent / "README.md"


def person(**values: str) -> Normal:
    base = {"family": "nakato", "given": "esther", "birth_date": "19850312", "sex": "female", "phone": "772300633"}
    return Normal(("S", "1"), **{**base, "national_id": "", "art_number": "", **values})


@pytest.mark.parametrize(
    ("field", "values", "level"),
    [
        ("family", {}, "exact"),
        ("family", {"family": "nakatto"}, "close (Jaro-Winkler 0.92)"),
        ("family", {"family": "okello"}, "different"),
        ("given", {"given": ""}, "missing"),
        ("given", {"given": "nakato", "family": "esther"}, "swapped"),
        ("birth_date", {"birth_date": "19851203"}, "transposed"),
        ("birth_date", {"birth_date": "19850321"}, "transposed"),
        ("birth_date", {"birth_date": "l9850312"}, "one character differs"),
        ("birth_date", {"birth_date": "19850101"}, "same year, one estimated"),
        ("birth_date", {"birth_date": "19860101"}, "one year apart, one estimated"),
        ("birth_date", {"birth_date": "19850928"}, "same year"),
        ("birth_date", {"birth_date": "19620928"}, "different"),
        ("sex", {"sex": "male"}, "different"),
        ("phone", {"phone": "772306033"}, "one or two characters differ"),
        ("national_id", {}, "missing"),
    ],
)
def test_levels(field: str, values: dict[str, str], level: str) -> None:
    forth, back = compare(person(), person(**values)), compare(person(**values), person())
    assert LEVELS[field][forth[FIELDS.index(field)]] == level
    assert forth == back


def test_weights_fall_from_agreement_to_disagreement_and_missing_weighs_nothing() -> None:
    for field in FIELDS:
        weights = dict(zip(LEVELS[field], model().weights[field], strict=True))
        assert weights["exact"] > 0 > weights["different"]
        assert weights["missing"] == 0


def test_m_and_u_are_distributions() -> None:
    for field in FIELDS:
        assert sum(model().m[field]) == pytest.approx(1, abs=1e-9)
        assert sum(model().u[field]) == pytest.approx(1, abs=1e-9)


def test_the_prior_is_near_the_true_share_of_pairs() -> None:
    records = at(1)
    share = len(true_pairs(records)) / (len(records) * (len(records) - 1) / 2)
    assert 2 ** model().prior == pytest.approx(share, rel=0.35)


def test_thresholds_keep_expected_errors_within_what_is_accepted() -> None:
    sure, hopeless, open_question = [30.0] * 1000, [-30.0] * 1000, [0.0] * 50
    lower, upper = thresholds([*sure, *hopeless, *open_question])
    assert lower <= 0 < upper <= 30


def test_blocking_finds_nearly_every_true_pair() -> None:
    truth = set(true_pairs(at(1)))
    found = sum((pair.left, pair.right) in truth for pair in scored(1))
    assert found / len(truth) > 0.93


def test_what_is_left_to_people_is_truly_mixed() -> None:
    truth = set(true_pairs(at(1)))
    review = [pair for pair in scored(1) if held(pair)]
    true = sum((pair.left, pair.right) in truth for pair in review)
    assert 300 <= len(review) <= 1000
    assert 0.35 <= true / len(review) <= 0.65


def test_what_the_matcher_settles_alone_is_nearly_always_right() -> None:
    truth = set(true_pairs(at(1)))
    linked = [pair for pair in scored(1) if pair.score >= model().upper and not held(pair)]
    rejected = [pair for pair in scored(1) if pair.score < model().lower]
    assert sum((pair.left, pair.right) not in truth for pair in linked) / len(linked) < 0.03
    assert sum((pair.left, pair.right) in truth for pair in rejected) / len(rejected) < 0.01


def test_sets_are_distinct_small_and_some_are_clusters() -> None:
    sets = review_sets(2, WAVE_ONE)
    assert len({found.keys for found in sets}) == len(sets)
    assert all(2 <= len(found.records) <= 8 for found in sets)
    assert sum(len(found.records) > 2 for found in sets) >= 20


def test_the_readme_states_what_is_measured() -> None:
    assert measures.table() in README.read_text(encoding="utf-8")
