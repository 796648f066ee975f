"""Selecting, previewing, carrying out and undoing by the pages, without a script; who may, and of which queues."""

from __future__ import annotations

import re

import pytest
from guardian.shortcuts import assign_perm

from console.errors import Denied, Invalid
from tests import factories
from tests.bulk.making import WHY, at, carried_out, item, previewed
from triage.bulk import actions, queries, rules
from triage.bulk.models import BulkChange, Result, Stage
from triage.bulk.queries import Selection
from triage.cases import actions as cases
from triage.cases.models import Case

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def select(client, act: str, *refs: str, **more: str):
    return client.post("/bulk/new/", {"act": act, "case": list(refs), **more})


@pytest.fixture
def lead_of_one(eve):
    """Eve leads the queue “mine” and sees “other”."""
    mine, other = factories.make_queue("mine"), factories.make_queue("other")
    for permission in ("cases.see_queue", "cases.work_queue", "cases.manage_queue"):
        assign_perm(permission, eve, mine)
    assign_perm("cases.see_queue", eve, other)
    return eve, mine, other


def test_from_the_list_to_the_result_and_back(client, lena) -> None:
    client.force_login(lena)
    first, second = factories.make_case(), factories.make_case()
    page = text(client.get("/queues/merges/?severity=medium"))
    assert f'name="case" value="{first.ref}" form="bulk"' in page
    assert "Select all 2 of this list" in page
    prepared = select(client, "priority", first.ref, second.ref, queue="merges", words="severity=medium")
    change = BulkChange.objects.get()
    assert prepared.url == f"/bulk/{change.pk}/"
    page = text(client.get(prepared.url))
    assert "Prioritise 2 cases" in page
    assert "nothing has happened" in page
    assert client.post(prepared.url, {"priority": "50"}).status_code == 422
    assert client.post(prepared.url, {"priority": "12"}).url == prepared.url
    page = text(client.get(prepared.url))
    assert "Give 2 cases priority 12" in page
    assert "<b>2</b> will change" in page
    assert "0 → 12" in page
    assert "/queues/merges/?severity=medium" in page
    refused = client.post(f"{prepared.url}start/", {"reason": ""})
    assert refused.status_code == 422
    assert Case.objects.filter(priority=200).count() == 2
    for _ in range(2):  # sent twice
        assert client.post(f"{prepared.url}start/", {"reason": WHY}).url == prepared.url
    page = text(client.get(prepared.url))
    assert "<b>2</b> changed" in page
    assert WHY in page
    assert "Undo the change of 2 cases" in page
    assert Case.objects.filter(priority=212).count() == 2
    assert client.get(f"{prepared.url}progress/").status_code == 286
    client.post(f"{prepared.url}undo/", {"item": str(item(change, first).pk)})
    client.post(f"{prepared.url}undo/")
    assert Case.objects.filter(priority=200).count() == 2
    page = text(client.get(f"{prepared.url}?result=done"))
    assert page.count("Undone") == 2
    assert "Give 2 cases priority 12" in text(client.get("/bulk/"))


@pytest.mark.parametrize(
    ("act", "sent", "says"),
    [
        ("assign", {}, "Hand over 1 case to Ana"),
        ("move", {"queue": "there"}, "Move 1 case to There"),
        ("due", {"at": at(days=2)[:16]}, "Make 1 case due"),
        ("defer", {"at": at(days=2)[:10]}, "Defer 1 case until"),
    ],
)
def test_each_act_asks_and_previews(client, lena, ana, act, sent, says) -> None:
    client.force_login(lena)
    case, there = factories.make_case(), factories.make_queue("there")
    url = select(client, act, case.ref).url
    sent = {"move": {"queue": str(there.pk)}, "assign": {"to": str(ana.pk)}}.get(act, sent)
    assert client.post(url, sent).status_code == 302
    page = text(client.get(url))
    assert says in page
    assert "will not" not in page or "<b>0</b> will not" not in page


def test_a_release_is_previewed_at_once(client, lena, ana) -> None:
    client.force_login(lena)
    case, free = cases.claim(case=factories.make_case(), by=ana).case, factories.make_case()
    page = text(client.get(select(client, "release", case.ref, free.ref).url))
    assert "ends the claim of Ana" in page
    assert "<b>1</b> will be open again" in page
    assert "<b>1</b> without a claim" in page


def test_when_no_case_would_change_there_is_no_button(client, lena) -> None:
    client.force_login(lena)
    page = text(client.get(select(client, "release", factories.make_case().ref).url))
    assert "None of these cases would change." in page
    assert "Ctrl+⏎" not in page


def test_the_whole_list_is_selected_by_its_filters(client, lena) -> None:
    client.force_login(lena)
    low, high = factories.make_case(severity=1), factories.make_case(severity=3)
    later = factories.make_case(severity=3)
    select(client, "priority", low.ref, all="1", queue="merges", words="severity=high")
    assert set(BulkChange.objects.get().items.values_list("case_id", flat=True)) == {high.pk, later.pk}
    assert select(client, "priority", all="1", queue="nowhere").status_code == 404
    assert select(client, "priority", all="1", words="severity=none").status_code == 422


def test_all_of_mine_means_my_claims(client, lena, ana) -> None:
    client.force_login(lena)
    queue = factories.make_queue(hold_limit=9)
    mine = cases.claim(case=factories.make_case(queue=queue), by=lena).case
    cases.claim(case=factories.make_case(queue=queue), by=ana)
    select(client, "release", all="1", words="mine=1")
    assert [one.case_id for one in BulkChange.objects.get().items.all()] == [mine.pk]


def test_a_longer_list_is_cut_and_says_so(client, lena, monkeypatch) -> None:
    client.force_login(lena)
    monkeypatch.setattr(queries, "MOST", 2)
    for _ in range(3):
        factories.make_case()
    page = text(client.get(select(client, "priority", all="1").url))
    assert "these are the first of the list" in page
    assert BulkChange.objects.get().items.count() == 2


def test_nothing_selected_leads_back_to_the_list(client, lena) -> None:
    client.force_login(lena)
    factories.make_queue()
    answer = client.post("/bulk/new/", {"act": "move", "queue": "merges", "words": "overdue=1"}, follow=True)
    assert answer.redirect_chain[0][0] == "/queues/merges/?overdue=1"
    assert "Select at least one case" in text(answer)
    assert select(client, "decide").status_code == 404


def test_reviewers_get_no_boxes_and_no_page(client, ana) -> None:
    client.force_login(ana)
    case = factories.make_case()
    assert 'form="bulk"' not in text(client.get("/queues/merges/"))
    for answer in (client.get("/bulk/"), select(client, "move", case.ref), client.post("/bulk/1/start/")):
        assert answer.status_code == 403
    with pytest.raises(Denied):
        actions.prepare(act="release", selection=Selection([case.pk]), by=ana)


def test_a_change_is_its_author_s_alone(client, lena) -> None:
    change = previewed("release", [factories.make_case()], lena)
    client.force_login(factories.make_user("second", role="lead"))
    for url in ("", "progress/"):
        assert client.get(f"/bulk/{change.pk}/{url}").status_code == 404
    for url in ("", "start/", "undo/"):
        assert client.post(f"/bulk/{change.pk}/{url}", {"reason": WHY}).status_code == 404


def test_what_one_does_not_manage_and_what_is_not_there_are_left_out_alike(client, lead_of_one) -> None:
    eve, mine, other = lead_of_one
    client.force_login(eve)
    own, seen = factories.make_case(queue=mine), factories.make_case(queue=other)
    hidden = factories.make_case(queue=factories.make_queue("hidden"))
    page = text(client.get("/cases/"))
    assert f'value="{own.ref}" form="bulk"' in page
    assert f'value="{seen.ref}" form="bulk"' not in page
    assert "Select all of this list" in page
    said = []
    for foreign in (seen.ref, hidden.ref, "EX-999999", "EX-x", "EX-" + "9" * 30):
        answer = client.get(select(client, "priority", own.ref, foreign).url)
        said.append(text(answer).count("1 selected case is not in a queue that you manage"))
        assert foreign not in text(answer)
    assert said == [1, 1, 1, 0, 0]  # what is no number names no case at all
    change = BulkChange.objects.latest("pk")
    assert [one.case_id for one in change.items.all()] == [own.pk]
    alone = client.post("/bulk/new/", {"act": "priority", "case": [hidden.ref]}, follow=True)
    assert "Select at least one case" in text(alone)


def test_all_of_a_list_takes_only_one_s_own_queues(lead_of_one, client) -> None:
    eve, mine, other = lead_of_one
    client.force_login(eve)
    own = factories.make_case(queue=mine)
    factories.make_case(queue=other)
    select(client, "priority", all="1")
    assert [one.case_id for one in BulkChange.objects.get().items.all()] == [own.pk]


def test_a_lead_moves_neither_into_nor_out_of_a_queue_of_others(lead_of_one, client) -> None:
    eve, mine, other = lead_of_one
    client.force_login(eve)
    own, seen = factories.make_case(queue=mine), factories.make_case(queue=other)
    url = select(client, "move", own.ref).url
    assert client.post(url, {"queue": str(other.pk)}).status_code == 422
    change = actions.preview(change=BulkChange.objects.get(), wanted={"queue": other.pk}, by=eve)
    assert "do not allow you to move" in item(change, own).sentence
    with pytest.raises(Invalid):
        actions.prepare(act="move", selection=queries.named([seen.pk], eve), by=eve)


def test_a_lead_who_is_one_no_longer_changes_nothing(lead_of_one) -> None:
    eve, mine, _ = lead_of_one
    case = factories.make_case(queue=mine)
    change = previewed("priority", [case], eve, priority=4)
    actions.start(change=change, reason=WHY, by=eve)
    eve.user_permissions.clear()
    from guardian.models import UserObjectPermission

    UserObjectPermission.objects.filter(user=eve).delete()
    assert actions.work(change.pk)
    assert item(change, case).result == Result.REFUSED
    assert "no longer allow" in item(change, case).sentence
    assert BulkChange.objects.get().stage == Stage.DONE


def test_a_page_of_a_thousand_cases_costs_what_one_of_few_does(client, lena, django_assert_max_num_queries) -> None:
    client.force_login(lena)
    few = carried_out("priority", [factories.make_case()], lena, priority=3)
    many = carried_out("priority", [factories.make_case() for _ in range(60)], lena, priority=3)
    client.get(f"/bulk/{few.pk}/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(f"/bulk/{few.pk}/")
    with django_assert_max_num_queries(len(captured)):
        page = text(client.get(f"/bulk/{many.pk}/"))
    assert "60" in page
    assert page.count("data-open>") == 50
    assert rules.MOST == 1_000
