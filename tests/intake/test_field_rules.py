"""A source says how its columns are read: by form and by action, with refusals, logged, and shown on its cases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.audit.models import LogEntry
from console.errors import Invalid
from console.people.models import User
from tests import factories
from tests.desk.reading import address, page, signed_in, words
from triage.desk.field_rules import checked_rules, read_rules
from triage.intake import actions
from triage.runs.models import Source

FORM = {"title": "PAS", "kind": "push", "active": "on"}
SAID = {
    "country": "ug",
    "dates": "day_first",
    "columns": "nom = family\r\n\r\nGEB=birth_date",
    "placeholders": "dob = 1970-01-01\ndob = 1975-01-01\n* = zz",
    "together": "who = nom, geb",
}
STORED = {
    "country": "UG",
    "dates": "day_first",
    "columns": {"nom": "family", "geb": "birth_date"},
    "placeholders": {"birth_date": ["1970-01-01", "1975-01-01"], "*": ["zz"]},
    "together": {"who": ["nom", "geb"]},
}


@pytest.mark.django_db
def test_the_form_of_a_source_keeps_its_rules(omar: User) -> None:
    source = factories.make_source()
    client = signed_in(omar)
    assert client.post("/sources/legacy-pas/", FORM | SAID).status_code == 302
    source.refresh_from_db()
    assert source.field_rules == STORED
    html = client.get("/sources/legacy-pas/").content.decode()
    assert "geb = birth_date\nnom = family" in html, "JSON of the database has an order of its own."
    assert "who = nom, geb" in html
    assert client.post("/sources/legacy-pas/", FORM).status_code == 302
    source.refresh_from_db()
    assert source.field_rules == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "said", "refusal"),
    [
        ("country", "UK", "is no country code"),
        ("columns", "nom family", "Line 1 is not of the form"),
        ("columns", "nom = clan", "is no field of Concord"),
        ("columns", "nom = family\nnom = given", "Line 2 names “nom” again"),
        ("columns", "nom de famille = family", "is no column name"),
        ("placeholders", "birth_date =", "Line 1 is not of the form"),
        ("placeholders", "* = " + "z" * 101, "placeholders of 1 to 100 characters"),
        ("together", "who = nom", "two to eight columns"),
        ("dates", "upside_down", "Select a valid choice"),
    ],
)
def test_what_cannot_be_a_rule_is_refused(omar: User, field: str, said: str, refusal: str) -> None:
    factories.make_source(field_rules={"country": "UG"})
    answer = signed_in(omar).post("/sources/legacy-pas/", FORM | {field: said})
    assert answer.status_code == 422
    assert refusal in words(answer.content.decode())
    assert Source.objects.get().field_rules == {"country": "UG"}


@pytest.mark.parametrize(
    "given_rules",
    [
        {"colums": {}},
        {"columns": ["nom"]},
        {"columns": {"nom": 1}},
        {"columns": {"Nom": "family"}},
        {"columns": {f"c{n}": "family" for n in range(201)}},
        {"placeholders": {"dob": "1970-01-01"}},
        {"placeholders": {"dob": [" "]}},
        {"placeholders": {"d o b": ["x"]}},
        {"together": {"who": ["nom", "nom"]}},
        {"country": "XX"},
        {"dates": "dmy"},
    ],
)
def test_the_action_refuses_what_the_form_would_not_send(given_rules: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        checked_rules(given_rules)


def test_what_is_stored_can_be_read_and_checked_again() -> None:
    assert checked_rules(STORED) == STORED
    assert checked_rules({}) == {}
    assert read_rules(STORED).columns == STORED["columns"]


NAMES = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,8}", fullmatch=True)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "columns": st.dictionaries(NAMES, st.sampled_from(["family", "given", "birth_date"]), max_size=4),
            "placeholders": st.dictionaries(NAMES, st.lists(NAMES), max_size=4),
            "together": st.dictionaries(NAMES, st.lists(NAMES, min_size=2, max_size=8, unique=True), max_size=3),
            "country": st.sampled_from(["", "UG", "GB"]),
        },
    )
)
def test_checking_twice_changes_nothing(rules: dict[str, Any]) -> None:
    once = checked_rules(rules)
    assert checked_rules(once) == once
    read_rules(json.loads(json.dumps(once)))


@pytest.mark.django_db
def test_a_change_is_logged_and_other_changes_leave_the_rules_alone(omar: User) -> None:
    source = actions.make_source(name="pas", title="PAS", kind="push", field_rules={"country": "ug"}, by=omar)
    assert source.field_rules == {"country": "UG"}
    actions.change_source(source=source, title="PAS 2", kind="push", by=omar)
    source.refresh_from_db()
    assert source.field_rules == {"country": "UG"}
    actions.change_source(source=source, title="PAS 2", kind="push", field_rules=STORED, by=omar)
    entry = LogEntry.objects.filter(verb="source.changed").latest("pk")
    assert entry.facts["field_rules"] == sorted(STORED)


@pytest.mark.django_db
def test_the_rules_of_a_source_are_those_of_its_cases(ana: User, omar: User) -> None:
    line = factories.merge_line(801, 802)
    for one, born, phone in zip(
        line["records"], ("07/03/1984", "03/07/1984"), ("0712 300633", "+256712300633"), strict=True
    ):
        one["fields"] = {"nom": "Kato", "geb": born, "tel": phone}
    line["match"]["pairs"][0]["comparisons"] = [{"field": "nom_geb", "level": "exact", "weight": 11.25}]
    case = factories.make_case(line=line)
    client = signed_in(ana)
    before = words(page(client, case))
    assert "day and month swapped" not in before
    source = Source.objects.get()
    rules = {"columns": {"nom": "family", "geb": "birth_date"}, "dates": "day_first", "country": "UG"}
    actions.change_source(source=source, title="PAS", kind="push", field_rules=rules, by=omar)
    client.post(f"{address(case)}reveal/")
    after = words(page(client, case))
    assert "Family name and birth date exact +11.2 bits" in after
    assert after.count("compared together with") == 2
    assert "day and month swapped" in after
    assert "Mar" in after.split(), "Read as day first, and shown like any other date."
    assert "tel as Phone" in after
    assert "the same number if" not in after
