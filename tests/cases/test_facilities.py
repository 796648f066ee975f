"""Facilities of the records of a case: staged, landed, routed by, listed by; and routing by source."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.cases.landing import Line, case_of, land
from tests.merges.test_reported_again import taken_in
from tests.queues.test_routing import save
from triage.cases import actions, facets, filters, kinds, listing, queries, rerouting
from triage.cases.models import Case, State
from triage.queues.forms import RuleForm
from triage.runs import facilities
from triage.setup import actions as setup
from triage.setup import files

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ("North Clinic", "north clinic"),
        ("  NORTH\tClinic \n", "north clinic"),
        ("Cafe\u0301 Ward", "caf\u00e9 ward"),
        ('O\'Brien, "B" {1}\\', 'o\'brien, "b" {1}\\'),
        ("\u200b\u00ad ", ""),
        ("", ""),
        ("बीरगंज", "बीरगंज"),
        ("x" * 70, "x" * 64),
    ],
)
def test_a_facility_has_one_spelling(given: str, word: str) -> None:
    assert facilities.word(given) == word
    assert facilities.word(word) == word


def staged(*names: str, **changes):
    line = factories.merge_line(1, 2, **changes)
    for record, name in zip(line["records"], names, strict=True):
        record["facility"] = name
    return kinds.get("merge").staged(json.dumps(line).encode())


def test_a_line_is_staged_with_the_facilities_of_all_its_records() -> None:
    assert list(staged("North Clinic", "ICU").facilities) == ["icu", "north clinic"]
    assert list(staged("North Clinic", "NORTH  clinic").facilities) == ["north clinic"]
    assert list(staged("", "").facilities) == []


def test_another_facility_is_another_report_and_no_other_evidence() -> None:
    first, second, silent = staged("North", "South"), staged("North", "East"), staged("", "")
    assert first.evidence == second.evidence == silent.evidence
    assert len({first.report, second.report, silent.report}) == 3
    assert first.report == staged("SOUTH", "north").report


def test_facilities_land_with_their_case_and_move_with_a_later_report() -> None:
    factories.make_queue()
    land(factories.make_run(), Line("x", facilities=("icu", "north")), Line("y"))
    assert case_of("x").facilities == ["icu", "north"]
    assert case_of("y").facilities is None
    land(factories.make_run(), Line("x", facilities=("north",)), Line("y", facilities=("o'brien, {1}x",)))
    assert case_of("x").facilities == ["north"]
    assert case_of("y").facilities == ["o'brien, {1}x"]
    assert (case_of("x").revision, case_of("x").state) == (2, State.OPEN)


def test_what_was_noted_beside_a_decision_applies_when_it_is_undone(ana) -> None:
    factories.make_queue()
    line = factories.merge_line()
    case = taken_in(line, "first")
    assert case.facilities == ["north clinic"]
    actions.claim(case=case, by=ana)
    actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    line["records"][0]["facility"] = line["records"][1]["facility"] = "South"
    assert taken_in(line, "second").facilities == ["north clinic"]
    actions.undo(case=case, by=ana)
    assert Case.objects.get(pk=case.pk).facilities == ["south"]


def test_rules_send_cases_by_facility_and_by_source(lena) -> None:
    rest, icu, lab = (factories.make_queue(slug, order=place) for place, slug in enumerate(("rest", "icu", "lab")))
    save(icu, lena, name="icu", conditions={"facility": ["ICU", "Intensive  care"]})
    save(lab, lena, name="lab", conditions={"source": ["lab"]})
    land(factories.make_run(), Line("x", facilities=("icu", "north")), Line("y", facilities=("north",)))
    land(factories.make_run(source=factories.make_source("lab")), Line("z"))
    assert [case_of(name).queue for name in "xyz"] == [icu, rest, lab]
    land(factories.make_run(), Line("y", facilities=("intensive care",)))
    assert case_of("y").queue == icu


def test_a_dry_run_asks_the_source_that_reported_last(lena) -> None:
    rest, lab = factories.make_queue("rest", order=1), factories.make_queue("lab", order=2)
    land(factories.make_run(), Line("x"), Line("y", facilities=("icu",)), Line("z"))
    land(factories.make_run(source=factories.make_source("lab")), Line("x", report="other"))
    save(lab, lena, name="lab", conditions={"source": ["lab"]})
    assert [(move.from_queue, move.to_queue, move.cases) for move in rerouting.dry_run("merge")] == [
        (rest.pk, lab.pk, 1)
    ]
    save(lab, lena, name="icu", conditions={"facility": ["icu"]})
    assert [move.cases for move in rerouting.dry_run("merge")] == [2]


def test_a_list_is_narrowed_to_a_facility_in_any_spelling() -> None:
    queue = factories.make_queue()
    land(
        factories.make_run(),
        Line("x", facilities=("icu", "north clinic")),
        Line("y", facilities=("north clinic",)),
        Line("z"),
    )
    now = timezone.now()
    for asked, names in {"north clinic": "xy", "North  CLINIC": "xy", "icu": "x", "gone": ""}.items():
        wanted = filters.read({"facility": asked}, [queue])
        assert {row.id for row in listing.page(wanted, now=now).items} == {case_of(name).pk for name in names}
    picks = facets.picks(filters.read({}, [queue]), [queue], {}, now=now)
    shown = next(pick for pick in picks if pick.name == "facility")
    assert [option.words for option in shown.options] == ["North clinic (2)", "Icu (1)"]
    assert queries.known_facilities() == ["icu", "north clinic"]


def test_the_api_says_and_filters_facilities(ana) -> None:
    factories.make_queue()
    land(factories.make_run(), Line("x", facilities=("icu",)), Line("y"))
    client = Client()
    client.force_login(ana)
    found = client.get("/api/v1/cases/", {"facility": "ICU"}).json()["items"]
    assert [(item["ref"], item["facilities"]) for item in found] == [(case_of("x").ref, ["icu"])]
    assert client.get(f"/api/v1/cases/{case_of('y').ref}/").json()["facilities"] == []


def test_the_form_of_a_rule_offers_what_was_reported_and_takes_more(lena) -> None:
    queue = factories.make_queue()
    land(factories.make_run(), Line("x", facilities=("icu",)))
    sent = {"name": "r", "kind": "merge", "queue": queue.pk, "priority": 0, "further_facilities": "Day  Surgery, "}
    form = RuleForm(sent | {"facility": ["icu"], "source": ["legacy-pas"]})
    assert form.is_valid(), form.errors
    rule = save(by=lena, **form.fields_for_action())
    assert rule.conditions == {"source": ["legacy-pas"], "facility": ["day surgery", "icu"]}
    shown = RuleForm.of(rule)
    assert [value for value, _ in shown.fields["facility"].choices] == ["icu", "day surgery"]


def test_a_set_up_that_is_applied_again_changes_nothing(lena) -> None:
    factories.make_queue("merges")
    rule = {"kind": "merge", "name": "r", "queue": "merges", "conditions": {"facility": ["South Wing", "ICU"]}}
    given = files.parse({"format": "concord-setup/1", "routing": [rule]})
    assert setup.apply(setup=given, by=lena)
    assert not setup.apply(setup=given, by=lena)
