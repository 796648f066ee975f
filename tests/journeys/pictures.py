"""Takes the pictures that the README and the how-tos show: ``python -m tests.journeys.pictures [review] [gate]``.

``review``: a console with the first run of the demonstration hospital, a case in which the records agree and disagree,
claimed and revealed. ``gate``: the demonstration as it is set up, the cutover gate of wave 1. All people are synthetic.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
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

CUTOVER = """
SELECT g.id FROM gates_gate g JOIN waves_wave w ON w.id = g.wave_id
WHERE w.slug = 'wave-1-outpatients' AND g.phase = 'cutover'
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


def gate(house: House, page: Page, out: Path) -> None:
    """The cutover gate of wave 1 as a board member finds it: red, and why."""
    sign_in(page, "bo", house.password("bo"))
    page.goto(f"/gates/GATE-{house.one(CUTOVER)}/")
    page.mouse.move(0, 0)
    page.screenshot(path=out / "gate.png")


Take = Callable[[House, Page, Path], None]


def take(names: list[str], out: Path) -> None:
    """Take these pictures, or all: each in a console of its own, by light, 1280 by 800."""
    out.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, tuple[Take, bool]] = {"review": (review, False), "gate": (gate, True)}
    for chosen in names or pictures:
        picture, demo = pictures[chosen]
        with tempfile.TemporaryDirectory(prefix="concord-pictures-") as name, sync_playwright() as driver:
            home = Path(name)
            home.chmod(0o711)
            with running(home, demo=demo) as house:
                if not demo:
                    house.stage()
                browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                context = browser.new_context(
                    base_url=house.url, viewport={"width": 1280, "height": 800}, color_scheme="light"
                )
                picture(house, context.new_page(), out)
                browser.close()


if __name__ == "__main__":
    take(sys.argv[1:], ROOT / "docs" / "pictures")
