"""From saving a decision to the next case painted, in Chromium, on the demonstration.

``python -m benchmarks.next_case URL [CASES]`` drives the reviewer Ana Achieng of a demonstration that runs already:
``n``, then for each case a verdict, a reason and Ctrl+Enter. Measured is from that press to the second frame after
the next case stands in the page. Prints the median, the 95th percentile and how many whole pages were loaded.
"""

from __future__ import annotations

import shutil
import sys
from typing import Final

from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import median, p95

BUDGET_MS: Final = 150.0
CASES: Final = 20
_CHROMIUM = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), "")
#: A reviewer looks at a case; meanwhile the next one is claimed.
LOOKS_MS: Final = 900
_WATCH = """
(() => {
  const key = "bench", read = () => JSON.parse(sessionStorage.getItem(key) || '{"pressed": 0, "took": [], "loads": 0}');
  const write = (state) => sessionStorage.setItem(key, JSON.stringify(state));
  const state = read(); state.loads += 1; write(state);
  let shown = "";
  const painted = (ref) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const now = read();
    if (now.pressed) { now.took.push([ref, Date.now() - now.pressed]); now.pressed = 0; write(now); }
  }));
  const look = () => {
    const ref = document.querySelector("main h1")?.textContent.trim() || "";
    if (ref.startsWith("EX-") && ref !== shown) { shown = ref; painted(ref); }
  };
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) { const now = read(); now.pressed = Date.now(); write(now); }
  }, true);
  addEventListener("DOMContentLoaded", () => {
    look();
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  });
})();
"""


def measure(url: str, cases: int = CASES) -> tuple[list[float], int]:
    """Milliseconds of each saving, and how many whole pages were loaded for them."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=url, viewport={"width": 1440, "height": 900})
        page.goto("/accounts/login/")
        page.get_by_text("Ana Achieng").first.click()
        page.wait_for_url(lambda address: "/login" not in address)
        page.add_init_script(_WATCH)
        page.keyboard.press("n")
        page.wait_for_selector("form.decide")
        loads = _state(page)["loads"]
        for number in range(cases):
            page.wait_for_timeout(LOOKS_MS)
            _decide(page, number + 1)
        found = _state(page)
        browser.close()
    return [float(took) for _, took in found["took"]], found["loads"] - loads


def _decide(page: Page, wanted: int) -> None:
    page.keyboard.press("2")
    for key in ("s", "d"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    page.wait_for_function("(wanted) => JSON.parse(sessionStorage.bench).took.length >= wanted", arg=wanted)


def _state(page: Page) -> dict[str, int | list[list[object]]]:
    return page.evaluate("() => JSON.parse(sessionStorage.bench)")


def main(url: str, cases: str = str(CASES)) -> None:
    """Print the figures."""
    took, loads = measure(url, int(cases))
    print(
        f"save to next case painted: median {median(took):.0f} ms, p95 {p95(took):.0f} ms "
        f"(budget {BUDGET_MS:.0f} ms) of {len(took)} cases; {loads} whole pages loaded"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
