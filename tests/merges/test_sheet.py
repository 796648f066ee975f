"""The sheet of all records: which rows fold, pairs that were never compared, what verdicts say they will do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from console.people.models import User
from tests import factories
from tests.desk.reading import address, page, signed_in, words
from tests.factories import merge_line, record
from tests.merges.test_evidence import cluster
from triage.cases import actions
from triage.desk.masked_values import MaskedValue
from triage.merges import evidence
from triage.merges.effects import effect, effects
from triage.merges.lines import MergeLine
from triage.merges.page import Comparison, comparison

OPEN = MaskedValue(True)


def read(line: dict[str, Any]) -> MergeLine:
    return evidence.decode(json.dumps(line).encode())


def shown(line: dict[str, Any], pair: str = "") -> Comparison:
    return comparison(read(line), OPEN, pair)


def test_rows_equal_in_all_records_fold_and_keep_their_weight() -> None:
    line = merge_line(records=[record(1), record(2, "CLINIC-EPR", given="Other")])
    view = shown(line)
    assert [row.label for row in view.rows] == ["Given name"]
    assert {row.label for row in view.equal} >= {"Family name", "Birth date", "Sex"}
    assert view.evidence.falls is not None
    assert view.evidence.falls.folded is not None
    assert view.evidence.falls.folded.text == "+9.0"


def test_one_equal_row_is_not_folded() -> None:
    fields = [{"family": "Okello", "given": given} for given in ("Grace", "Mary")]
    line = merge_line(records=[record(1), record(2)])
    for one, values in zip(line["records"], fields, strict=True):
        one["fields"] = values
    line["match"]["pairs"][0].update(score=-0.5, comparisons=line["match"]["pairs"][0]["comparisons"][:2])
    view = shown(line)
    assert view.equal == []
    assert len(view.rows) == 2


def test_a_row_that_differs_in_a_third_record_does_not_fold() -> None:
    line = cluster(3)
    line["records"][2]["fields"]["family"] = "Another"
    view = shown(line, "0-1")
    assert "Family name" in {row.label for row in view.rows}
    assert "Family name" not in {row.label for row in view.equal}


def test_the_total_is_the_score_of_the_pair() -> None:
    line = merge_line()
    line["match"]["pairs"][0]["score"] = 1.995
    view = shown(line)
    assert view.evidence.falls is not None
    assert view.evidence.falls.total.text == view.pair.score == "+2.0"


def test_a_pair_that_was_never_compared_can_be_looked_at() -> None:
    line = cluster(3)
    line["match"]["pairs"] = [pair for pair in line["match"]["pairs"] if (pair["left"], pair["right"]) != (0, 2)]
    view = shown(line, "0-2")
    assert view.evidence.falls is None
    assert not view.pair.compared
    assert view.pair.said == "A with C, not compared by the matcher"
    assert [tab.compared for tab in view.pairs] == [True, False, True]
    assert all(row.bar is None for row in (*view.rows, *view.equal))


def test_the_way_through_the_pairs_ends_where_it_began() -> None:
    line, names, name = cluster(4), [], "0-1"
    for _ in range(6):
        view = shown(line, name)
        names.append(view.pair.name)
        name = view.onward.name
    assert names == ["0-1", "0-2", "0-3", "1-2", "1-3", "2-3"]
    assert name == "0-1"


@pytest.mark.parametrize(
    ("groups", "sentence", "notes"),
    [
        ([[0, 1]], "Link A and B", ["1 pair linked by the pipeline."]),
        ([[0], [1]], "Keep A and B apart", ["1 pair remembered as different people."]),
        ([[0, 1, 2, 3]], "Link all four records", ["6 pairs linked by the pipeline."]),
        ([[0], [1], [2]], "Keep all three apart", ["3 pairs remembered as different people."]),
        (
            [[0], [1, 2]],
            "Link B and C; keep A apart",
            ["1 pair linked by the pipeline.", "2 pairs remembered as different people."],
        ),
        (
            [[0, 4], [1, 2], [3]],
            "Link A and E; link B and C; keep D apart",
            ["2 pairs linked by the pipeline.", "8 pairs remembered as different people."],
        ),
        ([[0, 1], [2, 3]], "Link A and B; link C and D", None),
        ([[0], [1, 2, 4], [3]], "Link B, C and E; keep A and D apart", None),
    ],
)
def test_a_grouping_says_what_it_does(groups: list[list[int]], sentence: str, notes: list[str] | None) -> None:
    found = effect(groups)
    assert found.sentence == sentence
    if notes is not None:
        assert list(found.notes) == notes


@pytest.mark.parametrize("size", range(2, 9))
def test_both_ends_are_said_for_every_size(size: int) -> None:
    found = effects(size)
    assert found["LINK"].sentence.startswith("Link ")
    assert found["NO_MATCH"].sentence.startswith("Keep ")
    assert found["PARTITION"].sentence == ""


@pytest.mark.django_db
def test_three_and_more_records_are_put_into_groups_in_the_heads_of_the_sheet(ana: User) -> None:
    case = factories.make_case(line=cluster(3))
    client = signed_in(ana)
    assert "group_0" not in page(client, case), "for who holds the case alone"
    actions.claim(case=case, by=ana)
    html = page(client, case)
    for place in range(3):
        found = re.findall(rf'<input type="radio" name="group_{place}" value="(\d)" form="decide-form"', html)
        assert found == ["1", "2", "3"]
    assert 'data-key="C"' in html
    assert "Link all three records" in words(html)
    assert "Keep all three apart" in words(html)


@pytest.mark.django_db
def test_groups_sent_without_a_script_are_kept_when_refused(ana: User) -> None:
    case = factories.make_case(line=cluster(3))
    actions.claim(case=case, by=ana)
    client = signed_in(ana)
    sent = {"verdict": "PARTITION", "seen": str(case.revision), "group_0": "1", "group_1": "2", "group_2": "2"}
    response = client.post(f"{address(case)}decisions/", sent)
    assert response.status_code == 422
    html = response.content.decode()
    assert re.findall(r'name="(group_\d)" value="(\d)" form="decide-form" autocomplete="off"[^>]* checked', html) == [
        ("group_0", "1"),
        ("group_1", "2"),
        ("group_2", "2"),
    ]


@pytest.mark.django_db
def test_two_records_have_no_groups(ana: User) -> None:
    case = factories.make_case(line=merge_line(801, 802))
    actions.claim(case=case, by=ana)
    html = page(signed_in(ana), case)
    assert "data-chips" not in html
    assert "Keep A and B apart" in words(html)
    assert 'id="pairs"' not in html


def test_the_script_says_the_same_numbers() -> None:
    script = (Path(__file__).parents[2] / "static" / "js" / "partition.js").read_text(encoding="utf-8")
    for text in ("linked by the pipeline.", "remembered as different people.", "Link all ", "Keep all ", "keep "):
        assert text in script
