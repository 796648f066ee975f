"""The search over every page by keyboard alone: a case, a record, commands of the page; and without script."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageFor
from tests.journeys.hands import Hands
from tests.journeys.house import House
from tests.journeys.test_pages import BY_LIGHT

pytestmark = pytest.mark.journey
SOME = """SELECT c.id, e.payload FROM cases_case c JOIN cases_exception e ON e.id = c.latest_exception_id
  JOIN cases_queue q ON q.id = c.queue_id WHERE c.state = 'open' AND q.slug = 'identity' ORDER BY c.id LIMIT 1"""
ENTRIES = "SELECT count(*) FROM audit_logentry WHERE verb = 'search.searched'"
TOLD = "SELECT count(*) FROM audit_logentry WHERE facts::text LIKE %s"


def chosen(page: Page) -> str:
    """The option that Enter would open."""
    return page.locator("#palette [role=option][aria-selected=true] .hit__text").inner_text()


def settled(page: Page, text: str) -> None:
    """Wait until the list answers this text."""
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    expect(page.locator("#palette [role=option][aria-selected=true]")).to_contain_text(text)


def test_a_case_and_a_record_are_found_and_opened_by_keyboard(house: House, page_for: PageFor) -> None:
    page, case = page_for("ana"), house.one(SOME)
    number = json.loads(house.one(f"SELECT payload FROM ({SOME}) AS one"))["records"][0]["id"]
    hands = Hands(page)
    page.goto("/queues/")
    hands.press("/").write(f"#{case}")
    settled(page, f"EX-{case}")
    hands.go("Enter")
    assert page.url.endswith(f"/cases/EX-{case}/")

    page.goto("/")
    before = house.one(ENTRIES)
    hands.press("Control+k").write(number)
    expect(page.locator("#palette .hits__head").first).to_contain_text("Record numbers")
    expect(page.locator("#palette [role=option]").first).to_contain_text(f"EX-{case}")
    assert number not in page.locator("#palette [data-palette-answer]").inner_text()
    assert house.one(ENTRIES) > before
    hands.press("ArrowDown", "ArrowUp", "ArrowUp")  # beyond the first is the last
    hands.press("ArrowDown")
    violations = Axe().run(page, options=BY_LIGHT).response["violations"]
    assert not [(rule["id"], rule["nodes"][0]["html"]) for rule in violations]
    hands.go("Enter")
    assert page.url.endswith(f"/cases/EX-{case}/")
    assert house.one(TOLD, f"%{number}%") == 0


def test_commands_of_the_page_and_of_the_console(page_for: PageFor) -> None:
    page = page_for("lena")
    hands = Hands(page)
    page.goto("/queues/identity/")
    hands.press("Control+k").write(">fil")
    settled(page, "Filter")
    hands.press("Enter")
    expect(page.locator("#palette")).not_to_be_visible()
    expect(page.locator("main details[open] > summary").first).to_be_visible()

    hands.press("Control+k").press("Control+a").write(">my dec")
    settled(page, "My decisions")
    hands.go("Enter")
    assert page.url.endswith("/decisions/mine/")


def test_enter_waits_for_what_was_typed_last(page_for: PageFor) -> None:
    page = page_for("lena")
    hands = Hands(page)
    page.goto("/")
    with page.expect_navigation(url="**/rules/"):
        hands.press("/").write(">routing").press("Enter")


def test_tab_narrows_and_escape_closes_and_gives_the_focus_back(page_for: PageFor) -> None:
    page = page_for("lena")
    hands = Hands(page)
    page.goto("/queues/")
    hands.press("j", "/").write("identity")
    settled(page, "Identity")
    hands.press("Tab")
    expect(page.locator("#palette [data-palette-scope]")).to_have_text("Queues")
    assert page.locator("#palette .hits__head").count() == 1
    hands.press("Tab")
    expect(page.locator("#palette [data-palette-scope]")).to_have_text("everything")
    hands.press("Escape")
    assert page.evaluate("document.activeElement.closest('[data-list]') !== null")


def test_an_error_keeps_what_was_typed(page_for: PageFor) -> None:
    page = page_for("lena")
    hands = Hands(page)
    page.goto("/queues/")
    page.route("**/search/", lambda route: route.abort())
    hands.press("/").write("identity")
    expect(page.locator("#palette [data-palette-problem]")).to_contain_text("did not answer")
    assert page.locator("#palette [data-palette-field]").input_value() == "identity"
    page.unroute("**/search/")
    with page.expect_navigation():
        hands.press("Enter")


def test_the_search_is_a_page_without_script(house: House, page_for: PageFor) -> None:
    page, case = page_for("ana", java_script_enabled=False), house.one(SOME)
    page.goto("/queues/")
    page.locator(".bar__search").click()
    assert page.url.endswith("/search/")
    page.locator("#search-text").fill(f"EX-{case}")
    page.keyboard.press("Enter")
    assert page.url.endswith("/search/")
    page.locator("main .hit").first.click()
    assert page.url.endswith(f"/cases/EX-{case}/")
