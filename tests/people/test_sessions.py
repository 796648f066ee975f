"""Sessions: fifteen minutes idle, twelve hours at most, and signing in again."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client

from console.people import actions
from console.people.models import User
from tests import factories

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def clock() -> object:
    with time_machine.travel(START, tick=False) as moved:
        yield moved


@pytest.fixture
def browser(clock: object, ana: User) -> Client:
    """Ana, signed in with her password at nine."""
    client = Client()
    done = client.post("/accounts/login/", {"login": "ana", "password": factories.PASSWORD})
    assert done.status_code == 302, done.content
    return client


def signed_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_fifteen_minutes_without_a_request_end_it(browser: Client, clock: time_machine.Coordinates) -> None:
    clock.shift(15 * MINUTE - dt.timedelta(seconds=1))
    assert signed_in(browser)
    clock.shift(15 * MINUTE)
    response = browser.get("/people/?search=x")
    assert response.status_code == 302
    target = urlsplit(response["Location"])
    assert target.path == "/accounts/login/"
    assert parse_qs(target.query) == {"next": ["/people/?search=x"], "ended": ["idle"]}
    assert not signed_in(browser)


def test_work_keeps_it_alive_for_twelve_hours_and_no_longer(browser: Client, clock: time_machine.Coordinates) -> None:
    for _ in range(71):
        clock.shift(10 * MINUTE)
        assert signed_in(browser)
    clock.shift(10 * MINUTE)
    response = browser.get("/me/")
    assert "ended=limit" in response["Location"]


def test_polling_does_not_keep_it_alive(browser: Client, clock: time_machine.Coordinates) -> None:
    for _ in range(14):
        clock.shift(MINUTE)
        assert browser.get("/me/", headers={"X-Background": "true"}).status_code == 200
    clock.shift(MINUTE)
    assert not signed_in(browser)


def test_the_rest_of_a_session_can_be_asked_for_without_lengthening_it(
    browser: Client, clock: time_machine.Coordinates
) -> None:
    clock.shift(5 * MINUTE)
    left = browser.get("/session/", headers={"X-Background": "true"}).json()
    assert left == {"idle_seconds": 600, "limit_seconds": 12 * 3600 - 300}
    clock.shift(10 * MINUTE)
    assert browser.get("/session/", headers={"X-Requested-With": "fetch"}).status_code == 401


def test_near_its_limit_a_session_says_so(browser: Client, clock: time_machine.Coordinates) -> None:
    for _ in range(71):
        clock.shift(10 * MINUTE)
        assert signed_in(browser)
    assert browser.get("/session/").json() == {"idle_seconds": 600, "limit_seconds": 600}


def test_an_expired_fragment_leads_the_whole_page_to_sign_in(browser: Client, clock: time_machine.Coordinates) -> None:
    clock.shift(HOUR)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/EX-7/?tab=2"}
    response = browser.get("/me/", headers=headers)
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fcases%2FEX-7%2F%3Ftab%3D2&ended=idle"


def test_an_expired_form_leads_back_to_its_page(browser: Client, clock: time_machine.Coordinates) -> None:
    clock.shift(HOUR)
    response = browser.post("/people/1/deactivate/", headers={"Referer": "http://testserver/people/1/"})
    assert "next=%2Fpeople%2F1%2F&" in response["Location"]


def test_a_foreign_referer_leads_home(browser: Client, clock: time_machine.Coordinates) -> None:
    clock.shift(HOUR)
    response = browser.post("/people/1/deactivate/", headers={"Referer": "https://evil.test//x"})
    assert "next=%2F&" in response["Location"]


def test_the_api_answers_an_expired_session_in_json(browser: Client, clock: time_machine.Coordinates) -> None:
    clock.shift(HOUR)
    response = browser.get("/api/v1/me/")
    assert response.status_code == 401
    assert response.json()["error"] == "signed_out"


def test_an_expired_session_is_gone_from_the_database(browser: Client, clock: time_machine.Coordinates) -> None:
    key = browser.cookies["concord_session"].value
    clock.shift(HOUR)
    assert not signed_in(browser)
    assert not Session.objects.filter(session_key=key).exists()


def test_signing_in_again_starts_a_new_clock(browser: Client, clock: time_machine.Coordinates) -> None:
    clock.shift(11 * HOUR)
    assert not signed_in(browser)
    browser.post("/accounts/login/", {"login": "ana", "password": factories.PASSWORD})
    assert browser.get("/session/").json()["limit_seconds"] == 12 * 3600


def test_the_next_request_of_a_deactivated_person_finds_no_one_signed_in(browser: Client, ana: User, ada: User) -> None:
    assert signed_in(browser)
    actions.deactivate(user=ana, by=ada)
    assert not signed_in(browser)


def test_a_session_of_a_service_account_ends_at_once(pipe: User) -> None:
    client = Client()
    session = client.session
    session[SESSION_KEY] = str(pipe.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = pipe.get_session_auth_hash()
    session.save()
    client.cookies["concord_session"] = session.session_key
    assert not signed_in(client)


def test_every_page_wants_someone_signed_in() -> None:
    client = Client()
    response = client.get("/people/")
    assert response["Location"] == "/accounts/login/?next=%2Fpeople%2F"
    assert client.get("/", headers={"HX-Request": "true"}).status_code == 401


def test_times_are_shown_in_the_zone_of_the_person(client: Client, ada: User) -> None:
    ada.time_zone = "Africa/Kampala"
    ada.save()
    client.force_login(ada)
    User.objects.filter(pk=ada.pk).update(last_login=dt.datetime(2025, 6, 30, 22, 30, tzinfo=dt.UTC))
    page = client.get(f"/people/{ada.pk}/").content.decode()
    assert "01-Jul-2025" in page
    assert "30-Jun-2025 22:30:00 UTC" in page


class TestSecondFactors:
    @pytest.fixture(autouse=True)
    def _required(self, settings: object) -> None:
        settings.REQUIRE_MFA = True

    def test_someone_without_one_is_led_to_set_one_up(self, browser: Client) -> None:
        response = browser.get("/")
        assert response["Location"] == "/accounts/2fa/"
        assert browser.get("/accounts/2fa/").status_code == 200
        assert browser.get("/api/v1/me/").status_code == 403

    def test_someone_with_one_goes_on(self, browser: Client, ana: User) -> None:
        Authenticator.objects.create(user=ana, type=Authenticator.Type.TOTP, data={"secret": "x"})
        assert signed_in(browser)
