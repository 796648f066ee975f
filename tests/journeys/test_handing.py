"""By keyboard: a reviewer hands a claimed case over; the colleague finds it first on their home and claims it."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageFor
from tests.journeys.hands import Hands
from tests.journeys.house import House

pytestmark = pytest.mark.journey
#: No other case is about one of its records, so nothing keeps it from being claimed.
OPEN_PAIR = """
SELECT 'EX-' || c.id FROM cases_case c
WHERE c.state = 'open' AND c.size = 2 AND c.severity < 3 AND c.assignee_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM cases_case o WHERE o.id <> c.id AND o.record_keys && c.record_keys)
ORDER BY c.id DESC LIMIT 1
"""
ASSIGNED = "SELECT u.username FROM cases_case c JOIN people_user u ON u.id = c.assignee_id WHERE 'EX-' || c.id = %s"
HELD = "SELECT u.username FROM cases_claim l JOIN people_user u ON u.id = l.by_id WHERE 'EX-' || l.case_id = %s"
WHY = "The mother is known to you."
RULES = {"preload": False, "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@pytest.fixture(scope="module")
def case(house: House) -> str:
    """One case that passes from hand to hand."""
    return str(house.one(OPEN_PAIR))


def accessible(page: Page) -> None:
    """Axe finds nothing on the page as it stands."""
    found = Axe().run(page, options=RULES).response["violations"]
    assert not found, [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


def choose(hands: Hands, name: str) -> None:
    """Choose an option of the list that has the focus, as one does without a pointer: by typing how it begins."""
    hands.write(name)
    expect(hands.page.locator("[name=to] option:checked")).to_contain_text(name)


def test_a_claimed_case_is_handed_over_with_a_reason(house: House, page_for: PageFor, case: str) -> None:
    page = page_for("ana")
    page.goto(f"/cases/{case}/")
    hands = Hands(page)
    hands.go("c")
    assert house.one(HELD, case) == "ana"
    hands.go("o")
    expect(page.locator("h1")).to_have_text("Hand over")
    expect(page.locator("#main")).to_contain_text("Ana Achieng has claimed")
    accessible(page)
    hands.tab_to("to")
    choose(hands, "Ben")
    hands.tab_to("why").go("Control+Enter")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("[name=to] option:checked")).to_contain_text("Ben")
    accessible(page)
    hands.tab_to("why").write(WHY).go("Control+Enter")
    expect(page.locator("#flashes")).to_contain_text(f"{case} is assigned to Ben Byaruhanga.")
    assert (house.one(ASSIGNED, case), house.one(HELD, case)) == ("ben", None)


def test_no_other_reviewer_claims_it(page_for: PageFor, case: str) -> None:
    page = page_for("ana")
    page.goto(f"/cases/{case}/")
    expect(page.locator("#main")).to_contain_text("assigned to Ben Byaruhanga")
    expect(page.locator("#main")).to_contain_text("Ask them or a lead")
    assert WHY not in page.content(), "why is masked like a note"
    Hands(page).press("o")
    assert page.url.endswith(f"/cases/{case}/"), "it is not theirs to hand over"


def test_the_colleague_finds_it_first_on_their_home_and_claims_it(house: House, page_for: PageFor, case: str) -> None:
    page = page_for("ben")
    page.goto("/notices/")
    expect(page.locator("#main")).to_contain_text(f"Ana Achieng handed {case} over to you.")
    assert WHY not in page.content()

    page.goto("/")
    first = page.locator("#back li").first
    expect(first).to_contain_text("Assigned to you")
    expect(first).to_contain_text(case)
    accessible(page)
    button = first.get_by_role("button")
    for _ in range(60):
        if button.evaluate("node => node === document.activeElement"):
            break
        page.keyboard.press("Tab")
    Hands(page).go("Enter")
    expect(page).to_have_url(re.compile(f"/cases/{case}/"))
    assert house.one(HELD, case) == "ben"
    expect(page.locator(".casebar")).to_contain_text("assigned to you")
    expect(page.locator("#main")).to_contain_text("A reason is attached")
    accessible(page)


def test_it_returns_to_the_queue_by_the_same_key(house: House, page_for: PageFor, case: str) -> None:
    page = page_for("ben")
    page.goto(f"/cases/{case}/")
    hands = Hands(page)
    hands.go("o")
    hands.tab_to("to")
    choose(hands, "No colleague")
    hands.tab_to("why").write("Ana may finish it.").go("Control+Enter")
    expect(page.locator("#flashes")).to_contain_text(f"{case} is no longer assigned.")
    assert house.one(ASSIGNED, case) is None
    page.goto(f"/cases/{case}/")
    Hands(page).go("b")
    assert house.one(HELD, case) is None
