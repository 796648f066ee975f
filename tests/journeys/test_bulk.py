"""A lead changes cases in bulk by keyboard alone: select, preview, carry out, undo. No findings by axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PageFor
from tests.journeys.hands import Hands
from tests.journeys.house import House
from tests.journeys.test_pages import looked_at

pytestmark = pytest.mark.journey
CHANGED = "SELECT count(*) FROM cases_case WHERE state = 'open' AND priority %% 100 = 17"


def test_a_lead_prioritises_two_cases_by_keyboard_alone(house: House, page_for: PageFor) -> None:
    page = page_for("lena")
    page.goto("/cases/?severity=low")  # reviewers of other journeys are kept ready from the top
    hands = Hands(page)
    buttons = page.locator("[data-selection-act]")
    expect(buttons.first).to_be_disabled()
    hands.press("j", "x", "j", "x")
    expect(page.locator("[data-selection-count]")).to_have_text("2 selected")
    expect(buttons.first).to_be_enabled()
    assert looked_at(page) == []

    hands.go("s")
    expect(page.locator("h1")).to_have_text("Prioritise 2 cases")
    hands.write("17").go("Control+Enter")
    expect(page.locator("h1")).to_have_text("Give 2 cases priority 17")
    expect(page.locator(".bulk__sum")).to_contain_text("2 will change")
    expect(page.get_by_role("button", name="Prioritise 2 cases")).to_be_visible()
    assert int(house.one(CHANGED)) == 0, "a preview changes nothing"
    assert looked_at(page) == []

    hands.tab_to("reason").write("The ward asks for them.").go("Control+Enter")
    expect(page.locator(".bulk__sum")).to_contain_text("2 changed")
    assert int(house.one(CHANGED)) == 2
    assert looked_at(page) == []

    hands.go("u")
    expect(page.get_by_text("2 cases undone")).to_be_visible()
    assert int(house.one(CHANGED)) == 0


def test_a_range_the_page_and_the_whole_list(page_for: PageFor) -> None:
    page = page_for("lena")
    page.goto("/cases/?severity=low")  # reviewers of other journeys are kept ready from the top
    boxes = page.locator("input[name=case]")
    said = page.locator("[data-selection-count]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(said).to_have_text("4 selected")
    page.locator("[data-selection-page]").check()
    expect(said).to_have_text(f"{boxes.count()} selected")
    page.locator("[data-selection-all]").check()
    expect(said).to_contain_text("of this list selected")
    boxes.nth(2).click()
    expect(said).to_have_text(f"{boxes.count() - 1} selected")
    expect(page.locator("[data-selection-all]")).not_to_be_checked()
