"""Every cell of every scheme, against tables written down a second time, and the common scale."""

from __future__ import annotations

import itertools

import pytest

from console.errors import Invalid
from governance.risks import schemes
from governance.risks.schemes import SCHEMES, Scheme

DCB = """
very-high 3 4 4 5 5
high      2 3 3 4 5
medium    2 2 3 3 4
low       1 2 2 3 4
very-low  1 1 2 2 3
"""
NIST = """
very-high VL L M H VH
high      VL L M H VH
moderate  VL L M M H
low       VL L L L M
very-low  VL VL VL L L
"""
CONSEQUENCES = ("minor", "significant", "considerable", "major", "catastrophic")
IMPACTS = ("very-low", "low", "moderate", "high", "very-high")
NIST_WORDS = {"VL": "very low", "L": "low", "M": "moderate", "H": "high", "VH": "very high"}


def _table(text: str) -> dict[str, list[str]]:
    return {line.split()[0]: line.split()[1:] for line in text.strip().splitlines()}


@pytest.mark.parametrize("row", _table(DCB))
@pytest.mark.parametrize("column", range(5))
def test_dcb0129_looks_up(row: str, column: int) -> None:
    outcome = SCHEMES["dcb0129-1"].judge({"likelihood": row, "consequence": CONSEQUENCES[column]})
    rank = int(_table(DCB)[row][column])
    assert outcome.level.rank == rank
    assert outcome.level.word.startswith(str(rank))
    assert outcome.level.severity == {1: 1, 2: 2, 3: 3, 4: 4, 5: 4}[rank]
    assert outcome.score is None, "Words are never multiplied."


def test_dcb0129_is_no_product() -> None:
    """Were the words numbers, equal products would give equal levels: they do not."""
    judge = SCHEMES["dcb0129-1"].judge
    once = judge({"likelihood": "very-high", "consequence": "minor"}).level.rank  # 5 × 1
    again = judge({"likelihood": "very-low", "consequence": "catastrophic"}).level.rank  # 1 × 5
    four = judge({"likelihood": "low", "consequence": "significant"}).level.rank  # 2 × 2
    other = judge({"likelihood": "very-low", "consequence": "major"}).level.rank  # 1 × 4
    assert (once, again, four, other) == (3, 3, 2, 2)
    assert judge({"likelihood": "medium", "consequence": "catastrophic"}).level.rank == 4  # 3 × 5
    assert judge({"likelihood": "very-high", "consequence": "considerable"}).level.rank == 4  # 5 × 3
    assert judge({"likelihood": "high", "consequence": "considerable"}).level.rank == 3  # 4 × 3
    assert judge({"likelihood": "medium", "consequence": "major"}).level.rank == 3  # 3 × 4
    assert judge({"likelihood": "low", "consequence": "catastrophic"}).level.rank == 4  # 2 × 5
    assert judge({"likelihood": "very-high", "consequence": "significant"}).level.rank == 4  # 5 × 2
    assert judge({"likelihood": "high", "consequence": "minor"}).level.rank == 2  # 4 × 1


@pytest.mark.parametrize("row", _table(NIST))
@pytest.mark.parametrize("column", range(5))
def test_nist_looks_up(row: str, column: int) -> None:
    outcome = SCHEMES["nist-800-30-1"].judge({"likelihood": row, "impact": IMPACTS[column]})
    code = _table(NIST)[row][column]
    assert outcome.level.word == NIST_WORDS[code]
    assert outcome.level.severity == {"VL": 1, "L": 1, "M": 2, "H": 3, "VH": 4}[code]


def _hfmea(severity: int, probability: int, weak: bool, control: bool, obvious: bool) -> tuple[int, int]:
    """The method as its description tells it: the score, then each question of the tree in turn. Score, severity."""
    score = severity * probability
    if score < 8 and not weak:
        return score, 1 if score <= 3 else 2
    if control:
        return score, 2
    if obvious:
        return score, 2
    return score, 4 if score >= 12 else 3


@pytest.mark.parametrize("severity", range(1, 5))
@pytest.mark.parametrize("probability", range(1, 5))
def test_hfmea_goes_through_the_tree(severity: int, probability: int) -> None:
    grave = ("minor", "moderate", "major", "catastrophic")
    often = ("remote", "uncommon", "occasional", "frequent")
    for weak, control, obvious in itertools.product((False, True), repeat=3):
        answers = {"weakness": weak, "control": control, "obvious": obvious}
        factors = {name: "yes" if answer else "no" for name, answer in answers.items()}
        factors |= {"severity": grave[severity - 1], "probability": often[probability - 1]}
        outcome = SCHEMES["hfmea-1"].judge(factors)
        score, common = _hfmea(severity, probability, weak, control, obvious)
        assert (outcome.score, outcome.level.severity) == (score, common), factors
        assert outcome.level.word.startswith("proceed" if common >= 3 else "stop")


def test_rpn_is_a_product_in_stated_bands() -> None:
    judge = SCHEMES["fmea-rpn-1"].judge
    for severity, occurrence, detection in itertools.product(range(1, 11), repeat=3):
        factors = {"severity": str(severity), "occurrence": str(occurrence), "detection": str(detection)}
        outcome = judge(factors)
        number = severity * occurrence * detection
        expected = 1 if number < 100 else 2 if number < 200 else 3 if number < 500 else 4
        expected = max(expected, 3) if severity >= 9 else expected
        assert (outcome.score, outcome.level.severity) == (number, expected), factors
        assert "sort aid" in outcome.why


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda scheme: scheme.name)
def test_every_scheme_is_whole(scheme: Scheme) -> None:
    assert scheme.name.rpartition("-")[2].isdigit(), "A name carries its version."
    assert [level.rank for level in scheme.levels] == list(range(1, len(scheme.levels) + 1))
    severities = [level.severity for level in scheme.levels]
    assert severities == sorted(severities), "A higher level is never lower on the common scale."
    assert set(severities) == {1, 2, 3, 4}
    assert scheme.source
    assert scheme.about
    assert all(len(level.word) <= 40 for level in scheme.levels)
    for axis in scheme.axes:
        assert len({word.code for word in axis.words}) == len(axis.words)
    for axis_code in (scheme.row, scheme.column):
        shown = [code for band in scheme.lines(axis_code) for code in band.codes]
        assert shown == [word.code for word in scheme.axis(axis_code).words], "The matrix shows every word once."


@pytest.mark.parametrize("name", ["dcb0129-1", "nist-800-30-1"])
def test_the_matrix_shows_what_a_rating_gives(name: str) -> None:
    scheme = SCHEMES[name]
    for row in scheme.lines(scheme.row):
        for column in scheme.lines(scheme.column):
            level = scheme.judge({scheme.row: row.codes[0], scheme.column: column.codes[0]}).level
            assert scheme.cell(row, column) == schemes.Field(level.word, level.severity)


@pytest.mark.parametrize("name", ["hfmea-1", "fmea-rpn-1"])
def test_a_place_alone_is_no_level(name: str) -> None:
    scheme = SCHEMES[name]
    cells = [scheme.cell(row, column) for row in scheme.lines(scheme.row) for column in scheme.lines(scheme.column)]
    assert {cell.severity for cell in cells} == {None}
    assert all("score" in cell.text or "S×O" in cell.text for cell in cells)


@pytest.mark.parametrize(
    "factors",
    [
        {},
        {"likelihood": "high"},
        {"likelihood": "high", "consequence": "4"},
        {"likelihood": "4", "consequence": "major"},
        {"likelihood": "high", "consequence": "major", "level": "1 acceptable"},
    ],
)
def test_words_that_make_no_level_are_refused(factors: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        SCHEMES["dcb0129-1"].judge(factors)


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(Invalid):
        schemes.get("dcb0129-2")
