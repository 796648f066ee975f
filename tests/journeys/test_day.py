"""A reviewer's home by keyboard: claim from a queue, come back to the case with its draft, and pause."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageFor

pytestmark = pytest.mark.journey
CASE = re.compile(r"/cases/EX-\d+/")


def home(page: Page, part: str) -> None:
    """Go home and wait until this part of it has come."""
    page.goto("/")
    page.wait_for_selector(part)


def test_a_reviewer_claims_continues_and_pauses_from_the_home_page(page_for: PageFor) -> None:
    page = page_for("ben")
    home(page, "#queues [data-key='1']")
    page.keyboard.press("1")
    page.wait_for_url(CASE)
    case = page.url.partition("?")[0]

    page.locator("textarea[name=note]").first.fill("Half written")
    home(page, ".resume")
    expect(page.locator(".resume")).to_contain_text(case.rstrip("/").rpartition("/")[2])
    expect(page.locator(".resume [data-draft-mark]")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(CASE)
    assert page.url.startswith(case)
    expect(page.locator("textarea[name=note]").first).to_have_value("Half written")

    home(page, ".resume")
    page.get_by_role("button", name="Pause: release claims").click()
    expect(page.get_by_text("open again.").first).to_be_visible()
    expect(page.locator("#held")).to_contain_text("No case.")
    expect(page.locator(".resume")).to_have_count(0)
