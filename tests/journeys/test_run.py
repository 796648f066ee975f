"""An operator watches runs being taken in: one with broken lines, one that does not add up; and recalls one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from samples.story import RUN_FIVE, RUN_THREE
from tests.journeys.conftest import PageFor
from tests.journeys.house import House

pytestmark = pytest.mark.journey
BY_NAME = "SELECT id FROM runs_run WHERE run_id = %s"
OPENED_BY = "SELECT count(*) FROM cases_case WHERE opened_run_id = %s"


@pytest.fixture(scope="module")
def run_id(house: House) -> int:
    """The run with broken lines, once the first journey has seen it being taken in."""
    return int(house.wait(BY_NAME, RUN_THREE, seconds=1))


def figure(page: Page, label: str) -> str:
    """The number under one of the run page's labels."""
    found = page.locator("#live .stat", has_text=label).locator(".stat__value").inner_text()
    return found.strip()


def test_omar_watches_a_run_being_taken_in(house: House, page_for: PageFor) -> None:
    page = page_for("omar")
    page.goto("/runs/")
    assert RUN_THREE not in page.inner_text("main")
    house.stage("pack-later")
    with house.workers_held(BY_NAME, RUN_THREE) as run:
        page.reload()
        with page.expect_navigation():
            page.get_by_role("link", name=RUN_THREE).click()
        page.evaluate("window.sameDocument = true")
        live = page.locator("#live")
        for _ in range(2):
            with page.expect_response(f"**/runs/{run}/progress/") as answered:
                pass
            assert answered.value.status == 200
        expect(live).to_contain_text(re.compile("Received|Checking|Loading"))
        assert page.evaluate("window.sameDocument"), "only the part that moves is fetched"
        assert page.locator("#live [role=progressbar], #live progress").count() == 1
    expect(page.locator("#intake")).to_contain_text("Loaded", timeout=120_000)
    expect(live).not_to_have_attribute("hx-trigger", "every 2s")

    lines, opened, rejected = house.rows("SELECT lines, opened, rejected FROM runs_run WHERE id = %s", run)[0]
    assert opened == house.one(OPENED_BY, run) > 50
    assert figure(page, "Cases opened") == str(opened)
    assert figure(page, "Lines rejected") == str(rejected)
    expect(page.locator("#run-progress, #intake")).to_contain_text([f"{lines} of {lines} lines"])


def test_each_rejected_line_says_where_and_why_and_shows_no_one(house: House, page_for: PageFor, run_id: int) -> None:
    page = page_for("omar")
    page.goto(f"/runs/{run_id}/")
    with page.expect_navigation():
        page.locator("#live .stat", has_text="Lines rejected").get_by_role("link").click()
    wanted = house.rows(
        "SELECT f.path, l.line_no, l.detail FROM runs_rejectedline l JOIN runs_runfile f ON f.id = l.file_id "
        "WHERE l.run_id = %s ORDER BY l.id",
        run_id,
    )
    assert len(wanted) >= 10
    rows = page.locator("table tbody tr", has=page.locator("code"))
    shown = [row.locator("th, td").all_inner_texts() for row in rows.all()]
    assert [(path, line.replace(",", ""), why) for path, line, why, _ in shown] == [
        (path, str(line), why) for path, line, why in wanted
    ]
    assert len({why for _, _, why in wanted}) >= 6, "lines are broken in several ways"
    text = page.inner_text("main")
    known = people(house)
    assert len(known) > 100
    assert [value for value in known if re.search(rf"\b{re.escape(value)}\b", text)] == []


def people(house: House) -> set[str]:
    """The names, identifiers and phone numbers that the run's files hold."""
    package = house.home / "inbox" / "legacy-pas" / RUN_THREE
    raw = b"".join(Path(path).read_bytes() for path in package.glob("merges-*.ndjson"))
    found = re.findall(rb'"(?:family|given|phone|national_id|birth_date|id)":"([^"]{4,40})"', raw)
    return {value.decode(errors="replace") for value in found}


def test_a_run_that_does_not_add_up_shows_both_sums_and_loads_nothing(house: House, page_for: PageFor) -> None:
    page = page_for("omar")
    house.stage("pack-sums")
    run = house.wait(f"{BY_NAME} AND state = 'quarantined'", RUN_FIVE)
    page.goto("/")
    page.locator("#runs-troubled").get_by_role("link", name=RUN_FIVE).click()
    page.wait_for_url(f"**/runs/{run}/")
    assert "Quarantined" in page.inner_text("#intake")
    table = page.locator("#wrong table").or_(page.locator("[aria-labelledby=wrong-title] table")).first
    rows = [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]
    sums = {row[0]: (row[2], row[3]) for row in rows}
    assert sums["merges-01.ndjson.gz"] == ("60", "20")
    assert sums["transform of identity"] == ("378", "361")
    assert all("Mismatch" in row[4] for row in rows)
    assert house.one(OPENED_BY, run) == 0
    assert page.get_by_role("button", name="Retry").is_visible()


def test_a_recall_withdraws_only_what_the_run_opened(house: House, page_for: PageFor, run_id: int) -> None:
    settled = _decided_case_of(run_id, house, page_for("ben"))
    alone = house.one(
        "SELECT count(*) FROM cases_case c WHERE opened_run_id = %s AND decision_id IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM cases_occurrence o WHERE o.case_id = c.id AND o.run_id <> c.opened_run_id)",
        run_id,
    )
    others = "SELECT md5(string_agg(id || state, ',' ORDER BY id)) FROM cases_case WHERE opened_run_id <> %s"
    before = house.one(others, run_id)

    page = page_for("omar")
    page.goto(f"/runs/{run_id}/")
    with page.expect_navigation():
        page.get_by_role("link", name="Recall").click()
    effect = page.locator("main .stat__value").all_inner_texts()
    assert effect[0] == str(alone)
    page.get_by_label("Reason").fill("   ")
    with page.expect_navigation() as answered:
        page.get_by_role("button", name="Recall the run").click()
    assert answered.value.status == 422
    assert page.locator(".error-summary").is_visible()
    page.get_by_label("Reason").fill("The exporter was broken")
    with page.expect_navigation():
        page.get_by_role("button", name="Recall the run").click()
    assert f"{RUN_THREE} is recalled: {alone} cases withdrawn." in page.inner_text("#flashes")
    assert "by Omar Okot: The exporter was broken" in page.inner_text("main")

    withdrawn = house.one(f"{OPENED_BY} AND state = 'withdrawn'", run_id)
    assert withdrawn == alone > 50
    assert house.one("SELECT state FROM cases_case WHERE id = %s", settled) in {"decided", "released"}
    assert house.one(others, run_id) == before, "cases that another run opened stay as they were"


def _decided_case_of(run: int, house: House, page: Page) -> int:
    """Someone decides a case of the run; that one the recall must leave alone."""
    case = house.one("SELECT id FROM cases_case WHERE opened_run_id = %s AND state = 'open' ORDER BY id LIMIT 1", run)
    page.goto(f"/cases/EX-{case}/")
    with page.expect_navigation():
        page.keyboard.press("c")
    page.keyboard.press("2")
    page.keyboard.press("i")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    assert f"EX-{case}: “Different people” recorded" in page.inner_text("#flashes")
    return int(case)
