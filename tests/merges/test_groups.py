"""PARTITION and its two ends: content, feed, form and API; the reason that a link carries; a possible twin."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from console.errors import Invalid
from console.people.models import User
from tests import factories
from tests.desk.reading import signed_in
from tests.factories import record
from triage.cases import actions, feed, kinds
from triage.cases.models import Case, Decision, FeedItem
from triage.merges import groups, suggestions
from triage.merges.evidence import decode
from triage.merges.kind import MergeKind
from triage.merges.outcomes import outcome
from triage.merges.reasons import APART, REASONS

pytestmark = pytest.mark.django_db
_numbers = itertools.count(1)


def line_of(size: int, **fields: str) -> dict[str, Any]:
    """A line of ``size`` records of one system, with every pair compared."""
    first = next(_numbers) * 100
    line = factories.merge_line()
    given = (
        ["Grace", "Moses", "Ruth", "Sarah", "Peter", "Joan", "Paul", "Mary"] if fields.get("twins") else ["Grace"] * 8
    )
    line["records"] = [record(first + place, "PAS", given=given[place]) for place in range(size)]
    (pair,) = line["match"]["pairs"]
    line["match"]["pairs"] = [
        pair | {"left": left, "right": right} for left, right in itertools.combinations(range(size), 2)
    ]
    return line


def names(line: dict[str, Any], *places: int) -> list[list[str]]:
    return [[line["records"][place]["system"], line["records"][place]["id"]] for place in places]


def content(*sets: list[int], why: str = "namesakes") -> dict[str, Any]:
    return {"groups": [*sets], "apart_reason": why}


def claimed(by: User, line: dict[str, Any], **fields: Any) -> Case:
    case = factories.make_case(line=line, **fields)
    actions.claim(case=case, by=by)
    return case


def send(by: User, case: Case, body: dict[str, Any]) -> HttpResponse:
    """A decision by the API, in a session."""
    return signed_in(by).post(f"/api/v1/cases/{case.ref}/decisions/", json.dumps(body), content_type="application/json")


def test_the_outcome_names_groups_and_the_pairs_that_follow() -> None:
    line = line_of(4)
    parsed = decode(json.dumps(line).encode())
    a, b, c, d = (names(line, place)[0] for place in range(4))
    expected = {
        "LINK": ([[a, b, c, d]], [[a, b], [a, c], [a, d], [b, c], [b, d], [c, d]], []),
        "NO_MATCH": ([[a], [b], [c], [d]], [], [[a, b], [a, c], [a, d], [b, c], [b, d], [c, d]]),
        "PARTITION": ([[a, d], [b], [c]], [[a, d]], [[a, b], [a, c], [b, c], [b, d], [c, d]]),
        "OVERLAY_SUSPECTED": ([], [], []),
        kinds.REVERSE: ([], [], []),
    }
    for verdict, (sets, links, apart) in expected.items():
        found = outcome(parsed, verdict, content([0, 3], [1], [2]) if verdict == "PARTITION" else None)
        assert found["records"] == [a, b, c, d]
        assert (found["groups"], found["links"], found["apart"]) == (sets, links, apart), verdict


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_the_order_of_the_line_does_not_change_the_outcome(order: tuple[int, ...]) -> None:
    line = line_of(3)
    moved = line | {"records": [line["records"][place] for place in order]}
    sets = [sorted(order.index(place) for place in group) for group in ([0, 2], [1])]
    here = outcome(decode(json.dumps(line).encode()), "PARTITION", content([0, 2], [1]))
    there = outcome(decode(json.dumps(moved).encode()), "PARTITION", content(*sets))
    assert here == there


def test_every_partition_of_up_to_six_records_has_each_pair_once() -> None:
    for size in range(2, 7):
        for labels in itertools.product(range(size), repeat=size):
            sets = groups.ordered([[p for p in range(size) if labels[p] == label] for label in set(labels)])
            pairs = groups.together(sets) + groups.apart(sets)
            assert sorted(pairs) == [*itertools.combinations(range(size), 2)]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "Put each record in a group"),
        ({"groups": [[0, 1], [1, 2]], "apart_reason": "other"}, "exactly one group"),
        ({"groups": [[0, 1]], "apart_reason": "other"}, "exactly one group"),
        ({"groups": [[0, 1], [2], [3]], "apart_reason": "other"}, "exactly one group"),
        ({"groups": [[0, 0], [1], [2]], "apart_reason": "other"}, "exactly one group"),
        ({"groups": [[0, 1, 2]], "apart_reason": "other"}, "verdict LINK"),
        ({"groups": [[0], [1], [2]], "apart_reason": "other"}, "verdict NO_MATCH"),
        ({"groups": [[0, 1], [2]], "apart_reason": "identifiers_agree"}, "reason why the groups"),
        ({"groups": [[0, 1], [2]]}, "not valid"),
        ({"groups": [[0, 1], [2], []], "apart_reason": "other"}, "not valid"),
        ({"groups": [[0, 9], [2]], "apart_reason": "other"}, "not valid"),
        ({"groups": [[0, True], [2]], "apart_reason": "other"}, "not valid"),
        ({"groups": [["0", "1"], ["2"]], "apart_reason": "other"}, "not valid"),
        ({"groups": [[0, 1], [2]], "apart_reason": "other", "more": 1}, "not valid"),
        ([[0, 1], [2]], "not valid"),
    ],
)
def test_a_partition_that_is_none_is_refused_in_a_sentence(ana: User, given: object, sentence: str) -> None:
    case = claimed(ana, line_of(3))
    with pytest.raises(Invalid, match=sentence):
        actions.decide(case=case, verdict="PARTITION", reason="other", content=given, seen=1, by=ana)
    assert not Decision.objects.exists()


def test_a_partition_is_kept_in_one_spelling_and_reaches_the_feed(ana: User) -> None:
    line = line_of(3)
    case = claimed(ana, line)
    sent = content([2, 0], [1])
    made = actions.decide(case=case, verdict="PARTITION", reason="demographics_agree", content=sent, seen=1, by=ana)
    assert made.decision.content == {"groups": [[0, 2], [1]], "apart_reason": "namesakes"}
    again = actions.decide(case=case, verdict="PARTITION", reason="demographics_agree", content=sent, seen=1, by=ana)
    assert again.repeat
    spec = kinds.verdict_of("merge", "PARTITION")
    assert spec is not None
    assert spec.content is not None
    assert spec.content.describe(made.decision.content) == "A and C are one person; B is another"
    item = FeedItem(position=1, decision=made.decision)
    found = feed.tell([item])[1].outcome
    assert found["groups"] == [names(line, 0, 2), names(line, 1)]
    assert found["links"] == [names(line, 0, 2)]


@pytest.mark.parametrize(
    ("sets", "sentence"),
    [
        ([[0, 1], [2, 3]], "A and B are one person; C and D are another person"),
        ([[0], [1], [2, 3, 4]], "C, D and E are one person; A and B are each another person"),
        (
            [[0, 5], [1, 2], [3], [4]],
            "A and F are one person; B and C are another person; D and E are each another person",
        ),
    ],
)
def test_a_partition_is_said_in_a_sentence(sets: list[list[int]], sentence: str) -> None:
    assert groups.CONTENT.describe(content(*sets)) == sentence


def test_two_records_are_not_offered_groups(ana: User) -> None:
    case = claimed(ana, factories.merge_line(901, 902))
    with pytest.raises(Invalid, match="three or more records"):
        actions.decide(case=case, verdict="PARTITION", reason="other", content=content([0], [1]), seen=1, by=ana)
    assert 'value="PARTITION"' not in signed_in(ana).get(f"/cases/{case.ref}/").content.decode()


def form(case: Case, *numbers: str, **changes: str) -> dict[str, str]:
    fields = {f"group_{place}": number for place, number in enumerate(numbers)}
    return fields | {"verdict": "PARTITION", "reason": "other", "seen": "1", "apart_reason": "namesakes"} | changes


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (("1", "2", "1"), ("PARTITION", "other", {"groups": [[0, 2], [1]], "apart_reason": "namesakes"})),
        (("3", "3", "1"), ("PARTITION", "other", {"groups": [[0, 1], [2]], "apart_reason": "namesakes"})),
        (("2", "2", "2"), ("LINK", "other", None)),
        (("2", "3", "1"), ("NO_MATCH", "namesakes", None)),
    ],
)
def test_the_form_takes_groups_and_names_their_two_ends(ana: User, numbers: tuple[str, ...], expected: tuple) -> None:
    case = claimed(ana, line_of(3))
    client = signed_in(ana)
    page = client.get(f"/cases/{case.ref}/").content.decode()
    assert set(re.findall(r'type="radio" name="(group_\d)"', page)) == {"group_0", "group_1", "group_2"}
    assert all(f'value="{reason.code}"' in page for reason in APART)
    assert client.post(f"/cases/{case.ref}/decisions/", form(case, *numbers)).status_code == 302
    made = Decision.objects.get()
    assert (made.verdict, made.reason, made.content) == expected


@pytest.mark.parametrize(
    ("numbers", "sentence", "field"),
    [
        (("unsure", "1", "1"), "A is unsure: ask, defer or escalate, or put it in a group.", "group_0"),
        (("1", "1", "unsure"), "C is unsure", "group_2"),
        (("unsure", "1", "unsure"), "A and C are unsure: ask, defer or escalate, or put each in a group.", "group_0"),
        (("unsure", "unsure", "unsure"), "A, B and C are unsure", "group_0"),
    ],
)
def test_records_of_which_one_is_unsure_are_in_no_decision(
    ana: User, numbers: tuple[str, ...], sentence: str, field: str
) -> None:
    case = claimed(ana, line_of(3))
    response = signed_in(ana).post(f"/cases/{case.ref}/decisions/", form(case, *numbers))
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert f'data-refused="{field}"' in html
    assert len(re.findall(r'value="unsure"[^>]* checked', html)) == numbers.count("unsure"), "what was marked stays"
    assert not Decision.objects.exists()


def test_marks_of_unsure_do_not_hinder_a_verdict_that_puts_the_work_off(ana: User) -> None:
    factories.make_mailbox("clinic")
    case = claimed(ana, line_of(3))
    why = kinds.get("merge").reasons_for("NEEDS_INFO")[0].code
    sent = form(case, "unsure", "1", "1", verdict="NEEDS_INFO", reason=why, asked_of="Clinic")
    assert signed_in(ana).post(f"/cases/{case.ref}/decisions/", sent).status_code == 302
    assert Decision.objects.get().verdict == "NEEDS_INFO"
    assert Decision.objects.get().content is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"verdict": ""}, "verdict"),
        ({"verdict": "LINK", "reason": "nonsense"}, "reason"),
        ({"reason": ""}, "reason"),
        ({"apart_reason": ""}, "apart_reason"),
        ({"group_1": ""}, "group_1"),
        ({"group_0": "", "group_1": "", "group_2": ""}, "group_0"),
        ({"note": "x" * 4001}, "note"),
        ({"verdict": "DEFER", "until": ""}, "until"),
        ({"verdict": "NEEDS_INFO", "asked_of": " "}, "asked_of"),
        ({"verdict": "LINK"}, "confirmed"),
        ({"verdict": "LINK", "confirmed": "yes", "reverse": "1"}, "reverse"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_refusal_leads_to_the_field_to_mend(ana: User, changes: dict[str, str], field: str) -> None:
    case = claimed(ana, line_of(3, twins="yes"))
    sent = form(case, "1", "2", "1", confirmed="yes") | changes
    if sent["verdict"] in {"DEFER", "NEEDS_INFO"}:
        sent["reason"] = kinds.get("merge").reasons_for(sent["verdict"])[0].code
    if changes == {"verdict": "LINK"}:
        del sent["confirmed"]
    response = signed_in(ana).post(f"/cases/{case.ref}/decisions/", sent)
    assert response.status_code == 422
    assert f'data-refused="{field}"' in response.content.decode()


@pytest.mark.parametrize("numbers", [("1", "", "2"), ("1", "2", ""), ("", "2", "2"), ("2", "2", "")])
def test_a_form_with_a_record_in_no_group_keeps_what_was_chosen(ana: User, numbers: tuple[str, ...]) -> None:
    case = claimed(ana, line_of(3))
    response = signed_in(ana).post(f"/cases/{case.ref}/decisions/", form(case, *numbers))
    assert response.status_code == 422
    html = response.content.decode()
    assert "exactly one group" in html
    kept = dict(re.findall(r'name="group_(\d)" value="(\d)" form="decide-form" autocomplete="off"[^>]* checked', html))
    assert kept == {str(place): number for place, number in enumerate(numbers) if number}
    assert '<option value="namesakes" selected>' in html


def test_the_api_takes_a_partition_and_the_page_says_it(ana: User) -> None:
    case = claimed(ana, line_of(3))
    body = {"verdict": "PARTITION", "reason": "other", "seen": 1, "content": content([1, 2], [0])}
    made = send(ana, case, body)
    assert made.status_code == 201, made.content
    assert made.json()["content"]["groups"] == [[0], [1, 2]]
    assert "B and C are one person; A is another" in signed_in(ana).get(f"/cases/{case.ref}/").content.decode()


@pytest.mark.parametrize("verdict", ["LINK", "NO_MATCH", "PARTITION"])
def test_verdict_keys_stay_whatever_the_size(verdict: str) -> None:
    keys = {one.code: one.key for one in MergeKind.verdicts}
    assert keys[verdict] == {"LINK": "1", "NO_MATCH": "2", "PARTITION": "3"}[verdict]
    assert [one.key for one in MergeKind.verdicts] == [*"1234567"]


# The reason of a link


@pytest.mark.parametrize(
    ("comparisons", "expected"),
    [
        ([("national_id", 12.0), ("family", 6.0)], "identifiers_agree"),
        ([("national_id", 3.0), ("family", 6.0)], "demographics_agree"),
        ([("phone", 9.0)], "demographics_agree"),
        ([("given", 9.0)], ""),
        ([("family", -1.0)], ""),
        ([], ""),
    ],
)
def test_the_strongest_agreeing_field_suggests_the_reason(comparisons: list[tuple[str, float]], expected: str) -> None:
    line = factories.merge_line()
    line["records"][1]["fields"]["national_id"] = line["records"][0]["fields"]["national_id"]
    line["match"]["pairs"][0]["comparisons"] = [
        {"field": field, "level": "x", "weight": weight} for field, weight in comparisons
    ]
    line["records"][1]["fields"]["given"] = "Sarah"
    assert suggestions.link_reason(decode(json.dumps(line).encode())) == expected
    assert expected in {"", *(reason.code for reason in REASONS)}


def test_a_link_without_a_reason_carries_the_one_that_the_evidence_suggests(ana: User) -> None:
    case = claimed(ana, factories.merge_line(911, 912))
    made = actions.decide(case=case, verdict="LINK", seen=1, by=ana)
    assert made.decision.reason == "demographics_agree"
    assert actions.decide(case=case, verdict="LINK", seen=1, by=ana).repeat


def test_a_link_without_a_reason_is_refused_when_none_can_be_derived(ana: User) -> None:
    line = factories.merge_line(913, 914)
    line["match"]["pairs"][0]["comparisons"] = []
    case = claimed(ana, line)
    with pytest.raises(Invalid, match="needs a reason"):
        actions.decide(case=case, verdict="LINK", seen=1, by=ana)


# Possible twins


def test_a_possible_twin_asks_once_more_before_a_link(ana: User) -> None:
    case = claimed(ana, line_of(3, twins="yes"))
    body = {"verdict": "LINK", "reason": "other", "seen": 1}
    refused = send(ana, case, body)
    assert refused.status_code == 422
    assert "A and B; A and C; B and C may be twins" in refused.json()["detail"]
    assert not Decision.objects.exists()
    assert send(ana, case, body | {"confirm": True}).status_code == 201
    assert Decision.objects.get().details == {"confirmed": True}


def test_a_group_with_the_twins_asks_and_one_without_does_not(ana: User) -> None:
    line = line_of(3, twins="yes")
    line["records"][2]["fields"]["given"] = line["records"][0]["fields"]["given"]
    case = claimed(ana, line)
    with pytest.raises(Invalid, match="A and B may be twins"):
        actions.decide(case=case, verdict="PARTITION", reason="other", content=content([0, 1], [2]), seen=1, by=ana)
    made = actions.decide(case=case, verdict="PARTITION", reason="other", content=content([0, 2], [1]), seen=1, by=ana)
    assert made.decision.details == {}


#: Columns as a source calls them, of which none has a name that is known everywhere.
OWN_COLUMNS = {"family": "nachname", "given": "rufname", "birth_date": "geb", "national_id": "kennnummer"}


def own_line(size: int, **fields: Any) -> dict[str, Any]:
    """A line whose columns, and comparisons, have the names of ``OWN_COLUMNS``."""
    line = line_of(size, **fields)
    for each in line["records"]:
        each["fields"] = {OWN_COLUMNS.get(name, name): value for name, value in each["fields"].items()}
    for pair in line["match"]["pairs"]:
        for one in pair["comparisons"]:
            one["field"] = OWN_COLUMNS.get(one["field"], one["field"])
    return line


def own_source() -> Any:
    columns = {column: name for name, column in OWN_COLUMNS.items()}
    return factories.make_source("krankenhaus", field_rules={"columns": columns})


@pytest.mark.parametrize(("rules", "warned"), [(True, True), (False, False)])
def test_a_twin_is_seen_through_the_column_names_of_its_source(ana: User, rules: bool, warned: bool) -> None:
    source = own_source() if rules else factories.make_source("plain")
    case = claimed(ana, own_line(2, twins="yes"), run=factories.make_run(source=source))
    body = {"verdict": "LINK", "reason": "other", "seen": 1}
    assert send(ana, case, body).status_code == (422 if warned else 201)
    if warned:
        assert "A and B may be twins" in signed_in(ana).get(f"/cases/{case.ref}/").content.decode()
        assert send(ana, case, body | {"confirm": True}).status_code == 201


def test_the_reason_of_a_link_is_read_through_the_column_names_of_its_source(ana: User) -> None:
    line = own_line(2)
    line["records"][1]["fields"]["kennnummer"] = line["records"][0]["fields"]["kennnummer"]
    line["match"]["pairs"][0]["comparisons"] = [{"field": "kennnummer", "level": "x", "weight": 12.0}]
    case = claimed(ana, line, run=factories.make_run(source=own_source()))
    assert actions.decide(case=case, verdict="LINK", seen=1, by=ana).decision.reason == "identifiers_agree"


def test_the_rules_of_a_source_cost_a_decision_no_statement(ana: User, django_assert_num_queries: Any) -> None:
    plain, ruled = (
        claimed(ana, own_line(2), run=factories.make_run(source=source))
        for source in (factories.make_source("plain"), own_source())
    )
    with CaptureQueriesContext(connection) as without:
        actions.decide(case=plain, verdict="LINK", reason="other", seen=1, by=ana)
    with django_assert_num_queries(len(without)):
        actions.decide(case=ruled, verdict="LINK", reason="other", seen=1, by=ana)


def test_the_pipeline_s_word_about_twins_asks_for_any_link_and_for_nothing_else(ana: User) -> None:
    one, two = (claimed(ana, line_of(size) | {"reasons": ["possible_twin"]}) for size in (3, 2))
    with pytest.raises(Invalid, match="reports a possible twin"):
        actions.decide(case=one, verdict="PARTITION", reason="other", content=content([0, 1], [2]), seen=1, by=ana)
    with pytest.raises(Invalid, match="reports a possible twin"):
        actions.decide(case=two, verdict="LINK", reason="other", seen=1, by=ana)
    assert actions.decide(case=one, verdict="NO_MATCH", reason="twins_or_siblings", seen=1, by=ana)


def test_the_form_has_the_box_to_confirm_and_takes_it(ana: User) -> None:
    case = claimed(ana, line_of(2, twins="yes"))
    client = signed_in(ana)
    assert 'name="confirmed"' in client.get(f"/cases/{case.ref}/").content.decode()
    body = {"verdict": "LINK", "reason": "other", "seen": "1"}
    assert client.post(f"/cases/{case.ref}/decisions/", body).status_code == 422
    assert client.post(f"/cases/{case.ref}/decisions/", body | {"confirmed": "yes"}).status_code == 302


def test_a_case_without_twins_has_no_box(ana: User) -> None:
    case = claimed(ana, line_of(2))
    assert 'name="confirmed"' not in signed_in(ana).get(f"/cases/{case.ref}/").content.decode()
