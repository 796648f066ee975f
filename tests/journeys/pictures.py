"""Takes the picture of the review page that the README shows: ``python -m tests.journeys.pictures [DIRECTORY]``.

Starts a console of its own with the first run of the demonstration hospital, claims a case in which the records agree
and disagree, reveals it and takes its picture at 1280 by 800, by light. All people in it are synthetic.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.journeys.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.house import ROOT, House, running
from tests.journeys.signing_in import sign_in
from tests.journeys.stops import press

#: Two records that agree, nearly agree and disagree, with few empty fields.
TELLING = """
SELECT 'EX-' || c.id FROM cases_case c JOIN cases_exception e ON e.id = c.latest_exception_id,
  LATERAL (SELECT e.payload::jsonb -> 'match' -> 'pairs' -> 0 -> 'comparisons' AS levels) AS l
WHERE c.state = 'open' AND c.size = 2
ORDER BY (SELECT count(DISTINCT v ->> 'level') FROM jsonb_array_elements(l.levels) v WHERE v ->> 'level' <> 'missing')
       - (SELECT count(*) FROM jsonb_array_elements(l.levels) v WHERE v ->> 'level' = 'missing') DESC, c.id LIMIT 1
"""


def review(house: House, page: Page, out: Path) -> None:
    """Claim, reveal, choose a verdict, and take the picture."""
    sign_in(page, "ana", house.password("ana"))
    page.goto(f"/cases/{house.one(TELLING)}/")
    press("Claim")(page)
    press("Reveal")(page)
    page.keyboard.press("2")
    page.mouse.move(0, 0)
    page.screenshot(path=out / "review.png")


def main(out: Path) -> None:
    """Take it."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="concord-pictures-") as name, sync_playwright() as driver:
        home = Path(name)
        home.chmod(0o711)
        with running(home) as house:
            house.stage()
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            context = browser.new_context(
                base_url=house.url, viewport={"width": 1280, "height": 800}, color_scheme="light"
            )
            review(house, context.new_page(), out)
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures")
