"""One running console and one browser for all journeys, and a signed-in page for each of the cast."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.house import ROOT, House, running

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), "")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PageFor = Callable[..., Page]


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """A console with the cast, the standard queues and the first run of the demonstration hospital."""
    home = Path(tempfile.mkdtemp(prefix="concord-journey-"))
    home.chmod(0o711)
    try:
        with running(home) as found:
            stage = [sys.executable, "-m", "tests.journeys.stage"]
            done = subprocess.run(stage, cwd=ROOT, env=found.environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            yield found
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def _signed_in() -> dict[str, object]:
    return {}


@pytest.fixture
def page_for(house: House, browser: Browser, _signed_in: dict[str, object]) -> Iterator[PageFor]:
    """``page_for("ana")`` gives a page on which Ana has signed in; errors on a page's console fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(username: str, **options: object) -> Page:
        state = _signed_in.get(username)
        context = browser.new_context(
            base_url=house.url, viewport={"width": 1280, "height": 800}, storage_state=state, **options
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None,
        )
        if state is None:
            sign_in(page, username, house.password(username))
            _signed_in[username] = context.storage_state()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained: " + "; ".join(complaints)


def sign_in(page: Page, username: str, password: str) -> None:
    """Sign in by keyboard."""
    page.goto("/accounts/login/")
    page.get_by_label("Username").focus()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.locator("input[name=password]").focus()
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
