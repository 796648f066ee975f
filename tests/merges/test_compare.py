"""How two values relate, which characters differ, and what stands out between two records."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import merge_line, record
from tests.merges.test_evidence import cluster
from triage.desk.characters import clusters, date_differences, differences
from triage.desk.fields import Sort, shown, sort_of
from triage.merges.compare import Grid, grid
from triage.merges.evidence import decode
from triage.merges.relations import relate


def compared(line: dict[str, Any], pair: int = 0) -> Grid:
    found = decode(json.dumps(line).encode())
    return grid(found, found.match.pairs[pair])


@pytest.mark.parametrize(
    ("field", "left", "right", "kind", "hint"),
    [
        ("family", "Okello", "OKELLO ", "agree", ""),
        ("family", "O'Brien", "O Brien", "agree", "written differently"),
        ("family", "Okello", "Okelo", "partial", "one letter differs"),
        ("family", "Okello", "Okelol", "partial", "two letters transposed"),
        ("family", "Müller", "Muller", "partial", "accents differ"),
        ("family", "Nakato Achen", "Achen Nakato", "partial", "same names, different order"),
        ("given", "Grace", "Grace Achen", "partial", "one has an extra name"),
        ("given", "G.", "Grace", "partial", "an initial only"),
        ("given", "M", "Grace", "disagree", ""),
        ("given", "Catherine", "Kathryn", "partial", "sounds alike"),
        ("given", "Grace", "Moses", "disagree", ""),
        ("given", "Grace", None, "missing_one", ""),
        ("given", "", "  ", "missing_both", ""),
        ("given", "محمد", "محمود", "partial", "one letter differs"),
        ("birth_date", "1984-03-12", "1984-12-03", "partial", "day and month swapped"),
        ("birth_date", "1984-03-12", "1984-03-21", "partial", "two digits transposed"),
        ("birth_date", "1984-03-12", "1948-03-12", "partial", "two digits transposed"),
        ("birth_date", "1984-03-12", "1984-03-15", "partial", "only the day differs"),
        ("birth_date", "1984-03-12", "1984-05-12", "partial", "only the month differs"),
        ("birth_date", "1984-03-12", "1971-03-12", "partial", "only the year differs"),
        ("birth_date", "1984-03-12", "1984-01-01", "partial", "same year, one is 1 January"),
        ("birth_date", "1984-03-12", "1985-01-01", "partial", "one year apart, one is 1 January"),
        ("birth_date", "1984-03-12", "1984-07-30", "partial", "only the year agrees"),
        ("birth_date", "1984", "1984-07-30", "partial", "one is less precise"),
        ("birth_date", "1984-03-12", "1951-07-30", "disagree", ""),
        ("birth_date", "1984-02-31", "1951-07-30", "disagree", ""),
        ("sex", "f", "m", "disagree", ""),
        ("sex", "F", "f", "agree", ""),
        ("national_id", "CF-2192 7470", "CF21927470", "agree", "written differently"),
        ("national_id", "CF21927470", "CF21927407", "partial", "two characters transposed"),
        ("national_id", "CF21927470", "CF21927479", "partial", "one character differs"),
        ("national_id", "CF21927470", "CM88104455", "disagree", ""),
        ("national_id", "12", "13", "disagree", ""),
        ("phone", "+256712300633", "712300633", "partial", "one has a further prefix"),
        ("address", "12 Hill Road Kampala", "Hill Road Kampala", "partial", "some words differ"),
        ("address", "12 Hill Road", "4 Lake Drive", "disagree", ""),
    ],
)
def test_two_values_relate(field: str, left: str | None, right: str | None, kind: str, hint: str) -> None:
    found = relate(field, left, right)
    assert (found.kind, found.hint) == (kind, hint)
    assert relate(field, right, left) == found


def test_a_former_value_makes_a_difference_a_change_in_time() -> None:
    assert relate("family", "Okello", "Achen", right_former=["OKELLO"]).kind == "conflict_in_time"
    assert relate("family", "Okello", "Achen", left_former=["Achen"]).kind == "conflict_in_time"
    assert relate("family", "Okello", "Achen", left_former=["Nakato"]).kind == "disagree"
    assert relate("dob", "1984-03-12", "1971-05-30", right_former=["12 March 1984"]).kind == "conflict_in_time"
    assert relate("phone", "0712 300633", "0782 994411", left_former=["(0782) 994-411"]).kind == "conflict_in_time"


@given(st.text(max_size=80), st.text(max_size=80))
def test_differences_lose_and_invent_nothing(left: str, right: str) -> None:
    one, two = differences(left, right)
    assert ("".join(text for text, _ in one), "".join(text for text, _ in two)) == (left, right)


@pytest.mark.parametrize(
    ("left", "right", "marked"),
    [
        ("Okello", "Okelo", (["l"], [])),
        ("712345656", "712345665", (["56"], ["65"])),
        ("Grace", "Grave", (["c"], ["v"])),
        ("Grace", "Moses", (["Grace"], ["Moses"])),
        ("Grace", "GRACE", ([], [])),
        ("Jose\u0301", "Jose", (["e\u0301"], ["e"])),
    ],
)
def test_what_differs_is_marked(left: str, right: str, marked: tuple[list[str], list[str]]) -> None:
    found = differences(left, right)
    assert tuple([text for text, differs in parts if differs] for parts in found) == marked


def test_dates_differ_by_day_month_and_year() -> None:
    left, right = date_differences("12-Mar-1984", "03-Mar-1985")
    assert [text for text, differs in left if differs] == ["12", "1984"]
    assert [text for text, differs in right if differs] == ["03", "1985"]


def test_letters_keep_their_accents() -> None:
    assert clusters("e\u0301a") == ["e\u0301", "a"]


def test_hidden_direction_marks_are_shown_as_what_they_are() -> None:
    assert shown("family", "Oke\u202ello") == "Oke⟨U+202E⟩llo"
    assert shown("family", "\u0645\u06cc\u200c\u0631") == "\u0645\u06cc\u200c\u0631"


def test_dates_are_shown_as_staff_read_them() -> None:
    assert shown("birth_date", "1984-03-12") == "12-Mar-1984"
    assert shown("birth_date", "about 1984") == "about 1984"


@pytest.mark.parametrize(
    ("field", "sort"),
    [
        ("family", Sort.NAME),
        ("mother_name", Sort.NAME),
        ("birth_date", Sort.DATE),
        ("national_id", Sort.IDENTIFIER),
        ("home_phone", Sort.IDENTIFIER),
        ("sex", Sort.CODE),
        ("covid", Sort.TEXT),
        ("address", Sort.TEXT),
    ],
)
def test_fields_hold_sorts_of_values(field: str, sort: Sort) -> None:
    assert sort_of(field) is sort


def test_rows_stand_by_absolute_weight_and_uncompared_fields_last() -> None:
    line = merge_line()
    comparisons = line["match"]["pairs"][0]["comparisons"]
    comparisons[2]["weight"], line["match"]["pairs"][0]["score"] = -9.0, -8.5
    rows = compared(line).rows
    assert [row.field for row in rows] == ["birth_date", "family", "given", "sex", "national_id", "phone"]
    assert [row.weight for row in rows] == [-9.0, 6.5, 2.25, 1.0, 0.0, None]


def test_every_record_is_compared_with_the_chosen_pair_s_first() -> None:
    line = cluster(8)
    line["records"][5]["fields"]["family"] = "Okelo"
    found = compared(line, pair=0)
    (row,) = [row for row in found.rows if row.field == "family"]
    assert len(row.cells) == 8
    assert row.cells[0].relation is None
    assert [cell.relation.kind for cell in row.cells[1:] if cell.relation] == ["agree"] * 4 + ["partial"] + [
        "agree"
    ] * 2
    assert row.relation.kind == "agree"


def test_the_reference_may_stand_right_of_its_partner() -> None:
    line = merge_line()
    line["match"]["pairs"][0] |= {"left": 1, "right": 0}
    found = compared(line)
    (row,) = [row for row in found.rows if row.field == "birth_date"]
    assert [cell.column for cell in row.cells] == [0, 1]
    assert (row.cells[0].relation is None, row.cells[1].relation is None) == (False, True)
    assert [text for cell in row.cells for text, differs in cell.parts if differs] == ["12", "21"]


@pytest.mark.parametrize(
    ("left", "right", "word"),
    [
        ({"given": "Moses"}, {"given": "Grace"}, "twins"),
        ({"birth_date": "1951-07-30"}, {}, "possible relatives"),
        ({"family": "Achen", "given": "Grace"}, {"family": "Grace", "given": "Achen"}, "swapped"),
    ],
)
def test_what_only_several_fields_together_show(left: dict[str, str], right: dict[str, str], word: str) -> None:
    line = merge_line(records=[record(1, **left), record(2, "CLINIC-EPR", **right)])
    assert [word in hint for hint in compared(line).hints] == [True]


def test_records_that_agree_bring_no_hint() -> None:
    assert compared(merge_line(records=[record(1), record(2, "CLINIC-EPR")])).hints == ()
