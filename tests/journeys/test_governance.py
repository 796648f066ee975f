"""The board's story in the demonstration, end to end: red and why, cleared, sealed, signed, decided, and withdrawn."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PageFor
from tests.journeys.hands import Hands
from tests.journeys.house import House
from tests.journeys.stops import press
from tests.journeys.test_pages import looked_at
from tests.journeys.test_reviewer import SAVE, flash

pytestmark = pytest.mark.journey
WAVE = "wave-1-outpatients"
NAMES = {"bo": "Bo Bagonza", "mira": "Mira Mbabazi", "nora": "Nora Nansubuga", "paul": "Paul Pacutho"}
#: Unresolved critical cases of the wave, oldest first.
CRITICAL = """
SELECT c.id, e.payload::jsonb -> 'reasons' ->> 0 FROM cases_case c JOIN waves_wave w ON w.id = c.wave_id
JOIN cases_exception e ON e.id = c.latest_exception_id
WHERE w.slug = %s AND c.severity = 4 AND c.state IN ('open', 'claimed', 'deferred', 'waiting') ORDER BY c.id
"""
#: By what stands out on a case: the keys of its verdict and reason.
ANSWERS = {"possible_twin": "2t", "conflicting_sex": "1e", "conflicting_birth_date": "2h"}
LATEST = "SELECT max(p.id) FROM gates_decisionpackage p WHERE p.gate_id = %s"


@dataclass(frozen=True)
class Board:
    """The gate that the story is about, and what happened at it so far."""

    house: House
    gate: int

    @property
    def ref(self) -> str:
        """Its name."""
        return f"GATE-{self.gate}"

    @property
    def path(self) -> str:
        """Its page."""
        return f"/gates/{self.ref}/"

    @property
    def digest(self) -> str:
        """The digest of its latest package."""
        return str(self.house.one(f"SELECT digest FROM gates_decisionpackage WHERE id = ({LATEST})", self.gate))


@pytest.fixture(scope="module")
def board(demo: House) -> Board:
    """The cutover gate of wave 1."""
    found = demo.one(
        "SELECT g.id FROM gates_gate g JOIN waves_wave w ON w.id = g.wave_id WHERE w.slug = %s AND g.phase = 'cutover'",
        WAVE,
    )
    return Board(demo, found)


def fair(page: Page) -> None:
    """The page is for everybody: axe finds nothing, by light and dark, wide and narrow."""
    assert not looked_at(page), f"{page.url}:\n" + "\n".join(looked_at(page))


def above_the_fold(page: Page, what: Locator) -> bool:
    """Whether it is seen without scrolling."""
    box = what.bounding_box()
    assert box is not None
    return box["y"] + box["height"] <= (page.viewport_size or {"height": 0})["height"]


def test_a_board_member_sees_at_once_what_blocks_and_is_two_clicks_from_the_records(
    board: Board, demo_page_for: PageFor
) -> None:
    page = demo_page_for("bo")
    page.goto("/gates/")
    fair(page)
    with page.expect_navigation():
        page.locator(f"main a[href='{board.path}']").first.click()
    assert page.url.endswith(board.path)
    says = page.locator("#gate-standing")
    expect(says).to_contain_text("Unresolved critical cases: 3")
    expect(says).to_contain_text("Who must act:")
    assert above_the_fold(page, says)
    others = board.house.rows(
        "SELECT c.code FROM gates_criterion c WHERE c.gate_id = %s AND c.retired_at IS NULL", board.gate
    )
    assert len(others) == 13
    assert page.locator("#criteria").get_by_text("Fail", exact=True).count() == 1
    assert page.locator("#criteria").get_by_text("Pass", exact=True).count() == 12
    fair(page)

    with page.expect_navigation():
        page.locator("#criteria a[href*='/cases/?']").first.click()
    rows = page.locator("main a[href*='/cases/EX-']")
    wanted = {f"EX-{case}" for case, _ in board.house.rows(CRITICAL, WAVE)}
    assert {re.findall(r"EX-\d+", link.get_attribute("href") or "")[0] for link in rows.all()} == wanted
    with page.expect_navigation():
        rows.first.click()
    assert re.search(r"/cases/EX-\d+/(\?|$)", page.url), "the second click opens the record"
    assert "•" in page.locator("#comparison").inner_text(), "masked, for anyone who only governs"
    expect(page.get_by_role("button", name="Reveal")).to_be_disabled()


def test_ana_clears_the_critical_cases_by_keyboard_and_the_gate_turns_green(
    board: Board, demo_page_for: PageFor
) -> None:
    page = demo_page_for("ana")
    hands = Hands(page)
    waiting = board.house.rows(CRITICAL, WAVE)
    assert len(waiting) == 3
    for left in (3, 2, 1):
        page.goto(f"/cases/?wave={WAVE}&severity=critical&state=unresolved")
        hands.press("j").go("o")
        case = int(re.findall(r"EX-(\d+)", page.url)[0])
        assert len(board.house.rows(CRITICAL, WAVE)) == left
        hands.go("c")
        hands.go("r")
        hands.press(*ANSWERS[dict(waiting)[case]])
        hands.go(SAVE)
        assert f"EX-{case}" in flash(page)
        assert "recorded" in flash(page)
        if left > 1:  # the next case of the list has come, claimed; after the last one there is none
            hands.go("b")
    assert board.house.rows(CRITICAL, WAVE) == []

    page = demo_page_for("bo")
    page.goto(board.path)
    assert page.locator("#criteria").get_by_text("Pass", exact=True).count() == 13
    assert "Required: 0" not in page.inner_text("main")
    fair(page)


def test_what_was_measured_in_the_rehearsal_still_counts_half_a_day_later(board: Board) -> None:
    look = (
        "import datetime as dt; from django.utils import timezone; from governance.gates.models import Gate; "
        "from governance.gates.queries import status; "
        f"found = status.of(Gate.objects.get(pk={board.gate}), timezone.now() + dt.timedelta(hours=12)); "
        "print([evaluated.spec.code for evaluated in found.snapshot.evaluated if not evaluated.permits])"
    )
    assert board.house.manage("shell", "--verbosity", "0", "--command", look).strip() == "[]"


def test_sam_seals_and_the_wave_is_frozen(board: Board, demo_page_for: PageFor) -> None:
    page = demo_page_for("sam")
    page.goto(f"{board.path}seal/")
    fair(page)
    press("Seal package")(page)
    assert "Package sealed." in flash(page)
    document = board.house.one(f"SELECT document FROM gates_decisionpackage WHERE id = ({LATEST})", board.gate)
    assert json.loads(document)["format"] == "concord-decision-package/1"
    page.goto(f"/waves/{WAVE}/")
    assert "frozen" in page.inner_text("main").lower()
    assert [name for name in NAMES if not asked(board, name)] == []


def asked(board: Board, name: str) -> bool:
    """Whether someone has an unread notice that their vote is asked for."""
    return bool(
        board.house.one(
            "SELECT 1 FROM notices_notice n JOIN people_user u ON u.id = n.to_id WHERE u.username = %s "
            "AND n.kind = 'gate.vote_asked' AND n.subject = %s AND n.read_at IS NULL",
            name,
            board.ref,
        )
    )


def test_the_board_signs_blind_each_with_their_password(board: Board, demo_page_for: PageFor) -> None:
    for name in NAMES:
        page = demo_page_for(name)
        page.goto("/notices/")
        with page.expect_navigation():
            unread(page, board).get_by_role("button", name=f"Open {board.ref}").click()
        assert page.url.endswith(f"{board.path}sign/")
        assert board.digest[:12] in page.inner_text("main")
        if name == "mira":
            fair(page)
            assert sign(page, "choice", "go", "not-her-password") == 422
            assert "password" in page.locator(".error-summary").inner_text().lower()
            assert page.locator("input[name=choice]:checked").get_attribute("value") == "go", "what was chosen stays"
        assert sign(page, "choice", "go", board.house.password(name)) == 200
        page.goto(board.path)
        assert page.inner_text("main").count(f"I vote GO on {board.ref}") <= 1, "no one sees how others voted"
    count = "SELECT count(*) FROM gates_signature WHERE package_id = (" + LATEST + ")"
    assert board.house.one(count, board.gate) == 4


def unread(page: Page, board: Board) -> Locator:
    """The latest unread notice about the gate, on the page of notices."""
    return page.locator(".notices__item--unread", has_text=board.ref).first


def sign(page: Page, field_name: str, value: str, password: str) -> int:
    """Choose, enter the password, sign; gives the status of what comes."""
    page.locator(f"input[name={field_name}][value={value}]").check()
    page.get_by_label("Your password").fill(password)
    with page.expect_navigation() as answered:
        page.locator("button[name=way][value=password]").click()
    assert answered.value is not None
    return answered.value.status


def test_bo_counts_the_poll_and_decides_go(board: Board, demo_page_for: PageFor) -> None:
    page = demo_page_for("bo")
    page.goto(f"{board.path}consolidate/")
    press("Close voting and count")(page)
    page.goto(f"{board.path}decide/")
    fair(page)
    assert page.locator("input[value=go-with-conditions]").is_disabled()
    page.get_by_label("Statement").fill("The three matches of the dress rehearsal were decided this morning.")
    assert sign(page, "outcome", "go", board.house.password("bo")) == 200
    page.goto(board.path)
    text = page.inner_text("main")
    for name in NAMES.values():
        assert name in text
    assert text.count(f"I vote GO on {board.ref}") == 4
    assert f"On behalf of the board, I decide GO on {board.ref}" in text
    assert "UTC" in text
    assert "+03:00" in text or "Africa/Kampala" in text or "EAT" in text, "local time stands beside UTC"
    fair(page)


def test_the_exported_decision_verifies_offline_and_the_pack_is_two_pages(
    board: Board, demo_page_for: PageFor, tmp_path: Path
) -> None:
    page = demo_page_for("bo")
    export, script = tmp_path / "decision.json", tmp_path / "verify_decision.py"
    export.write_bytes(page.request.get(f"{board.path}decisions/1.json").body())
    script.write_bytes(page.request.get("/gates/verify_decision.py").body())
    answer = page.request.get("/api/v1/signing-key/").json()
    [key] = {value for value in answer.values() if re.fullmatch("[0-9a-f]{64}", str(value))}

    def verified() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(script), str(export), "--key", key]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env={})

    sound = verified()
    assert sound.returncode == 0, sound.stdout + sound.stderr
    assert all(name in sound.stdout for name in NAMES.values())
    data = export.read_bytes()
    export.write_bytes(data.replace(b"Mira", b"Mara", 1))
    assert verified().returncode == 1

    page.goto(f"{board.path}pack/")
    assert board.digest in page.content()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4", prefer_css_page_size=True))) in (1, 2)


def test_a_new_critical_exception_withdraws_the_signatures_and_says_so_to_each_signer(
    board: Board, demo_page_for: PageFor
) -> None:
    package = board.house.one(LATEST, board.gate)
    assert board.house.one("SELECT frozen_at IS NOT NULL FROM waves_wave WHERE slug = %s", WAVE)
    said = board.house.manage("demo_critical")
    assert "wave-1-delta-01 is in the inbox" in said
    board.house.wait("SELECT count(*) FROM gates_supersession WHERE package_id = %s", package, seconds=60)

    together = board.house.rows(
        "SELECT verb FROM audit_logentry WHERE verb <> '' AND txid = "
        "(SELECT max(txid) FROM audit_logentry WHERE verb = 'gate.superseded')"
    )
    assert ("run.chunk_loaded",) in together, "the case and the withdrawal came in one transaction"
    assert not board.house.one(
        "SELECT frozen_at IS NOT NULL OR guarded_at IS NOT NULL FROM waves_wave WHERE slug = %s", WAVE
    )

    for name in NAMES:
        page = demo_page_for(name)
        page.goto("/notices/")
        expect(unread(page, board)).to_contain_text("critical")
        if name == "paul":
            fair(page)
    page = demo_page_for("bo")
    page.goto(board.path)
    expect(page.locator("#gate-standing")).to_contain_text("Unresolved critical cases: 1")
    assert "invalidated" in page.inner_text("main").lower()
    fair(page)
    omar = demo_page_for("omar")
    omar.goto(f"{board.path}begin/")
    press("Run T-0 check and start")(omar)
    assert board.house.one("SELECT count(*) FROM gates_revalidation WHERE package_id = %s", package) == 0


def test_setting_the_demonstration_up_again_changes_nothing(board: Board) -> None:
    counts = "SELECT (SELECT count(*) FROM gates_signature), (SELECT count(*) FROM risks_riskrating), " + ", ".join(
        f"(SELECT count(*) FROM {table})"
        for table in ("runs_run", "cases_decision", "rollback_rehearsal", "waves_wave")
    )
    before = board.house.rows(counts)
    board.house.manage("seed_demo")
    assert board.house.rows(counts) == before
