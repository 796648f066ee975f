"""The signing pages and the board pack in a real browser: they fit, axe finds nothing, and the pack is two sheets."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import sync_playwright

from console.people.models import User
from governance.gates import actions
from governance.gates.models import Gate, Phase
from governance.risks import actions as risks
from governance.risks.models import Domain
from governance.subjects import of_wave
from tests import factories
from tests.gates.signing.scene import PROOF, Scene
from tests.ui.browser import CHROMIUM, Desk

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320)]


def cutover(scene: Scene) -> Gate:
    """A gate as large as they come: the cutover's criteria, the register's risks, seven seats that have all voted."""
    titles = (
        "Chief information officer",
        "Chief medical information officer",
        "Chief nursing officer",
        "Director of pharmacy",
        "Privacy officer",
        "Chief information security officer",
        "Data migration lead",
    )
    people = [factories.make_user(f"member{n}", role="board") for n in range(len(titles))]
    gate = actions.make_gates(subject=of_wave(scene.gate.wave), phases=[Phase.CUTOVER], by=scene.sam)[0]
    risks.use_template(wave=gate.wave, owner=scene.sam, by=scene.sam)
    places = [
        actions.Place(f"seat{n}", title, people[n], chair=n == 0, vetoes=(Domain.CLINICAL,) if n == 1 else ())
        for n, title in enumerate(titles)
    ]
    actions.change_policy(gate=gate, places=places, quorum=5, go_needed=5, reason="The board.", seen=0, by=scene.sam)
    package = actions.seal(gate=gate, by=scene.sam)
    for number, person in enumerate(people):
        choice, why = ("go", "") if number % 3 else ("no-go", "Three matches that could hurt a patient are unresolved.")
        actions.vote(package=package, choice=choice, seen=package.digest, proof=PROOF, by=person, rationale=why)
    actions.consolidate(package=package, by=people[0])
    actions.decide(
        package=package,
        outcome="no-go",
        seen=package.digest,
        proof=PROOF,
        by=people[0],
        statement="The board meets again once the critical cases are resolved and the rehearsal has been repeated.",
    )
    return gate


def page(by: User, path: str, **typed: Any) -> str:
    client = Client()
    client.force_login(by)
    answer = client.post(path, typed) if typed else client.get(path)
    assert answer.status_code in {200, 422}, answer.content.decode()
    return answer.content.decode()


def test_they_fit_axe_finds_nothing_and_the_pack_is_two_sheets(scene: Scene, tmp_path: Path) -> None:
    large = cutover(scene)
    package = scene.seal()
    sign, decide = f"/gates/{scene.gate.ref}/sign/", f"/gates/{scene.gate.ref}/decide/"
    pages = {sign: page(scene.mira, sign)}
    pages["/refused/"] = page(scene.mira, sign, seen=package.digest, choice="go-with-conditions", rationale="")
    for person in (scene.bo, scene.mira, scene.nora, scene.paul):
        scene.vote(package, person)
    actions.consolidate(package=package, by=scene.bo)
    pages[decide] = page(scene.bo, decide)
    pages["/pack/"] = page(scene.sam, f"/gates/{large.ref}/pack/")
    kept = Path(os.environ.get("CONCORD_PICTURES", tmp_path))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for scheme, width in VIEWS:
            desk = Desk(browser, pages, color_scheme=scheme, viewport={"width": width, "height": 900})
            for path in pages:
                opened = desk.open(path)
                opened.screenshot(
                    path=kept / f"{path.strip('/').replace('/', '-')}-{scheme}-{width}.png", full_page=True
                )
                fits = opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
                assert fits, f"{path} scrolls sideways at {width}"
                found = Axe().run(opened, options={"runOnly": WCAG, "preload": False}).response["violations"]
                assert [(path, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
            assert desk.faults == []
            desk.context.close()
        desk = Desk(browser, pages)
        desk.open("/pack/").emulate_media(media="print")
        desk.page.set_viewport_size({"width": 718, "height": 1050})  # A4 without its margins, in CSS pixels
        desk.page.screenshot(path=kept / "pack-print.png", full_page=True)
        printed = desk.page.pdf(path=kept / "pack.pdf", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2
        browser.close()
