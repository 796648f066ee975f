"""The shell as a person meets it: what the navigation offers, display settings, staying signed in, refusals."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from console.audit.models import LogEntry
from console.people.models import User
from console.ui import nav
from tests.ui.rendering import draw

pytestmark = pytest.mark.django_db


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _labels(user: User, path: str = "/") -> dict[str, bool]:
    request = RequestFactory().get(path)
    request.user = user
    return {entry.item.label: entry.current for entry in nav.entries_for(request)}


def test_the_navigation_offers_only_what_one_may_open(omar: User, eve: User) -> None:
    assert "Runs" in _labels(omar)
    assert "Runs" not in _labels(eve)
    assert "Home" in _labels(eve)
    assert "Components" not in _labels(omar), "the gallery is for those who build pages, and has an address"


def test_the_page_one_is_on_is_marked_and_only_it(omar: User) -> None:
    assert [label for label, current in _labels(omar, "/runs/").items() if current] == ["Runs"]
    assert [label for label, current in _labels(omar, "/").items() if current] == ["Home"]


def test_display_settings_are_kept_logged_and_drawn(eve: User) -> None:
    client = _signed_in(eve)
    response = client.post(
        "/ui/preferences/", {"theme": "dark", "keys": "off", "time_zone": "Europe/London", "next": "/me/"}
    )
    assert (response.status_code, response["Location"]) == (302, "/me/")
    eve.refresh_from_db()
    assert eve.preferences == {"theme": "dark", "density": "compact", "keys": "off", "mail": "on"}
    assert eve.time_zone == "Europe/London"
    assert LogEntry.objects.filter(verb="person.display_chosen", actor=eve).count() == 1
    page = client.get("/ui/preferences/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-keys="off"' in page


def test_display_settings_that_do_not_exist_change_nothing(eve: User) -> None:
    response = _signed_in(eve).post("/ui/preferences/", {"theme": "pink", "time_zone": "Mars/Olympus"})
    assert response.status_code == 422
    assert 'class="error-summary"' in response.content.decode()
    eve.refresh_from_db()
    assert eve.preferences == {}
    assert eve.time_zone == "UTC"


def test_settings_lead_back_into_the_console_only(eve: User) -> None:
    response = _signed_in(eve).post("/ui/preferences/", {"theme": "light", "next": "https://example.org/"})
    assert response["Location"] == "/ui/preferences/"


def test_staying_signed_in_answers_with_what_is_left(eve: User) -> None:
    client = _signed_in(eve)
    client.get("/me/")
    assert 890 <= client.post("/ui/session/").json()["idle_seconds"] <= 900
    assert client.get("/ui/session/").status_code == 405


def test_the_gallery_is_for_those_who_build(omar: User, eve: User) -> None:
    assert _signed_in(omar).get("/ui/").status_code == 200
    refused = _signed_in(eve).get("/ui/")
    assert refused.status_code == 403
    assert "Your roles do not allow you to see the component gallery." in refused.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 429])
def test_a_refusal_says_what_and_what_next(status: int) -> None:
    html = draw('{% include "errors/standard.html" %}', status=status, sentence="Case EX-1042 was decided.")
    assert "<h1>Case EX-1042 was decided.</h1>" in html
    assert str(status) in html
    assert html.count("<p") >= 2, "a next step stands under the sentence"


def test_the_page_for_faults_needs_nothing_that_may_be_broken() -> None:
    html = draw('{% include "500.html" %}', correlation_id="c0ffee")
    assert "c0ffee" in html
    assert "{%" not in html
    assert "<script" not in html


def test_a_signed_out_person_reads_why(client: Client) -> None:
    page = client.get("/accounts/login/?ended=idle").content.decode()
    assert "signed out after a period of inactivity" in page
    assert "<script>" not in client.get("/accounts/login/?ended=<script>").content.decode()
