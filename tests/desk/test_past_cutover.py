"""Pages and API of deferrals past the cutover: the form, what another reviewer asks, agreeing with one press."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from console.waves import actions as waves
from tests import factories
from triage.cases.models import Case, State

pytestmark = pytest.mark.django_db
CHOSEN = {"verdict": "DEFER", "reason": "later_run_expected", "until": "2030-01-01", "until_what": "cutover"}


@pytest.fixture
def clients(ana, ben) -> tuple[Client, Client]:
    found = Client(), Client()
    for client, person in zip(found, (ana, ben), strict=True):
        client.force_login(person)
    return found


def claimed(client: Client, case: Case) -> str:
    return client.post(f"/cases/{case.ref}/claim/", follow=True).content.decode()


def decided(client: Client, case: Case, **changes: str):
    revision = Case.objects.get(pk=case.pk).revision
    return client.post(f"/cases/{case.ref}/decisions/", CHOSEN | {"seen": revision} | changes, follow=True)


def test_one_reviewer_asks_and_another_agrees_with_one_press(clients) -> None:
    ana, ben = clients
    case = factories.make_case(severity=4)
    page = claimed(ana, case)
    assert "Another reviewer must agree, as the severity is critical." in page
    decided(ana, case, note="After the weekend.")
    assert "You asked to defer" in claimed(ana, case)
    page = ana.get(f"/cases/{case.ref}/").content.decode()
    assert "You asked to defer" in page
    assert "another reviewer must agree" in page
    page = claimed(ben, case)
    assert "Ana asks to defer this past the cutover of Wave-1" in page
    assert "More data expected in a later run" in page
    assert "After the weekend." not in page
    assert "Agree: defer past the cutover" in page
    decided(ben, case)
    now = Case.objects.get(pk=case.pk)
    assert (now.state, now.past_cutover) == (State.DEFERRED, True)
    page = ben.get(f"/cases/{case.ref}/").content.decode()
    assert "Deferred until after the cutover of Wave-1" in page
    assert "until after the cutover, agreeing with the proposal" in page
    listed = ben.get("/cases/", {"state": "past_cutover"}).content.decode()
    assert case.ref in listed
    assert "Deferred past cutover (1)" in listed
    assert "1 past cutover" in ben.get("/queues/").content.decode()


def test_the_page_of_a_wave_counts_them_apart(clients, omar) -> None:
    ana, _ = clients
    case = factories.make_case()
    claimed(ana, case)
    decided(ana, case)
    client = Client()
    client.force_login(omar)
    part = client.get(f"/cases/of-wave/{case.wave.slug}/").content.decode()
    assert "Of these deferred past cutover" in part
    assert "No unresolved cases" in client.get(f"/cases/of-wave/{factories.make_wave('new').slug}/").content.decode()


def test_a_date_stays_a_date_and_no_other_word_is_taken(clients) -> None:
    ana, _ = clients
    case = factories.make_case()
    claimed(ana, case)
    assert decided(ana, case, until_what="someday").status_code == 422
    assert decided(ana, case, until_what="day", until="never").status_code == 422
    decided(ana, case, until_what="day", until=str((timezone.now() + dt.timedelta(days=9)).date()))
    now = Case.objects.get(pk=case.pk)
    assert (now.state, now.past_cutover, now.wake_at is not None) == (State.DEFERRED, False, True)


def test_after_the_cutover_the_form_says_why_not(clients, omar) -> None:
    ana, _ = clients
    case = factories.make_case()
    waves.state_cutover(wave=case.wave, reason="Moved.", by=omar)
    assert "has cut over. Defer to a date instead." in claimed(ana, case)
    refused = decided(ana, case)
    assert refused.status_code == 422
    assert "has cut over. Defer to a date instead." in refused.content.decode()


def test_the_api_takes_the_word_and_says_it(clients) -> None:
    ana, _ = clients
    case = factories.make_case(severity=3)
    ana.post(f"/api/v1/cases/{case.ref}/claim/")
    body = {"verdict": "DEFER", "reason": "other", "seen": 1}
    for wrong in ("later", ["cutover"], {"date": "2030-01-01", "cutover": True}, 7):
        answer = ana.post(f"/api/v1/cases/{case.ref}/decisions/", body | {"until": wrong}, "application/json")
        assert answer.status_code == 422, answer.content
    answer = ana.post(f"/api/v1/cases/{case.ref}/decisions/", body | {"until": "cutover"}, "application/json")
    assert answer.status_code == 201, answer.content
    assert (answer.json()["until"], answer.json()["proposed"]) == ("cutover", True)
    shown = ana.get(f"/api/v1/cases/{case.ref}/").json()
    assert (shown["state"], shown["past_cutover"]) == ("open", False)
    assert ana.get("/api/v1/cases/", {"state": "past_cutover"}).json()["items"] == []
