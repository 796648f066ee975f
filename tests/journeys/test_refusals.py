"""What is refused, and how: a sentence that says what and where, the right status, and nothing typed is lost."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, Response, expect

from tests.journeys.conftest import PageFor
from tests.journeys.hands import arriving
from tests.journeys.house import House
from tests.journeys.signing_in import by_keyboard

pytestmark = pytest.mark.journey
NOTE = "Asked the clinic: one of them moved away."
REDIRECTS = {302, 303}
DECISIONS = "SELECT count(*) FROM cases_decision WHERE case_id = %s"


def open_case(house: House, number: int = 0) -> int:
    """A case that anybody may claim, of the quieter queue; another one for each ``number``."""
    return int(
        house.rows(
            "SELECT c.id FROM cases_case c JOIN cases_queue q ON q.id = c.queue_id WHERE q.slug = 'identity' "
            "AND c.state = 'open' AND NOT EXISTS (SELECT 1 FROM cases_decision d WHERE d.case_id = c.id) "
            "AND NOT EXISTS (SELECT 1 FROM cases_heldrecord h WHERE h.record_key = ANY (c.record_keys)) "
            "AND NOT EXISTS (SELECT 1 FROM cases_case o WHERE o.id <> c.id AND o.record_keys && c.record_keys) "
            "ORDER BY c.id DESC OFFSET %s LIMIT 1",
            number,
        )[0][0]
    )


def press(page: Page, name: str) -> int:
    """Press a button that leads to another page, or to its content; gives the status of what comes."""
    with page.expect_response(_is_pressed) as answered, arriving(page):
        page.get_by_role("button", name=name, exact=True).first.click()
    return 200 if answered.value.status in REDIRECTS else answered.value.status


def _is_pressed(answer: Response) -> bool:
    """Not what the page sends on its own: claiming the next case ahead, noting activity."""
    return answer.request.method == "POST" and not answer.url.partition("?")[0].endswith(
        ("ahead/", "renew/", "session/")
    )


def claim(page: Page, case: int) -> None:
    """Open a case and claim it."""
    page.goto(f"/cases/EX-{case}/")
    assert press(page, "Claim c") == 200
    expect(page.locator("form.decide")).to_be_visible()


def answer(page: Page) -> None:
    """Different people, for the reason “Namesakes”, with a note."""
    page.keyboard.press("2")
    page.keyboard.press("s")
    page.locator("#note").fill(NOTE)


@pytest.mark.parametrize(
    ("who", "path", "sentence"),
    [
        ("bo", "/book/", "roles do not"),
        ("omar", "/cases/", "roles do not"),
        ("ana", "/runs/", "roles do not"),
        ("ana", "/rules/", "roles do not"),
        ("ana", "/book/", "roles do not"),
        ("lena", "/people/", "roles do not"),
        ("ada", "/cases/", "roles do not"),
    ],
)
def test_the_wrong_role_gets_a_sentence_and_no_way_in(page_for: PageFor, who: str, path: str, sentence: str) -> None:
    page = page_for(who)
    page.goto("/")
    assert page.locator(f"nav a[href='{path}']").count() == 0
    answered = page.goto(path)
    assert answered is not None
    assert answered.status == 403
    assert sentence in page.inner_text("h1").replace("role does not", "roles do not")
    assert "Nothing was changed" in page.inner_text("main")


def test_who_may_only_look_is_offered_no_claim(house: House, page_for: PageFor) -> None:
    case = open_case(house)
    page = page_for("cora")
    page.goto(f"/cases/EX-{case}/")
    assert page.get_by_role("button", name="Claim", exact=True).is_disabled()
    assert page.get_by_role("button", name="Reveal", exact=True).is_disabled()
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    for verb in ("claim", "reveal", "decisions"):
        forced = page.request.post(
            f"/cases/EX-{case}/{verb}/",
            form={"csrfmiddlewaretoken": token, "seen": "1", "verdict": "LINK"},
            headers={"Referer": page.url},
        )
        assert forced.status == 403, verb
        assert "roles do not allow" in forced.text()
    assert house.one("SELECT state FROM cases_case WHERE id = %s", case) == "open"


def test_a_decision_on_a_claim_that_was_taken_away_keeps_the_note(house: House, page_for: PageFor) -> None:
    case, ana, ben, lena = open_case(house), page_for("ana"), page_for("ben"), page_for("lena")
    claim(ana, case)
    answer(ana)

    ben.goto(f"/cases/EX-{case}/")
    assert "Ana Achieng has already claimed" in ben.inner_text("#decide")
    lena.goto(f"/cases/EX-{case}/")
    lena.get_by_text("Remove claim").first.click()
    lena.get_by_label("Reason", exact=True).fill("Ana has gone home")
    press(lena, "Remove claim")
    claim(ben, case)

    assert press(ana, "Save") == 409
    assert f"Ben Byaruhanga has claimed EX-{case} in the meantime." in ana.inner_text("#decide")
    assert ana.get_by_label("Your note").input_value() == NOTE
    assert house.one(DECISIONS, case) == 0
    press(ben, "Release claim")


def test_a_decision_on_an_expired_claim_keeps_the_note_for_the_next_claim(house: House, page_for: PageFor) -> None:
    case, ana = open_case(house), page_for("ana")
    claim(ana, case)
    answer(ana)
    house.change("UPDATE cases_claim SET expires_at = now() - interval '1 second' WHERE case_id = %s", case)
    assert press(ana, "Save") == 409
    assert f"EX-{case}" in ana.inner_text("#decide .error-summary")
    assert ana.get_by_label("Your note").input_value() == NOTE
    assert house.one(DECISIONS, case) == 0

    press(ana, "Claim c")
    assert ana.locator("#note").input_value() == NOTE, "claimed again, it goes on where it was"
    ana.keyboard.press("2")
    ana.keyboard.press("s")
    assert press(ana, "Save") == 200
    assert house.one("SELECT note FROM cases_decision WHERE case_id = %s", case) == NOTE
    ana.goto("/queues/")
    assert NOTE not in ana.evaluate("JSON.stringify(sessionStorage)"), "what was accepted is forgotten"


def test_an_expired_claim_is_open_for_others_within_seconds(house: House, page_for: PageFor) -> None:
    case, ana = open_case(house), page_for("ana")
    claim(ana, case)
    house.change("UPDATE cases_claim SET expires_at = now() - interval '1 second' WHERE case_id = %s", case)
    ben = page_for("ben")
    claim(ben, case)
    assert house.one("SELECT by_id FROM cases_claim WHERE case_id = %s", case) == house.one(
        "SELECT id FROM people_user WHERE username = 'ben'"
    )
    press(ben, "Release claim")


def test_a_double_click_and_a_repeat_make_one_decision(house: House, page_for: PageFor) -> None:
    case, page = open_case(house), page_for("ana")
    claim(page, case)
    answer(page)
    form = page.evaluate("Object.fromEntries(new FormData(document.querySelector('form.decide')))")
    url = page.url
    with arriving(page):
        page.get_by_role("button", name="Save", exact=True).dblclick(no_wait_after=True)
    expect(page.locator("#flashes")).to_contain_text("recorded")
    again = page.request.post(f"/cases/EX-{case}/decisions/", form=form, headers={"Referer": url})
    assert again.status == 200
    assert house.one(DECISIONS, case) == 1
    logged = "SELECT count(*) FROM audit_logentry e JOIN cases_decision d ON d.entry_id = e.id WHERE d.case_id = %s"
    assert house.one(logged, case) == 1


def test_a_sibling_case_is_blocked_while_one_is_claimed(house: House, page_for: PageFor) -> None:
    first, second = house.rows(
        "SELECT a.id, b.id FROM cases_case a JOIN cases_case b ON a.id < b.id AND a.record_keys && b.record_keys "
        "WHERE a.state = 'open' AND b.state = 'open' AND NOT EXISTS (SELECT 1 FROM cases_heldrecord h "
        "WHERE h.record_key = ANY (a.record_keys || b.record_keys)) "
        "AND NOT EXISTS (SELECT 1 FROM cases_decision d WHERE d.case_id IN (a.id, b.id)) ORDER BY a.id LIMIT 1"
    )[0]
    ana, ben = page_for("ana"), page_for("ben")
    claim(ana, first)
    ben.goto(f"/cases/EX-{second}/")
    assert f"EX-{first}" in ben.inner_text("#siblings")
    assert press(ben, "Claim c") == 409
    assert f"EX-{second} shares a record with EX-{first}, which is claimed." in ben.inner_text("#decide")
    press(ana, "Release claim")
    claim(ben, second)
    press(ben, "Release claim")


def test_an_ended_session_leads_back_with_the_note(house: House, page_for: PageFor) -> None:
    case, page = open_case(house), page_for(None)
    page.goto("/")
    by_keyboard(page, "ben", house.password("ben"))
    page.wait_for_url(f"{house.url}/")
    claim(page, case)
    answer(page)
    cookie = next(one for one in page.context.cookies() if "session" in one["name"])
    page.context.clear_cookies(name=cookie["name"])
    press(page, "Save")
    assert "/accounts/login/" in page.url
    assert NOTE not in page.content()
    assert f"next=%2Fcases%2FEX-{case}%2F" in page.url
    by_keyboard(page, "ben", house.password("ben"))
    page.wait_for_url(f"**/cases/EX-{case}/")
    assert page.locator("#note").input_value() == NOTE
    assert house.one(DECISIONS, case) == 0
    press(page, "Release claim")


def test_reloading_a_refusal_leads_to_the_case(house: House, page_for: PageFor) -> None:
    case, page = open_case(house), page_for("ana")
    claim(page, case)
    answered = page.goto(f"/cases/EX-{case}/decisions/")
    assert answered is not None
    assert answered.status == 200
    assert page.url.endswith(f"/cases/EX-{case}/")
    press(page, "Release claim")


def test_a_wrong_password_is_said_without_telling_who_exists(page_for: PageFor) -> None:
    page = page_for(None)
    said = []
    for name in ("ana", "no-such-user"):
        page.goto("/accounts/login/")
        by_keyboard(page, name, "not-the-password")
        page.wait_for_selector(".error-summary")
        said.append(page.inner_text(".error-summary"))
        assert page.locator("[name=password]").input_value() == ""
        assert page.evaluate("document.activeElement.closest('.error-summary') !== null")
    assert said[0] == said[1]
    assert "password" in said[0].lower()


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/cases/", 403, "denied"),
        ("/api/v1/cases/EX-1/claim/", 403, "denied"),
        ("/api/v1/nothing/", 404, "missing"),
    ],
)
def test_a_token_without_the_scope_gets_a_sentence(house: House, path: str, status: int, code: str) -> None:
    found, said = house.api(path, {} if path.endswith("claim/") else None)
    assert (found, said["error"]) == (status, code)
    assert str(said["detail"]).endswith(".")


def test_the_api_wants_someone(house: House) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        request = urllib.request.Request(f"{house.url}/api/v1/decisions/?after=0", headers=headers)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=30)
        assert refused.value.code == 401
        assert json.load(refused.value)["error"] == "signed_out"


def test_an_unknown_case_is_missing(house: House, page_for: PageFor) -> None:
    page = page_for("ana")
    for path in ("/cases/EX-999999999/", "/cases/EX-0/", "/cases/nothing/", "/queues/no-such-queue/"):
        answered = page.goto(path)
        assert answered is not None
        assert answered.status == 404, path
        assert page.inner_text("h1").endswith(".")
