"""Pages of measures in a real browser: axe, narrow screens, the policy on scripts and styles, what is announced."""

from __future__ import annotations

import datetime as dt
import math
import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import sync_playwright

from console.people.models import User
from console.waves.models import Wave
from governance.measures.models import Sample
from tests import factories
from tests.ui.browser import CHROMIUM, Desk
from triage.queues.models import Severity

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ROOM = "/waves/wave-1/war-room/"
PAGES = {
    "measures": "/measures/",
    "measure": "/measures/chart-open-p95/",
    "cases": "/measures/open-cases/",
    "define": "/measures/define/",
    "room": ROOM,
}


def furnish() -> Wave:
    """A wave on its day: hours of monitoring, one measure beyond its bound, one stale, one that no one reports."""
    run = factories.make_run()
    for severity in (Severity.CRITICAL, Severity.CRITICAL, Severity.HIGH, Severity.LOW):
        factories.make_case(run=run, severity=severity)
    now = timezone.now()
    rows = []
    for step in range(288):
        at = now - dt.timedelta(minutes=5 * step)
        wobble = math.sin(step / 9)
        common = {"wave": run.wave, "as_of": at, "received_at": at, "source": "api:watch"}
        rows.append(Sample(measure="chart-open-p95", value=f"{1.4 + 0.3 * wobble:.2f}", samples=420, **common))
        rows.append(Sample(measure="login-success", numerator=12_345 + step % 3, denominator=12_445, **common))
        rows.append(Sample(measure="order-errors", numerator=3 if step < 12 else 0, denominator=300, **common))
        if step > 20:
            rows.append(Sample(measure="interface-backlog", value=str(int(40 + 30 * wobble)), **common))
        rows.append(Sample(measure="chart-open-p95", dimension="ward-7", value="1.9", **common))
    event = now - dt.timedelta(days=6)
    rows.append(Sample(measure="restore-test", value=1, wave=run.wave, as_of=event, received_at=event, source="run:3"))
    Sample.objects.bulk_create(rows)
    return run.wave


@pytest.fixture
def drawn(client: Client, omar: User) -> dict[str, str]:
    """The pages as an operator sees them, drawn before any browser starts."""
    furnish()
    client.force_login(omar)
    return {path: client.get(path).content.decode() for path in PAGES.values()}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("light", 320), ("dark", 1280), ("dark", 320)])
def test_pages_pass_axe_and_fit(drawn: dict[str, str], scheme: Any, width: int) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        desk = Desk(browser, drawn, color_scheme=scheme, viewport={"width": width, "height": 900})
        for name, path in PAGES.items():
            opened = desk.open(path)
            if pictures := os.environ.get("CONCORD_PICTURES"):
                opened.screenshot(path=Path(pictures) / f"{name}-{scheme}-{width}.png", full_page=True)
            fits = opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            assert fits, f"{path} scrolls sideways"
            found = Axe().run(opened, options={"runOnly": WCAG, "preload": False}).response["violations"]
            assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert desk.faults == []
        browser.close()


def test_the_war_room_announces_what_changed_and_keeps_the_focus(client: Client, drawn: dict[str, str]) -> None:
    address = drawn[ROOM].split('id="war-room" hx-get="')[1].split('"')[0]
    same = client.get(address).content.decode()
    at = timezone.now()
    Sample.objects.create(
        measure="chart-open-p95", wave=Wave.objects.get(), value=9, as_of=at, received_at=at, source="api:watch"
    )
    changed = client.get(address).content.decode()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        desk = Desk(browser, drawn)
        answers = [same, changed]
        path = address.split("?")[0]
        desk.answers[path] = lambda request: (200, "text/html", answers.pop(0) if answers else changed)
        page = desk.open(ROOM)
        page.focus("#war-login-success")
        for expected in ("", "3 measures out of bounds: "):
            page.evaluate(f"htmx.ajax('GET', '{path}', {{target: '#war-room', swap: 'outerHTML'}})")
            page.wait_for_timeout(200)
            assert (page.text_content("#war-said") or "").startswith(expected)
            assert bool(page.text_content("#war-said")) == bool(expected)
            assert page.evaluate("document.activeElement.id") == "war-login-success"
        assert desk.faults == []
        browser.close()
