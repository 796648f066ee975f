"""Every page of the journeys, light and dark, wide and at 400 % zoom: for those who see, and those who do not."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import PageFor
from tests.journeys.house import House
from tests.journeys.stops import Stop, stops

pytestmark = pytest.mark.journey
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: All of WCAG by light; by dark only what depends on colours. axe's preload would fetch styles inline: forbidden here.
BY_LIGHT: dict[str, Any] = {"runOnly": WCAG, "preload": False, "resultTypes": ["violations"]}
BY_DARK: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}} | {
    key: BY_LIGHT[key] for key in ("preload", "resultTypes")
}
#: 1280 pixels at 400 % zoom leave 320.
WIDTHS = (1280, 320)
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
#: Colours follow the scheme with the next frame that is drawn.
NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
SQUEEZED = """[...document.querySelectorAll(".sheet td[data-record]")]
  .some(cell => cell.checkVisibility() && cell.clientWidth < 64)"""
#: Goes through what can have the focus and says what shows no sign of it, or has it under the bar at the top.
UNSEEN_FOCUS = """() => {
  const found = [];
  const open = document.querySelector("dialog[open]") ?? document;
  for (const one of open.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (one.disabled || one.type === "hidden" || !one.checkVisibility({visibilityProperty: true})) continue;
    one.focus({focusVisible: true});
    if (document.activeElement !== one) continue;
    const style = getComputedStyle(one), ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const place = one.getBoundingClientRect();
    const bar = document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
    const says = one.outerHTML.slice(0, 120);
    if (!ring && style.boxShadow === "none") found.push("no ring: " + says);
    const above = !one.closest(".bar, .skip-link, dialog") && place.height && place.bottom <= bar;
    if (above) found.push("under the bar: " + says);
  }
  document.activeElement.blur();
  scrollTo(0, 0);
  return found;
}"""


@pytest.fixture(scope="module")
def places(house: House) -> list[Stop]:
    """All pages, once the console has taken in runs that are in trouble."""
    house.stage("later")
    if not house.one("SELECT count(*) FROM cases_decision"):
        house.stage("decided")
    return stops(house)


@pytest.mark.parametrize("who", [None, "ana", "lena", "omar", "bo", "cora", "ada"])
def test_every_page_is_for_everybody(who: str | None, places: list[Stop], page_for: PageFor) -> None:
    page = page_for(who)
    faults: list[str] = []
    for stop in [each for each in places if each.who == who]:
        answer = page.goto(stop.path)
        assert answer is not None
        if answer.status != stop.status:
            faults.append(f"{stop.name}: status {answer.status}, not {stop.status}")
        if stop.then:
            stop.then(page)
        faults += [f"{stop.name}: {fault}" for fault in looked_at(page)]
    assert not faults, "\n".join(faults)


def looked_at(page: Page) -> list[str]:
    """What is wrong with the page as it is, wide and narrow, light and dark."""
    faults: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, options in (("light", BY_LIGHT), ("dark", BY_DARK)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = _violations(page, options)
            faults += [
                f"{width} {scheme}: {rule['id']}: {node['html'][:160]} {node['failureSummary'][-160:]}"
                for rule in found
                for node in rule["nodes"][:3]
            ]
        if page.evaluate(SQUEEZED):
            faults.append(f"{width}: a record's values have no room")
        if page.evaluate(SIDEWAYS):
            faults.append(f"{width}: scrolls sideways")
        faults += [f"{width}: {fault}" for fault in page.evaluate(UNSEEN_FOCUS)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})
    return faults


def _violations(page: Page, options: dict[str, Any]) -> list[dict[str, Any]]:
    """What axe finds. Just after a change of scheme some colours may still be the former ones: then it looks again."""
    found: list[dict[str, Any]] = []
    for _ in range(3):
        page.evaluate(NEXT_FRAME)
        found = Axe().run(page, options=options).response["violations"]
        if not any(rule["id"] == "color-contrast" for rule in found):
            break
        page.wait_for_timeout(200)
    return found
