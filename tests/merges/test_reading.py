"""How a line's columns and comparisons are read: names of other systems, joint and second comparisons, cells' notes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from console.ui.text import bits
from tests.factories import merge_line
from triage.desk.field_rules import PLAIN, FieldRules
from triage.desk.masked_values import MaskedValue
from triage.merges.compare import Grid, grid
from triage.merges.evidence import decode, stage
from triage.merges.lines import MergeLine
from triage.merges.page import comparison
from triage.merges.panels import changes, history

Fields = dict[str, str | None]
Comparisons = list[tuple[str, str, float]]


def line_of(*fields: Fields, compared: Sequence[tuple[str, str, float]] = (), prior: float = -1.0) -> MergeLine:
    """A line about records with these fields; one pair, whose comparisons are (name, level, weight)."""
    line: dict[str, Any] = merge_line()
    line["records"] = [{"system": f"S{n}", "id": str(n), "fields": one} for n, one in enumerate(fields)]
    line["match"]["prior"] = prior
    comparisons = [{"field": name, "level": level, "weight": weight} for name, level, weight in compared]
    score = prior + sum(weight for _, _, weight in compared)
    line["match"]["pairs"] = [{"left": 0, "right": 1, "score": score, "comparisons": comparisons}]
    return decode(json.dumps(line).encode())


def read(line: MergeLine, rules: FieldRules = PLAIN) -> Grid:
    return grid(line, line.match.pairs[0], rules)


def rows(found: Grid) -> dict[str, tuple[str, str, str]]:
    return {row.field: (row.label, row.relation.kind, row.relation.hint) for row in found.rows}


NAMED = [
    ({"surname": "Kato", "given_name": "Moses"}, {"surname": "Moses", "given_name": "Kato"}),
    ({"last_name": "Kato", "first_name": "Moses"}, {"family": "Moses", "given": "Kato"}),
    ({"patient_surname": "Kato", "forename": "Moses"}, {"family-name": "Moses", "forenames": "Kato"}),
]


@pytest.mark.parametrize(("left", "right"), NAMED)
def test_names_crosswise_are_seen_whatever_the_columns_are_called(left: Fields, right: Fields) -> None:
    assert read(line_of(left, right)).hints == ("Family and given names are swapped.",)


def test_columns_of_two_systems_are_one_row() -> None:
    found = read(
        line_of(
            {"surname": "Kato", "dob": "1984-03-07", "gender": "F", "zip": "12345"},
            {"last_name": "KATO", "date_of_birth": "1984-07-03", "sex": "female", "postcode": "12345"},
        )
    )
    assert rows(found) == {
        "family": ("Family name", "agree", ""),
        "birth_date": ("Birth date", "partial", "day and month swapped"),
        "sex": ("Sex", "agree", "written differently"),
        "postcode": ("Postcode", "agree", ""),
    }


def test_two_columns_of_one_record_stay_two_fields() -> None:
    found = read(line_of({"family": "Kato", "surname": "Kaato"}, {"family": "Kato", "surname": None}))
    assert rows(found) == {"family": ("Family name", "agree", ""), "surname": ("Surname", "missing_one", "")}
    both = read(line_of({"last_name": "Kato", "surname": "Kaato"}, {"surname": "Kaato"}))
    assert rows(both) == {"family": ("Family name", "missing_one", ""), "surname": ("Surname", "agree", "")}


def test_a_source_names_its_columns() -> None:
    rules = FieldRules(columns={"nom": "family", "geb": "birth_date", "name": "name"})
    left: Fields = {"nom": "Kato", "geb": "1984-03-07", "name": "x"}
    found = read(line_of(left, {"nom": "Kato", "geb": "1984-07-03"}), rules)
    assert rows(found)["family"][1] == "agree"
    assert rows(found)["birth_date"][2] == "day and month swapped"
    assert "full_name" not in rows(found)
    assert found.names == {"nom": "family", "geb": "birth_date", "name": "name"}


def test_a_source_whose_columns_are_crosswise_is_put_right_once() -> None:
    rules = FieldRules(columns={"family": "given", "given": "family"})
    found = read(line_of({"family": "Moses", "given": "Kato"}, {"family": "Moses", "given": "Kato"}), rules)
    assert [cell.parts for row in found.rows for cell in row.cells if row.field == "family"] == [(("Kato", False),)] * 2


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("given_family", {"given", "family"}),
        ("forename_surname", {"given", "family"}),
        ("first_name_and_surname", {"given", "family"}),
        ("surname.forename", {"given", "family"}),
        ("given_family_swapped", {"given", "family"}),
        ("name", {"given", "family"}),
        ("full_name", {"given", "family"}),
        ("surname_dob", {"family", "birth_date"}),
        ("given_name-family-date_of_birth", {"given", "family", "birth_date"}),
        ("surname_comparison", {"family"}),
        ("surname", {"family"}),
        ("surname_shoe_size", set()),
        ("clan", set()),
    ],
)
def test_a_comparison_marks_the_fields_that_it_compares(name: str, fields: set[str]) -> None:
    said: Fields = {"given": "Moses", "family": "Kato", "birth_date": "1984-03-07"}
    found = read(line_of(said, said, compared=[(name, "exact", 7.0)]))
    marked = {row.field for row in found.rows if row.together or row.weight is not None}
    assert marked == fields
    if len(fields) > 1:
        assert {row.weight for row in found.rows} == {None}
        assert all(one.weight == 7.0 for row in found.rows for one in row.together)


def test_a_source_names_its_joint_comparisons() -> None:
    rules = FieldRules(together={"who": ["nom", "geb"]}, columns={"nom": "family", "geb": "birth_date"})
    said: Fields = {"nom": "Kato", "geb": "1984-03-07"}
    found = read(line_of(said, said, compared=[("who", "exact", 7.0)]), rules)
    assert [(one.label, one.fields) for one in found.comparisons] == [
        ("Family name and birth date", ("family", "birth_date"))
    ]
    assert all(row.together for row in found.rows)


@pytest.mark.parametrize(
    ("compared", "labels"),
    [
        ([("surname", "exact", 5), ("tf_surname", "rare", 2)], ["Family name", "Family name, term frequency"]),
        ([("surname", "exact", 5), ("surname_tf", "", 2)], ["Family name", "Family name, term frequency"]),
        ([("tf_adj_surname", "", 2), ("surname", "exact", 5)], ["Family name, term frequency", "Family name"]),
        ([("surname", "exact", 5), ("surname", "term frequency", 2)], ["Family name", "Family name, term frequency"]),
        ([("surname", "exact", 5), ("family", "phonetic", 2)], ["Family name", "Family name, second comparison"]),
        (
            [("surname_dob", "exact", 5), ("tf_surname_dob", "", 2)],
            ["Family name and birth date", "Family name and birth date, term frequency"],
        ),
        ([("clan", "exact", 5), ("clan", "sounds", 2)], ["Clan", "Clan, second comparison"]),
    ],
)
def test_a_second_comparison_has_a_bar_and_a_label_of_its_own(compared: Comparisons, labels: list[str]) -> None:
    line = line_of({"surname": "Kato", "dob": "1970-03-04"}, {"surname": "Kato", "dob": None}, compared=compared)
    view = comparison(line, MaskedValue(True))
    by_weight = {row.bar.text: row.label for row in view.weighed if row.bar}
    assert [by_weight[bits(weight)] for _, _, weight in compared] == labels


def test_a_comparison_of_sixty_words_is_read_at_once() -> None:
    said: Fields = {"_".join(["a"] * size): "x" for size in range(1, 30)}
    found = read(line_of(said, said, compared=[("_".join([*["a"] * 31, "b"]), "", 1.0)]))
    assert len(found.comparisons[0].fields) == 1


@pytest.mark.parametrize(
    ("field", "value", "note"),
    [
        ("dob", "1984-01-01", "may be estimated"),
        ("birth_date", "1984-07-01", "may be estimated"),
        ("birth_date", "30/06/1984", "may be estimated"),
        ("birth_date", "1984-03-15", "day may be estimated"),
        ("birth_date", "1984", "year only"),
        ("birth_date", "1984-03", "month and year only"),
        ("birth_date", "about 1984", "approximate"),
        ("birth_date", "03/04/1984", "day or month first?"),
        ("birth_date", "1984-02-30", "not a date"),
        ("birth_date", "1900-01-01", "placeholder"),
        ("birth_date", "1984-03-07", ""),
        ("death_date", "1984-01-01", ""),
        ("given", "N/A", "placeholder"),
        ("given", "Grace", ""),
        ("phone", "0000000000", "placeholder"),
    ],
)
def test_a_cell_says_what_its_value_is(field: str, value: str, note: str) -> None:
    found = read(line_of({field: value}, {field: "1951-11-30"}))
    (row,) = found.rows
    assert row.cells[0].note == note
    assert "".join(text for text, _ in row.cells[0].parts), "The value itself stays to be seen."


def test_placeholders_carry_no_hint() -> None:
    for born in ("1900-01-01", "unknown", "--"):
        one, two = {"family": "Kato", "given": "Moses", "dob": born}, {"family": "Kato", "given": "Grace", "dob": born}
        assert read(line_of(one, two)).hints == ()
    named = read(line_of({"family": "Unknown", "given": "-"}, {"family": "-", "given": "Unknown"}))
    assert named.hints == ()
    assert {kind for _, kind, _ in rows(named).values()} == {"missing_both"}
    number = {"phone": "0000000000"}
    assert read(line_of(number | {"dob": "1984-03-07"}, number | {"dob": "1951-02-05"})).hints == ()


def test_twins_need_a_whole_date_of_birth() -> None:
    whole = [{"family": "Kato", "given": given, "dob": "1984-03-07"} for given in ("Moses", "Grace")]
    year = [one | {"dob": "1984"} for one in whole]
    assert read(line_of(*whole)).hints
    assert not read(line_of(*year)).hints


def test_values_stay_as_they_were_sent_and_so_does_the_evidence() -> None:
    line = line_of({"surname": "Kato", "dob": "1-1-1900"}, {"surname": "Unknown", "dob": "1984-07-03"})
    before = stage(line)
    read(line, FieldRules(columns={"surname": "given"}, placeholders={"*": ["Kato"]}))
    assert stage(line) == before
    assert line.records[0].fields == {"surname": "Kato", "dob": "1-1-1900"}


def test_history_and_changes_speak_of_fields_too() -> None:
    before = line_of({"surname": "Kato", "dob": "1984"}, {"surname": "Kato"}, compared=[("surname", "exact", 1.0)])
    now = line_of({"surname": "Katto", "dob": "1984"}, {"surname": "Kato"}, compared=[("surname", "close", 1.0)])
    found = changes(before, now, MaskedValue(True), since="the last decision")
    assert found is not None
    assert [change.label for change in found.fields] == ["Family name"]
    assert found.levels == [("Family name", "exact", "close")]
    assert history(now, MaskedValue(True)) == []


def test_the_score_and_the_total_are_one_figure() -> None:
    line = line_of({"surname": "Kato"}, {"surname": "Kato"}, compared=[("surname", "exact", 5.2499)], prior=-1.0)
    (pair,) = line.match.pairs
    pair = msgspec.structs.replace(pair, score=4.2501)  # within the tolerance of intake; 4.2499 rounds to +4.2
    line = msgspec.structs.replace(line, match=msgspec.structs.replace(line.match, pairs=[pair]))
    view = comparison(line, MaskedValue(True))
    falls = view.evidence.falls
    assert falls is not None
    assert (view.pair.score, falls.total.text, falls.bars[-1].after) == ("+4.3", "+4.3", "+4.3")


def test_every_weight_has_one_bar_and_they_add_up() -> None:
    said: Fields = {"surname": "Kato", "forename": "Moses", "dob": "1984-03-07", "sex": "F"}
    compared = [
        ("forename_surname", "exact", 7.0),
        ("surname", "exact", 3.0),
        ("tf_surname", "rare", 2.0),
        ("dob", "exact", 4.0),
        ("shoe_size", "differs", -1.5),
    ]
    view = comparison(line_of(said, said | {"sex": "M"}, compared=compared), MaskedValue(True))
    bars = {row.label: row.bar.text for row in view.weighed if row.bar}
    assert bars == {
        "Given name and family name": "+7.0",
        "Family name": "+3.0",
        "Family name, term frequency": "+2.0",
        "Birth date": "+4.0",
        "Shoe size": "\N{MINUS SIGN}1.5",
    }
    assert view.evidence.falls is not None
    assert view.evidence.falls.total.text == "+13.5"
    together = {row.label: row.together for row in (*view.rows, *view.equal) if row.together}
    assert together == {"Given name": "family name", "Family name": "given name"}
