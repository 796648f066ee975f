"""One running console and one browser for all journeys, and a signed-in page for each of the cast."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.journeys.house import House, running
from tests.journeys.signing_in import sign_in

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
#: The run is watched before anything else brings it in; pages come when there is most to see, the board last.
ORDER = (
    "test_reviewer",
    "test_groups",
    "test_search",
    "test_bulk",
    "test_talk",
    "test_handing",
    "test_past_cutover",
    "test_day",
    "test_run",
    "test_refusals",
    "test_pages",
    "test_governance",
    "test_board_pages",
)
PageFor = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys in their order, all else where it was."""
    ours = [at for at, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    ordered = sorted((items[at] for at in ours), key=lambda item: ORDER.index(item.path.stem))
    for at, item in zip(ours, ordered, strict=True):
        items[at] = item


@contextmanager
def _home(prefix: str) -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix=prefix))
    home.chmod(0o711)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """A console with the cast, the standard queues and the first run of the demonstration hospital."""
    with _home("concord-journey-") as home, running(home) as found:
        found.stage()
        yield found


@pytest.fixture(scope="session")
def demo() -> Iterator[House]:
    """The console as ``make demo`` leaves it: before the cutover of wave 1."""
    with _home("concord-demo-") as home, running(home, demo=True) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def _signed_in() -> dict[tuple[str, str], object]:
    return {}


@pytest.fixture
def page_for(house: House, browser: Browser, _signed_in: dict[tuple[str, str], object]) -> Iterator[PageFor]:
    """``page_for("ana")`` gives a page on which Ana has signed in; ``page_for(None)`` one on which no one has.

    Errors of scripts, breaches of the content security policy and answers of 500 fail the test.
    """
    with _pages(house, browser, _signed_in) as open_page:
        yield open_page


@pytest.fixture
def demo_page_for(demo: House, browser: Browser, _signed_in: dict[tuple[str, str], object]) -> Iterator[PageFor]:
    """The same on the demonstration's console."""
    with _pages(demo, browser, _signed_in) as open_page:
        yield open_page


@contextmanager
def _pages(house: House, browser: Browser, signed_in: dict[tuple[str, str], object]) -> Iterator[PageFor]:
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(said: ConsoleMessage) -> None:
        refused = "Failed to load resource" in said.text and "status of 5" not in said.text
        if (said.type == "error" and not refused) or "Content Security Policy" in said.text:
            complaints.append(said.text)

    def open_page(username: str | None, **options: object) -> Page:
        state = signed_in.get((house.url, username)) if username else None
        context = browser.new_context(
            base_url=house.url, viewport={"width": 1280, "height": 800}, storage_state=state, **options
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", heard)
        if username and state is None:
            sign_in(page, username, house.password(username))
            signed_in[house.url, username] = context.storage_state()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained: " + "; ".join(complaints)
