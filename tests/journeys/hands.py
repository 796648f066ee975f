"""A reviewer's hands: on the keyboard alone, with every press counted."""

from __future__ import annotations

from playwright.sync_api import Page

AT = "document.activeElement"


class Hands:
    """Presses keys and types on one page; knows no pointer. ``presses`` counts keys since ``count`` was last called."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0

    def press(self, *keys: str) -> Hands:
        """Press these keys one after the other; a chord such as Control+Enter is one press."""
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1
        return self

    def write(self, text: str) -> Hands:
        """Type words; counted as presses, one a character."""
        self.page.keyboard.type(text)
        self.presses += len(text)
        return self

    def go(self, *keys: str) -> Hands:
        """Press keys of which the last leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            self.press(*keys)
        return self

    def tab_to(self, name: str) -> Hands:
        """Press Tab until the field of that name has the focus."""
        for _ in range(40):
            if self.page.evaluate(f"{AT}.name") == name:
                return self
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {name}.")

    def count(self) -> int:
        """How many presses there were since the last count."""
        done, self.presses = self.presses, 0
        return done
