"""The pages about handing over: the form, the bar of the case, its timeline, the list, the home page, and the API."""

from __future__ import annotations

import pytest
from django.test import Client

from console.people.models import User
from tests import factories
from triage.cases import actions
from triage.cases.models import Case

pytestmark = pytest.mark.django_db

WHY = "Wanjiru Odhiambo's chart is Ben's."


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(case: Case, what: str = "") -> str:
    return f"/cases/{case.ref}/{what}"


def test_a_reviewer_hands_over_by_the_form(ana, ben) -> None:
    case, client = factories.make_case(), signed_in(ana)
    assert client.get(at(case, "hand-over/")).status_code == 302, "it is not theirs"
    actions.claim(case=case, by=ana)
    assert at(case, "hand-over/") in client.get(at(case)).content.decode()
    page = client.get(at(case, "hand-over/")).content.decode()
    assert "Ben (0 cases claimed)" in page
    assert "Ana (" not in page
    assert "return it to the queue" not in page
    refused = client.post(at(case, "hand-over/"), {"to": "ben", "why": "", "seen": "0"})
    assert refused.status_code == 422
    done = client.post(at(case, "hand-over/"), {"to": "ben", "why": WHY, "seen": "0"})
    assert (done.status_code, done["Location"]) == (302, "/queues/merges/")
    page = signed_in(ben).get(at(case)).content.decode()
    assert "assigned to you" in page
    assert "A reason is attached" in page
    assert "Wanjiru" not in page
    assert "is assigned to Ben. Ask them or a lead" in client.get(at(case)).content.decode()


def test_the_reason_is_read_once_revealed(ana, ben) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    actions.hand_over(case=case, to=ben, why=WHY, by=ana)
    client = signed_in(ben)
    client.post(at(case, "reveal/"))
    assert "Wanjiru Odhiambo" in client.get(at(case)).content.decode()


def test_an_assigned_case_is_returned_by_the_form(ben, lena) -> None:
    case, client = factories.make_case(), signed_in(ben)
    actions.hand_over(case=case, to=ben, why=WHY, by=lena)
    assert "return it to the queue" in client.get(at(case, "hand-over/")).content.decode()
    client.post(at(case, "hand-over/"), {"to": "the queue", "why": "Not my ward.", "seen": str(ben.pk)})
    assert Case.objects.get(pk=case.pk).assignee is None


def test_what_changed_meanwhile_stands_in_the_form(ben, lena) -> None:
    case, client = factories.make_case(), signed_in(lena)
    actions.hand_over(case=case, to=ben, why=WHY, by=lena)
    answer = client.post(at(case, "hand-over/"), {"to": "lena", "why": "Mine.", "seen": "0"})
    assert answer.status_code == 409
    assert "is assigned to Ben in the meantime" in answer.content.decode()


def test_a_claim_is_removed_and_the_case_handed_over_in_one(ana, ben, lena) -> None:
    case, client = factories.make_case(), signed_in(lena)
    actions.claim(case=case, by=ana)
    page = client.get(at(case, "take-away/")).content.decode()
    assert "Hand over to" in page
    answer = client.post(at(case, "take-away/"), {"reason": "On leave.", "to": "ben"}, follow=True)
    assert f"{case.ref} is assigned to Ben." in answer.content.decode()
    assert Case.objects.get(pk=case.pk).assignee == ben


def test_lists_say_whose_a_case_is(ana, ben, lena) -> None:
    assigned, held = factories.make_case(), factories.make_case()
    actions.hand_over(case=assigned, to=ben, why=WHY, by=lena)
    actions.claim(case=held, by=ana)
    client = signed_in(lena)
    assert "assigned to</span> Ben" in client.get("/queues/merges/").content.decode()
    narrowed = client.get("/queues/merges/?assignee=ben").content.decode()
    assert assigned.ref in narrowed
    assert client.get("/queues/merges/?assignee=unknown").status_code == 422
    assert "Ana" in client.get("/queues/merges/?state=claimed").content.decode()


def test_the_api_hands_over_for_people_alone(ana, ben, lena, pipe) -> None:
    case, client = factories.make_case(), signed_in(lena)
    path = f"/api/v1/cases/{case.ref}/hand-over/"
    body = {"to": "ben", "why": WHY}
    done = client.post(path, body, content_type="application/json")
    assert (done.status_code, done.json()) == (200, {"ref": case.ref, "state": "open", "assignee": "ben"})
    assert client.get(f"/api/v1/cases/{case.ref}/").json()["assignee"] == "ben"
    found = client.get("/api/v1/cases/?assignee=ben").json()["items"]
    assert [item["ref"] for item in found] == [case.ref]
    assert client.get("/api/v1/cases/?assignee=none").json()["items"] == []
    assert signed_in(ana).post(path, body, content_type="application/json").status_code == 403
    assert signed_in(pipe).post(path, body, content_type="application/json").status_code == 401
    unknown = client.post(path, {"to": "unknown", "why": WHY}, content_type="application/json")
    assert unknown.status_code == 422
    back = client.post(path, {"to": None, "why": WHY}, content_type="application/json")
    assert back.json()["assignee"] is None
