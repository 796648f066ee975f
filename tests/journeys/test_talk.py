"""By keyboard: a comment that mentions a colleague, a question to a mailbox, its answer, and who asked sees it."""

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
WHERE c.state = 'open' AND c.size = 2 AND c.severity < 3
  AND NOT EXISTS (SELECT 1 FROM cases_case o WHERE o.id <> c.id AND o.record_keys && c.record_keys)
ORDER BY c.id DESC LIMIT 1
"""
QUESTION = "Which date does the paper record give?"
ANSWER = "The paper record gives 12 March."
RULES = {"preload": False, "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@pytest.fixture(scope="module")
def case(house: House) -> str:
    """One case for the whole talk."""
    return str(house.one(OPEN_PAIR))


def accessible(page: Page) -> None:
    """Axe finds nothing on the page as it stands."""
    found = Axe().run(page, options=RULES).response["violations"]
    assert not found, [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


def test_a_comment_mentions_a_colleague_from_the_list(house: House, page_for: PageFor, case: str) -> None:
    page = page_for("ana")
    page.goto(f"/cases/{case}/")
    hands = Hands(page)
    hands.press("m")
    page.wait_for_function("document.activeElement.name === 'text'")
    hands.write("@be")
    expect(page.locator("#mentions [role=option]").first).to_contain_text("Ben Byaruhanga")
    accessible(page)
    hands.press("Enter").write("look at the second date.")
    expect(page.locator("textarea[name=text]")).to_have_value("@ben look at the second date.")
    hands.press("Control+Enter")
    expect(page.locator("#comments .comments__item").first).to_contain_text("Ana Achieng")
    assert house.one("SELECT text FROM comments_comment ORDER BY id DESC LIMIT 1") == "@ben look at the second date."

    other = page_for("ben")
    other.goto("/notices/")
    expect(other.locator("#main")).to_contain_text("Ana Achieng mentioned you in a comment.")
    assert "second date" not in other.content()


def test_a_refused_mention_keeps_the_text(page_for: PageFor, case: str) -> None:
    page = page_for("ana")
    page.goto(f"/cases/{case}/")
    Hands(page).press("m").write("Ask @no-such-user.").press("Escape", "m", "Control+Enter")
    expect(page.locator("#comments .error-summary")).to_contain_text("no-such-user")
    expect(page.locator("textarea[name=text]")).to_have_value("Ask @no-such-user.")


def test_a_mailbox_is_asked_and_answers(house: House, page_for: PageFor, case: str) -> None:
    page = page_for("ana")
    page.goto(f"/cases/{case}/")
    hands = Hands(page)
    hands.go("c")
    hands.press("5", "a").tab_to("asked_of")
    expect(page.locator("#addressees option[value*='clinic-fpl']")).to_have_count(1)
    hands.write("clinic-fpl").tab_to("note").write(QUESTION)
    accessible(page)
    page.locator("form.decide [name=then][value=stay]").focus()
    hands.go("Enter")
    expect(page.locator("#question")).to_contain_text("Waiting for Clinic FPL records office")

    clerk = page_for("omar")
    clerk.goto("/questions/")
    answering = Hands(clerk)
    clerk.get_by_role("link", name=case, exact=True).focus()
    answering.go("Enter")
    expect(clerk.locator("#main")).to_contain_text(QUESTION)
    assert clerk.locator(f"a[href='/cases/{case}/']").count() == 0, "who serves a mailbox need not see cases"
    accessible(clerk)
    answering.tab_to("answer").write(ANSWER)
    answering.go("Control+Enter")
    expect(clerk.locator("#flashes")).to_contain_text("Ana Achieng has been notified")

    page.goto("/")
    expect(page.locator("#answers")).to_contain_text(case)
    page.goto(f"/cases/{case}/")
    expect(page.locator("#question")).to_contain_text(re.compile("Omar Okot .* answered"))
    hands.go("r")
    expect(page.locator("#question")).to_contain_text(ANSWER)
    accessible(page)
