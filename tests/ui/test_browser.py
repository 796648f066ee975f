"""What the small modules do in a real browser: keys, drafts, the session's end, a claim's lease; and what axe says."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Request, sync_playwright

from tests.ui.browser import CHROMIUM, HOST, Desk, as_json
from tests.ui.rendering import draw, gallery_page, page

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]
NINE = dt.datetime(2026, 3, 14, 9, 0, tzinfo=dt.UTC)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DRAFT = """
<form method="post" action="/sent/" data-save data-draft="EX-1042">
  <label>Family name <input name="family"></label>
  <label>Note <textarea name="note" data-draft-field></textarea></label>
  <button>Send</button>
</form>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_component_passes_axe_and_fits(browser: Browser, scheme: Any, width: int) -> None:
    desk = Desk(browser, {"/ui/": gallery_page()}, color_scheme=scheme, viewport={"width": width, "height": 800})
    opened = desk.open("/ui/")
    fits = opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert fits, "the page scrolls sideways"
    # axe's preload would fetch styles again, inline: the policy forbids it.
    found = Axe().run(opened, options={"runOnly": WCAG, "preload": False}).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    assert desk.faults == []


def test_keys_move_open_choose_and_rest_while_one_types(browser: Browser) -> None:
    desk = Desk(browser, {"/ui/": gallery_page(), "/queues/": page("<p>Queues</p>")})
    opened = desk.open("/ui/")
    keys = opened.keyboard
    keys.press("j")
    keys.press("j")
    assert opened.evaluate("document.activeElement.textContent") == "EX-1043"
    keys.press("k")
    keys.press("o")
    assert opened.evaluate("location.hash") == "#case-EX-1042"
    chosen = "document.querySelector('input[name=verdict]:checked')?.value"
    keys.press("2")
    assert opened.evaluate(chosen) == "second"
    opened.focus("#id_reference")
    keys.type("3j")
    assert opened.input_value("#id_reference") == "3j"
    assert opened.evaluate(chosen) == "second", "keys rest while someone types"
    keys.press("Escape")
    keys.press("g")
    keys.press("q")
    opened.wait_for_url("**/queues/")
    assert desk.faults == []


def test_the_help_lists_every_key_of_the_page_and_switches_them_off(browser: Browser) -> None:
    opened = Desk(browser, {"/ui/": gallery_page()}).open("/ui/")
    opened.keyboard.press("?")
    listed = opened.inner_text("[data-keys-list]")
    for label in ("Same person", "Queues", "Next row", "Save"):
        assert label in listed
    opened.uncheck("[data-keys-switch]")
    opened.keyboard.press("Escape")
    opened.keyboard.press("2")
    assert opened.evaluate("document.querySelector('input[name=verdict]:checked')") is None
    opened.reload()
    assert opened.evaluate("document.documentElement.dataset.keys") == "off", "the switch outlasts the page"


def test_ctrl_enter_saves_the_form_one_is_in(browser: Browser) -> None:
    desk = Desk(browser, {"/case/": page(DRAFT), "/sent/": page("<p>Kept</p>")})
    opened = desk.open("/case/")
    opened.focus("textarea")
    opened.keyboard.type("Twins")
    opened.keyboard.press("Control+Enter")
    opened.wait_for_url("**/sent/")
    assert desk.posts == [("/sent/", "family=&note=Twins")]


def test_a_note_survives_a_reload_but_nothing_else_is_kept(browser: Browser) -> None:
    desk = Desk(browser, {"/case/": page(DRAFT), "/other/": page("<p>Other</p>"), "/sent/": page("<p>Kept</p>")})
    opened = desk.open("/case/")
    opened.fill("[name=family]", "Okafor")
    opened.fill("textarea", "Twins at one address")
    kept = opened.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    assert "Twins" in kept
    assert "Okafor" not in kept, "only notes are kept"
    opened = desk.open("/other/")
    opened = desk.open("/case/")
    assert opened.input_value("textarea") == "Twins at one address"
    opened.click("text=Send")
    opened.wait_for_url("**/sent/")
    assert "Twins" not in opened.evaluate("JSON.stringify(sessionStorage)"), "what was accepted is forgotten"


def test_a_note_that_met_the_sign_in_page_comes_back_to_its_writer_only(browser: Browser) -> None:
    signed_out = page("<p>Sign in</p>", person=None)
    desk = Desk(browser, {"/case/": page(DRAFT), "/sent/": signed_out})
    opened = desk.open("/case/")
    opened.fill("textarea", "Do not lose me")
    opened.click("text=Send")
    opened.wait_for_url("**/sent/")
    opened = desk.open("/case/")
    assert opened.input_value("textarea") == "Do not lose me"
    desk.pages["/case/"] = page(DRAFT, person=8)
    opened = desk.open("/case/")
    assert opened.input_value("textarea") == ""
    assert "lose" not in opened.evaluate("JSON.stringify(sessionStorage)"), "the next person finds nothing"


def test_the_session_warns_two_minutes_ahead_and_is_extended_in_one_press(browser: Browser) -> None:
    desk = Desk(browser, {"/": page("<p>Work</p>"), "/accounts/login/": page("<p>Sign in</p>", person=None)})
    desk.answers["/ui/session/"] = as_json(idle_seconds=900, limit_seconds=40_000)
    desk.page.clock.install(time=NINE)
    opened = desk.open("/")
    opened.clock.run_for(12 * 60_000 + 50_000)
    assert not opened.is_visible("#session-dialog")
    opened.clock.run_for(20_000)
    assert opened.is_visible("#session-dialog")
    assert "2 min" in opened.inner_text("#session-dialog")
    opened.keyboard.press("Enter")
    opened.wait_for_selector("#session-dialog", state="hidden")
    assert desk.posts == [("/ui/session/", "")]
    opened.clock.run_for(10 * 60_000)
    assert not opened.is_visible("#session-dialog")


def test_an_idle_screen_is_cleared_when_the_session_ends(browser: Browser) -> None:
    desk = Desk(browser, {"/case/": page("<p>Patient</p>"), "/accounts/login/": page("<p>Sign in</p>", person=None)})
    desk.page.clock.install(time=NINE)
    opened = desk.open("/case/")
    opened.clock.run_for(15 * 60_000 + 2000)
    opened.wait_for_url(f"{HOST}/accounts/login/?next=%2Fcase%2F")
    assert "Patient" not in opened.inner_text("body")
    assert desk.posts == [], "no one was there, so nothing was extended"


def test_a_claim_is_renewed_while_one_works_and_runs_out_when_one_has_gone(browser: Browser) -> None:
    start = timezone.now().replace(microsecond=0)
    claim = draw('{% countdown expires renew="/cases/EX-1042/renew/" %}', expires=start + dt.timedelta(minutes=5))
    desk = Desk(browser, {"/case/": page(claim)})
    desk.answers["/ui/session/"] = as_json(idle_seconds=900)
    later = (start + dt.timedelta(minutes=12)).isoformat()
    desk.answers["/cases/EX-1042/renew/"] = as_json(expires_at=later)
    desk.page.clock.install(time=start)
    opened = desk.open("/case/")
    opened.clock.run_for(2 * 60_000 - 5000)
    opened.keyboard.press("Shift")
    opened.clock.run_for(10_000)
    opened.wait_for_timeout(100)
    renewals = [path for path, _ in desk.posts if path.endswith("/renew/")]
    assert len(renewals) == 1
    opened.clock.run_for(1000)
    assert "10 min" in opened.inner_text(".countdown")
    opened.clock.run_for(9 * 60_000 + 30_000)
    assert len([path for path, _ in desk.posts if path.endswith("/renew/")]) == 1, "no one is there any longer"
    assert "s" in opened.inner_text("[data-countdown-left]")
    assert opened.get_attribute(".countdown", "class") == "countdown countdown--soon"


def test_a_refused_passkey_is_said_in_words(browser: Browser) -> None:
    scripts = draw('{% include "mfa/webauthn/snippets/scripts.html" %}')
    opened = Desk(browser, {"/": page(f"<p>Keys</p>{scripts}")}).open("/")
    opened.evaluate(
        "document.dispatchEvent(new CustomEvent('allauth.error', {cancelable: true,"
        " detail: {exception: new DOMException('no', 'NotAllowedError')}}))"
    )
    assert "The passkey was not used" in opened.inner_text("#flashes")


def test_a_form_pressed_twice_is_sent_once(browser: Browser) -> None:
    claim = '<form method="post" action="/sent/"><button>Claim next</button></form>'
    desk = Desk(browser, {"/queues/": page(claim)})

    def slowly(request: Request) -> tuple[int, str, str]:
        time.sleep(0.4)
        return 200, "text/html", page("<p>Claimed</p>")

    desk.answers["/sent/"] = slowly
    opened = desk.open("/queues/")
    opened.evaluate("""() => {
      const form = [...document.forms].find((one) => one.action.endsWith("/sent/"));
      form.requestSubmit();
      setTimeout(() => form.requestSubmit(), 100);
    }""")
    opened.wait_for_timeout(1200)
    assert len(desk.posts) == 1
