"""A reviewer's hands: on the keyboard alone, with every press counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

AT = "document.activeElement"
LEAVE = "() => { document.querySelector('#main').dataset.left = '' }"
CAME = """() => document.readyState === 'complete' && document.querySelector('#main:not([data-left])')
  && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"""


@contextmanager
def arriving(page: Page) -> Iterator[None]:
    """What happens inside leads to another page, or swaps its content; wait for what comes."""
    page.evaluate(LEAVE)
    yield
    page.wait_for_function(CAME)


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
        """Press keys of which the last leads to another page, or swaps its content, and wait for what comes."""
        with arriving(self.page):
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
