"""Signing in as a person does."""

from __future__ import annotations

from playwright.sync_api import Page


def sign_in(page: Page, username: str, password: str) -> None:
    """Open the sign-in page and sign in by keyboard."""
    page.goto("/accounts/login/")
    by_keyboard(page, username, password)
    page.wait_for_url(lambda url: "/login" not in url)


def by_keyboard(page: Page, username: str, password: str) -> None:
    """Fill the sign-in form that is open, from wherever the focus is, and send it."""
    for _ in range(12):
        if page.evaluate("document.activeElement.name") == "login":
            break
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "login", "Tab does not lead to the user name."
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
