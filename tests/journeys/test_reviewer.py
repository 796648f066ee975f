"""A reviewer's whole path by keyboard, what compliance then finds in the audit log, and what the pipeline reads."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

import psycopg2
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PageFor
from tests.journeys.hands import Hands
from tests.journeys.house import House
from tests.journeys.signing_in import by_keyboard

pytestmark = pytest.mark.journey
SAVE = "Control+Enter"
SETTLES = {"LINK", "NO_MATCH", "OVERLAY_SUSPECTED"}
PATIENCE_SECONDS = 120
QUEUE_OF = "SELECT q.slug FROM cases_queue q JOIN cases_case c ON c.queue_id = q.id WHERE c.id = %s"


@dataclass
class Shift:
    """What the reviewer did: case, verdict and receipt of each decision, in order; presses by verdict."""

    after: int
    made: list[tuple[str, str, str]] = field(default_factory=list)
    undone: tuple[str, str] = ("", "")
    presses: dict[str, int] = field(default_factory=dict)


def case_of(page: Page) -> str:
    """The case of the review page that is open."""
    found = re.search(r"/cases/(EX-\d+)/", page.url)
    assert found, f"{page.url} is no case."
    return found[1]


def flash(page: Page) -> str:
    """What the console says at the top of the page."""
    return page.locator("#flashes").inner_text()


def decide(hands: Hands, shift: Shift, verdict: str, *keys: str, words: tuple[str, str] = ("", "")) -> None:
    """Decide the claimed case by these keys (and type ``words`` into a field), save, and go on to the next case."""
    page, case = hands.page, case_of(hands.page)
    hands.count()
    hands.press(*keys)
    if words[0]:
        hands.tab_to(words[0]).write(words[1])
    if asked := page.locator("input[name=confirmed]:visible").count():  # a link of possible twins asks once more
        hands.press("z")
    hands.go(SAVE)
    shift.presses[verdict] = hands.count() - asked
    expect(page.locator("#flashes")).to_contain_text(re.compile(rf"{case}: .* recorded"))
    receipt = page.locator("#flashes .receipt").inner_text()
    assert re.fullmatch("[0-9a-f]{64}", receipt)
    shift.made.append((case, verdict, receipt))
    assert case_of(page) != case, "Save and next leads to another case."


@pytest.fixture(scope="module")
def shift(house: House) -> Shift:
    """Filled by the reviewer's journey, read by those after it."""
    return Shift(after=house.one("SELECT coalesce(max(position), 0) FROM cases_feeditem"))


def test_a_reviewer_decides_ten_cases_without_the_mouse(house: House, page_for: PageFor, shift: Shift) -> None:
    page = page_for(None)
    hands = Hands(page)
    page.goto("/")
    by_keyboard(page, "ana", house.password("ana"))
    page.wait_for_url(f"{house.url}/")

    hands.press("g").go("q")
    assert page.url.endswith("/queues/")
    hands.go("n")
    assert house.one(QUEUE_OF, case_of(page)[3:]) == "identity-high-risk", "the most pressing case comes first"
    _reveals(hands)
    _asks_for_help(hands)

    decide(hands, shift, "NO_MATCH", "2", "d")
    decide(hands, shift, "DEFER", "4", "l")
    decide(hands, shift, "LINK with a reason", "1", "e")
    _undoes_and_decides_again(hands, shift)
    decide(hands, shift, "ESCALATE", "7", "s")
    decide(hands, shift, "NEEDS_INFO", "5", "a", words=("asked_of", "clinic-fpl"))
    decide(hands, shift, "OVERLAY_SUSPECTED", "6", "w")

    hands.go("b")  # otherwise n would continue this case
    hands.press("g").go("q")
    hands.press("j").go("o")
    assert page.url.endswith("/queues/identity/")
    hands.go("n")
    decide(hands, shift, "LINK", "1")
    decide(hands, shift, "NO_MATCH", "2", "s")
    decide(hands, shift, "NO_MATCH with a note", "2", "y", words=("note", "Two sisters share a phone."))
    decide(hands, shift, "DEFER", "4", "s")
    _gives_back(hands)

    assert len({case for case, _, _ in shift.made}) == 10
    budgets = {"LINK": 2, "NO_MATCH": 3, "DEFER": 3, "ESCALATE": 3, "OVERLAY_SUSPECTED": 3, "LINK with a reason": 3}
    over = {verdict: shift.presses[verdict] for verdict, most in budgets.items() if shift.presses[verdict] > most}
    assert not over, f"Presses with saving, over what the design allows: {over}"


def _reveals(hands: Hands) -> None:
    """Patient fields are dots until ``r``; the look is logged; ``r`` masks them again."""
    page = hands.page
    grid = page.locator("#comparison .sheet")
    assert "•" in grid.inner_text()
    hands.count()
    hands.go("r")
    assert "•" not in grid.inner_text()
    assert "Revealed (recorded in the audit log)" in page.locator("#comparison").inner_text()
    assert hands.count() == 1
    hands.go("r")
    assert "•" in grid.inner_text()
    hands.go("r")


def _asks_for_help(hands: Hands) -> None:
    """``?`` lists the keys of this page; while it is open they rest."""
    page = hands.page
    hands.press("?")
    help_ = page.locator("#keyboard-help")
    rows = [row.replace("\n", " ") for row in help_.locator(".keys__row").all_inner_texts()]
    for words in (
        "Same person 1",
        "Different people 2",
        "Defer 4",
        "Needs information 5",
        "Overlay suspected 6",
        "Escalate 7",
        "Mask again r",
        "Release claim b",
        "Queues g q",
        "Save Ctrl Enter",
        "Show this help ?",
    ):
        assert words in rows, f"{words!r} is not among {rows}"
    hands.press("2")
    assert page.locator("input[name=verdict]:checked").count() == 0
    hands.press("Escape")
    assert not help_.is_visible()


def _undoes_and_decides_again(hands: Hands, shift: Shift) -> None:
    """``u`` takes the last decision back: its case is claimed again, and the next one is still in hand."""
    page, case = hands.page, shift.made[-1][0]
    after_it = case_of(page)
    hands.count()
    hands.go("u")
    assert hands.count() == 1
    assert case_of(page) == case
    assert f"Decision on {case} undone" in flash(page)
    receipt = shift.made.pop()[2]
    shift.undone = (case, receipt)
    decide(hands, shift, "LINK with a reason", "1", "i")
    page.goto(f"/cases/{after_it}/")
    assert page.locator("form.decide").count() == 1, "the case that came next is still claimed"


def _gives_back(hands: Hands) -> None:
    case = case_of(hands.page)
    hands.go("b")
    assert f"{case} is open again" in flash(hands.page)
    assert hands.page.url.endswith("/queues/identity/")


def test_compliance_finds_each_decision_with_its_receipt(page_for: PageFor, shift: Shift) -> None:
    assert len(shift.made) == 10, "the reviewer's journey comes first"
    page = page_for("cora")
    page.goto("/book/?family=case&person=ana")
    entries = page.locator(".timeline__item").all_inner_texts()
    while page.locator("a[rel=next]").count():
        with page.expect_navigation():
            page.keyboard.press("]")
        entries += page.locator(".timeline__item").all_inner_texts()
    for case, _, receipt in shift.made:
        [entry] = [text for text in entries if f"decided {case}" in text and receipt[:16] in text]
        assert "Ana Achieng" in entry
    undone, receipt = shift.undone
    assert any(receipt[:16] in text and f"decided {undone}" in text for text in entries), (
        "what was undone stays written"
    )
    assert any("undid decision" in text and undone in text for text in entries)
    order = [next(i for i, text in enumerate(entries) if receipt[:16] in text) for _, _, receipt in shift.made]
    assert order == sorted(order, reverse=True), "the newest is first"

    case, _, receipt = shift.made[0]
    page.goto("/book/receipts/")
    page.get_by_label("Receipt").fill(receipt)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/book/receipts/{receipt}/")
    assert "the recomputed hash matches the stored hash" in page.inner_text("main")
    assert case in page.inner_text("main")


def test_the_pipeline_reads_the_settled_ones_in_order(house: House, shift: Shift) -> None:
    wanted = [(case, verdict.split()[0]) for case, verdict, _ in shift.made if verdict.split()[0] in SETTLES]
    deadline = time.monotonic() + PATIENCE_SECONDS
    items: list[dict[str, object]] = []
    while time.monotonic() < deadline and len(items) < len(wanted):
        status, page = house.api(f"/api/v1/decisions/?after={shift.after}")
        assert status == 200
        items = page["items"]  # type: ignore[assignment]
        time.sleep(1)
    assert [(item["case"], item["verdict"]) for item in items] == wanted
    positions = [item["position"] for item in items]
    assert positions == list(range(shift.after + 1, shift.after + 1 + len(wanted)))
    receipts = {receipt for _, _, receipt in shift.made}
    assert {item["receipt"] for item in items} <= receipts

    half = positions[2]
    status, page = house.api(f"/api/v1/decisions/?after={half}")
    assert [item["position"] for item in page["items"]] == positions[3:]  # type: ignore[attr-defined]
    assert [house.api("/api/v1/decisions/acks/", {"source": "legacy-pas", "through": half})[0] for _ in "ab"] == [
        201,
        200,
    ]
    states = [house.one("SELECT state FROM cases_case WHERE id = %s", int(case[3:])) for case, _ in wanted]
    assert states == ["acknowledged", "acknowledged", "open", "released", "released", "released"], "an overlay goes on"
    status, said = house.api("/api/v1/decisions/acks/", {"source": "legacy-pas", "through": positions[-1] + 1})
    assert (status, said["error"]) == (422, "invalid")


@pytest.mark.parametrize("owner", [False, True], ids=["app", "owner"])
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_logentry SET remote_addr = NULL",
        "UPDATE audit_logentry SET timestamp = now() WHERE id = (SELECT max(id) FROM audit_logentry)",
        "DELETE FROM audit_logentry",
        "TRUNCATE audit_logentry",
        "TRUNCATE audit_logentry CASCADE",
        "ALTER TABLE audit_logentry DISABLE TRIGGER ALL",
    ],
)
def test_direct_sql_against_the_book_is_refused(house: House, attack: str, owner: bool) -> None:
    before = house.one("SELECT count(*) FROM audit_logentry")
    assert before > 0
    with pytest.raises(psycopg2.Error):
        house.rows(attack, owner=owner)
    assert house.one("SELECT count(*) FROM audit_logentry") >= before
