"""By keyboard: a reviewer defers a severe case past the cutover, another sees who asks and why, and agrees."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageFor
from tests.journeys.hands import Hands
from tests.journeys.house import House

pytestmark = pytest.mark.journey
#: Severe, and no other case is about one of its records, so nothing keeps it from being claimed.
SEVERE_PAIR = """
SELECT 'EX-' || c.id FROM cases_case c
WHERE c.state = 'open' AND c.size = 2 AND c.severity >= 3 AND c.assignee_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM cases_decision d WHERE d.case_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM cases_case o WHERE o.id <> c.id AND o.record_keys && c.record_keys)
ORDER BY c.id LIMIT 1
"""
STANDS = """
SELECT c.state, c.past_cutover, c.proposal_id IS NOT NULL, d.verdict, d.role, u.username
FROM cases_case c JOIN cases_decision d ON d.case_id = c.id JOIN people_user u ON u.id = d.by_id
WHERE 'EX-' || c.id = %s ORDER BY d.id DESC LIMIT 1
"""
WHY = "More data expected in a later run"
RULES = {"preload": False, "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@pytest.fixture(scope="module")
def case(house: House) -> str:
    """One case for both reviewers."""
    return str(house.one(SEVERE_PAIR))


def accessible(page: Page) -> None:
    """Axe finds nothing on the page as it stands."""
    found = Axe().run(page, options=RULES).response["violations"]
    assert not found, [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


def in_view(page: Page, selector: str) -> bool:
    """Whether all of it is inside the window, without scrolling."""
    box = page.locator(selector).bounding_box()
    assert box
    assert page.viewport_size
    return box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def give_back(hands: Hands) -> None:
    """Release the case that saving has led to."""
    if hands.page.locator("[data-key=b]").count():
        hands.go("b")


def test_a_reviewer_asks_to_defer_a_severe_case(house: House, page_for: PageFor, case: str) -> None:
    page = page_for("ana")
    page.goto(f"/cases/{case}/")
    hands = Hands(page)
    hands.go("c")
    hands.press("4", "l", "q")
    expect(page.locator("[name=until_what][value=cutover]")).to_be_checked()
    expect(page.locator("[name=reason][value=later_run_expected]")).to_be_checked()
    expect(page.locator("#until-cutover")).to_contain_text("Another reviewer must agree")
    assert in_view(page, "[data-save-button]")
    accessible(page)
    hands.go("Control+Enter")
    expect(page.locator("#flashes")).to_contain_text(case)
    give_back(hands)
    assert house.rows(STANDS, case) == [("open", False, True, "DEFER", "first", "ana")]

    page.goto(f"/cases/{case}/")
    expect(page.locator(".proposal")).to_contain_text("Another reviewer agrees, or decides otherwise.")
    expect(page.locator("#main")).to_contain_text("You asked to defer")
    accessible(page)
    page.goto("/cases/?state=past_cutover")
    assert page.get_by_role("link", name=case, exact=True).count() == 0, "what is only asked for is not deferred"


def test_another_reviewer_agrees_with_one_press(house: House, page_for: PageFor, case: str) -> None:
    page = page_for("ben")
    page.goto(f"/cases/{case}/")
    hands = Hands(page)
    hands.go("c")
    asked = page.locator(".proposal")
    expect(asked).to_contain_text("Ana Achieng asks to defer this past the cutover")
    expect(asked).to_contain_text(WHY)
    accessible(page)
    hands.count()
    hands.go("q")
    assert hands.count() == 1
    expect(page.locator("#flashes")).to_contain_text(re.compile(f"{case}: .* recorded"))
    give_back(hands)
    assert house.rows(STANDS, case) == [("deferred", True, False, "DEFER", "second", "ben")]

    page.goto("/cases/")
    page.get_by_role("link", name=re.compile("^Past cutover")).focus()
    hands.go("Enter")
    expect(page.get_by_role("link", name=case, exact=True)).to_be_visible()
    accessible(page)
