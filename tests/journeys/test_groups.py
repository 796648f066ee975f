"""Records are put into groups by keyboard alone: the sheet, the sentence, the button, and the decision made of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageFor
from tests.journeys.hands import Hands
from tests.journeys.house import House

pytestmark = pytest.mark.journey
#: No other case is about one of its records, so nothing keeps it from being claimed.
OPEN_CLUSTER = """
SELECT 'EX-' || c.id FROM cases_case c
WHERE c.state = 'open' AND c.size >= 3
  AND NOT EXISTS (SELECT 1 FROM cases_case o WHERE o.id <> c.id AND o.record_keys && c.record_keys)
ORDER BY c.size DESC, c.id LIMIT 1
"""
BUTTON = "[data-effect-button]"


def brackets(page: Page) -> list[str]:
    """What stands over the columns, from left to right."""
    return page.locator("[data-brackets] .bracket").all_inner_texts()


def letters(page: Page) -> str:
    """The records in the order of their columns."""
    return "".join(page.locator(".sheet__head .letter").all_inner_texts())


def test_a_reviewer_groups_records_by_keyboard_alone(house: House, page_for: PageFor) -> None:
    page = page_for("ben")
    case = house.one(OPEN_CLUSTER)
    page.goto(f"/cases/{case}/")
    hands = Hands(page)
    hands.go("c")
    button = page.locator(BUTTON)
    expect(button).to_have_text("Save")

    hands.press("1")
    expect(button).to_have_text("Link all three records" if len(letters(page)) == 3 else "Link all four records")
    hands.press("2")
    assert button.inner_text().startswith("Keep all ")

    hands.press("Shift+A", "Shift+C")
    expect(button).to_have_text(re.compile("Link A and C; keep B"))
    assert letters(page).startswith("ACB"), "a group stands together"
    assert brackets(page)[0] == "1 · A and C will be linked"
    expect(page.locator("[data-effect-say]")).to_contain_text("Link A and C")
    expect(page.locator("input[name=verdict][data-key='3']")).to_be_checked()

    _digits_and_arrows(hands)
    _unsure(hands)
    _keys_by_verdict(page)
    _equal_rows_stay_as_they_were_left(hands, case)
    _another_pair_keeps_the_groups(hands)

    _refusals_lead_to_their_field(hands)
    hands.press("a").write("T")
    if page.locator("input[name=confirmed]:visible").count():
        page.locator(BUTTON).focus()
        hands.press("z")
    hands.go("Control+Enter")
    decided = "SELECT content::text FROM cases_decision WHERE case_id = %s ORDER BY id DESC LIMIT 1"
    assert '"groups": [[0, 2], [1' in house.one(decided, int(case[3:]))


def _digits_and_arrows(hands: Hands) -> None:
    """``3`` leads to the first record; arrows go from record to record, digits put one into a group."""
    page = hands.page
    hands.press("3")
    focused = "document.activeElement.name"
    assert page.evaluate(focused) == "group_0"
    hands.press("ArrowRight")
    assert page.evaluate(focused) == "group_2"
    hands.press(str(len(letters(page))))
    assert page.locator(BUTTON).inner_text().startswith("Keep all "), "a number that no group has leaves it alone"
    assert page.evaluate(focused) == "group_2", "the focus stays with the record"
    hands.press("1")
    assert page.locator(BUTTON).inner_text().startswith("Link A and C; keep B")
    hands.press("Escape")
    assert page.evaluate(focused) == "verdict"


def _refusals_lead_to_their_field(hands: Hands) -> None:
    """What is refused leads to the field to mend, and its reason stays in view above the form."""
    page = hands.page
    focused = "document.activeElement.name"
    for field, mend in (("reason", "i"), ("apart_reason", "Escape")):
        hands.go("Control+Enter")
        expect(page.locator(".decide > .error-summary")).to_be_in_viewport()
        expect(page.locator("[data-save-button]")).to_be_in_viewport()
        assert page.evaluate(focused) == field
        assert page.locator(BUTTON).inner_text().startswith("Link A and C; keep B"), "the groups are kept"
        hands.press(mend)


def _unsure(hands: Hands) -> None:
    """``u`` takes the record out of its group; what is said, and why it cannot be saved; kept over a reload."""
    page = hands.page
    hands.press("3", "u")
    button, why = page.locator(BUTTON), page.locator("[data-effect-blocked]")
    expect(button).to_have_text(re.compile("A unsure$"))
    expect(why).to_have_text("A is unsure: ask, defer or escalate, or put it in a group.")
    expect(page.locator("[data-save-button]")).to_be_disabled()
    assert brackets(page)[-1] == "unsure"
    assert letters(page)[-1] == "A"
    page.reload()
    expect(button).to_have_text(re.compile("A unsure$"))
    assert brackets(page)[-1] == "unsure"
    hands.press("Shift+A", "Shift+C")
    expect(page.locator("[data-save-button]")).to_be_enabled()


def _keys_by_verdict(page: Page) -> None:
    """``?`` lists each verdict with its key and its reasons: one key may mean two reasons."""
    page.keyboard.press("?")
    listed = page.locator("[data-keys-list]")
    groups = listed.locator(".keys__group").all_inner_texts()
    assert groups[:3] == ["Same person", "Different people", "Groups"]
    assert groups[-1] == "Everywhere"
    apart = listed.locator(".keys__rows").nth(1).inner_text()
    assert "Different people" in apart
    assert "Identifiers conflict" in apart
    page.keyboard.press("Escape")


def _equal_rows_stay_as_they_were_left(hands: Hands, case: str) -> None:
    """``=`` shows the equal rows; so does the next visit, until they are folded again."""
    page = hands.page
    shown = page.locator("[data-unfold]")
    if not shown.count():
        return
    hands.press("=")
    page.reload()
    expect(shown).to_be_checked()
    kept = page.evaluate("Object.entries(localStorage).filter(([key]) => key.includes('unfold'))")
    assert len(kept) == 1
    assert case not in str(kept)
    hands.press("=")
    page.reload()
    expect(shown).not_to_be_checked()


def _another_pair_keeps_the_groups(hands: Hands) -> None:
    page = hands.page
    before = page.locator("#comparison-title").inner_text()
    hands.press("v")
    expect(page.locator("#comparison-title")).not_to_have_text(before)
    assert page.locator(BUTTON).inner_text().startswith("Link A and C; keep B")
    assert letters(page).startswith("ACB")
