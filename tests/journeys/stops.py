"""Every page of the journeys, as the person who goes there sees it: for axe, for narrow screens, and for pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.journeys.house import House

Do = Callable[[Page], None]


@dataclass(frozen=True)
class Stop:
    """One page: its name, who looks at it (None: no one has signed in), its address, the status it has.

    ``then`` is what the person does there before anybody looks.
    """

    name: str
    who: str | None
    path: str
    status: int = 200
    then: Do | None = None


def press(name: str) -> Do:
    """Press the button of that name and wait for the page that it leads to."""

    def do(page: Page) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=name).first.click()

    return do


def unfold(words: str) -> Do:
    """Open what is folded under these words."""

    def do(page: Page) -> None:
        page.locator("summary", has_text=words).first.click()

    return do


def _key(name: str) -> Do:
    def do(page: Page) -> None:
        page.keyboard.press(name)

    return do


def _menu(page: Page) -> None:
    page.locator("header .menu:not(.nav-menu) summary").click()


def _chosen(page: Page) -> None:
    page.keyboard.press("2")


def _grouped(page: Page) -> None:
    press("Claim")(page)
    page.keyboard.press("Shift+A")
    page.keyboard.press("Shift+B")


def _found(page: Page) -> None:
    page.locator("#search-text").fill("identity")
    press("Search")(page)


def _searched(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("identity")
    page.wait_for_selector("#palette [role=option] .hit__mark")


def _refused_comment(page: Page) -> None:
    page.locator("textarea[name=text]").fill("Ask @no-such-user.")
    page.get_by_role("button", name="Add comment").click()
    page.wait_for_selector(".error-summary")


def _home(page: Page) -> None:
    """Wait until each part of the home page has come."""
    page.wait_for_selector("#queues, #runs-recent")
    page.wait_for_function("!document.querySelector('main').textContent.includes('Loading …')")


def _home_keys(page: Page) -> None:
    _home(page)
    page.keyboard.press("?")


def stops(house: House) -> list[Stop]:
    """All of them, with the addresses they have in this house."""
    return [
        *_signed_out(),
        *_reviewing(house),
        *_leading(house),
        *_operating(house),
        *_proving(house),
        *_administering(house),
    ]


def _signed_out() -> list[Stop]:
    return [
        Stop("sign-in", None, "/accounts/login/"),
        Stop("sign-in-refused", None, "/accounts/login/", then=_wrong_password),
        Stop("password-reset", None, "/accounts/password/reset/"),
        Stop("missing-page-signed-out", None, "/nowhere/", status=404),
    ]


def _wrong_password(page: Page) -> None:
    page.locator("[name=login]").fill("no-such-user")
    page.locator("[name=password]").fill("not-the-password")
    press("Sign in")(page)


def _reviewing(house: House) -> list[Stop]:
    pair = _case(house, "size = 2 AND queue_id = (SELECT id FROM cases_queue WHERE slug = 'identity-high-risk')")
    many = _case(house, "size > 2")
    return [
        Stop("home-ana", "ana", "/", then=_home),
        Stop("keys", "ana", "/queues/", then=_key("?")),
        Stop("menu", "ana", "/queues/", then=_menu),
        Stop("queues", "ana", "/queues/"),
        Stop("queue", "ana", "/queues/identity/"),
        Stop("queue-filtered", "ana", "/queues/identity/?severity=medium&sort=due"),
        Stop("queue-nothing-matches", "ana", "/queues/identity/?reason=no_such_reason"),
        Stop("queue-empty", "ana", "/queues/identity-overlays/"),
        Stop("cases", "ana", "/cases/"),
        Stop("case-open", "ana", f"/cases/{pair}/"),
        Stop("case-claimed", "ana", f"/cases/{pair}/", then=press("Claim")),
        Stop("case-chosen", "ana", f"/cases/{pair}/", then=_chosen),
        Stop("case-revealed", "ana", f"/cases/{pair}/", then=press("Reveal")),
        Stop("home-holding", "ana", "/", then=_home),
        Stop("home-holding-keys", "ana", "/", then=_home_keys),
        Stop("case-given-back", "ana", f"/cases/{pair}/", then=press("Release claim")),
        Stop("case-of-many", "ana", f"/cases/{many}/"),
        Stop("case-of-many-revealed", "ana", f"/cases/{many}/", then=press("Reveal")),
        Stop("case-of-many-grouped", "ana", f"/cases/{many}/", then=_grouped),
        Stop("case-of-many-given-back", "ana", f"/cases/{many}/", then=press("Release claim")),
        Stop("questions-none", "ana", "/questions/"),
        Stop("comments", "ana", f"/cases/{pair}/comments/"),
        Stop("comment-refused", "ana", f"/cases/{pair}/comments/", then=_refused_comment),
        Stop("my-decisions", "ana", "/decisions/mine/"),
        Stop("my-decisions-none", "lena", "/decisions/mine/"),
        Stop("preferences", "ana", "/ui/preferences/"),
        Stop("me", "ana", "/me/"),
        Stop("two-step", "ana", "/accounts/2fa/"),
        Stop("two-step-app", "ana", "/accounts/2fa/totp/activate/"),
        Stop("two-step-keys", "ana", "/accounts/2fa/webauthn/"),
        Stop("two-step-add-key", "ana", "/accounts/2fa/webauthn/add/"),
        Stop("password-change", "ana", "/accounts/password/change/"),
        Stop("not-allowed", "ana", "/runs/", status=403),
        Stop("no-such-case", "ana", "/cases/EX-999999999/", status=404),
    ]


def _leading(house: House) -> list[Stop]:
    decided = house.one("SELECT 'EX-' || id FROM cases_case WHERE decision_id IS NOT NULL ORDER BY id LIMIT 1")
    return [
        Stop("home-lena", "lena", "/", then=_home),
        Stop("search", "lena", "/search/"),
        Stop("search-found", "lena", "/search/", then=_found),
        Stop("search-open", "lena", "/queues/", then=_searched),
        Stop("workload", "lena", "/queues/workload/"),
        Stop("workload-table", "lena", "/queues/workload/", then=unfold("as a table")),
        Stop("rules", "lena", "/rules/"),
        Stop("rules-dry-run", "lena", "/rules/", then=press("Try on open cases")),
        Stop("rule-new", "lena", "/rules/new/"),
        Stop("due-times", "lena", "/sla/"),
        Stop("due-time-new", "lena", "/sla/policy/"),
        Stop("calendar-new", "lena", "/sla/calendars/new/"),
        Stop("mailboxes", "lena", "/mailboxes/"),
        Stop("mailbox", "lena", "/mailboxes/clinic-fpl/"),
        Stop("mailbox-new", "lena", "/mailboxes/new/"),
        Stop("queue-new", "lena", "/queues/new/"),
        Stop("queue-settings", "lena", "/queues/identity/settings/"),
        *([Stop("case-decided", "lena", f"/cases/{decided}/")] if decided else []),
    ]


def _operating(house: House) -> list[Stop]:
    def run(condition: str) -> str:
        return f"/runs/{house.one(f'SELECT id FROM runs_run WHERE {condition} ORDER BY id LIMIT 1')}/"

    asked = house.one("SELECT min(id) FROM questions_question WHERE closed_at IS NULL")
    sound, broken = run("state = 'loaded' AND rejected = 0"), run("rejected > 0")
    wrong = run("state = 'quarantined'")
    wave = house.one("SELECT slug FROM waves_wave ORDER BY id LIMIT 1")
    return [
        Stop("home-omar", "omar", "/", then=_home),
        Stop("questions", "omar", "/questions/"),
        Stop("questions-closed", "omar", "/questions/?show=closed"),
        *([Stop("question", "omar", f"/questions/{asked}/")] if asked else []),
        Stop("runs", "omar", "/runs/"),
        Stop("runs-none", "omar", "/runs/?state=failed"),
        Stop("run", "omar", sound),
        Stop("run-sums", "omar", sound, then=unfold("all match")),
        Stop("run-with-rejected", "omar", broken),
        Stop("rejected", "omar", f"{broken}rejected/"),
        Stop("rejected-none", "omar", f"{sound}rejected/"),
        Stop("run-quarantined", "omar", wrong),
        Stop("recall", "omar", f"{sound}recall/"),
        Stop("sources", "omar", "/sources/"),
        Stop("source-new", "omar", "/sources/make/"),
        Stop("source", "omar", "/sources/legacy-pas/"),
        Stop("waves", "omar", "/waves/"),
        Stop("wave", "omar", f"/waves/{wave}/"),
        Stop("wave-new", "omar", "/waves/make/"),
        Stop("gallery", "omar", "/ui/"),
        Stop("home-bo", "bo", "/", then=_home),
    ]


def _proving(house: House) -> list[Stop]:
    entry, receipt = house.rows(
        "SELECT e.id, d.receipt FROM audit_logentry e JOIN cases_decision d ON d.entry_id = e.id ORDER BY e.id LIMIT 1"
    )[0]
    return [
        Stop("home-cora", "cora", "/", then=_home),
        Stop("book", "cora", "/book/"),
        Stop("book-nothing-fits", "cora", "/book/?about=EX-999999999"),
        Stop("entry", "cora", f"/book/{entry}/"),
        Stop("find-receipt", "cora", "/book/receipts/"),
        Stop("receipt", "cora", f"/book/receipts/{receipt}/"),
    ]


def _administering(house: House) -> list[Stop]:
    person = house.one("SELECT id FROM people_user WHERE username = 'ben'")
    service = house.one("SELECT id FROM people_user WHERE username = 'legacy-pas-pipeline'")
    return [
        Stop("home-ada", "ada", "/"),
        Stop("people", "ada", "/people/"),
        Stop("person", "ada", f"/people/{person}/"),
        Stop("deactivate", "ada", f"/people/{person}/deactivate/"),
        Stop("invite", "ada", "/people/invite/"),
        Stop("services", "ada", "/service-accounts/"),
        Stop("service", "ada", f"/service-accounts/{service}/"),
    ]


def _case(house: House, condition: str) -> str:
    """A case that anybody may claim now: open, and about no record that is being worked."""
    found = house.one(
        f"SELECT 'EX-' || id FROM cases_case c WHERE state = 'open' AND {condition} AND NOT EXISTS "
        "(SELECT 1 FROM cases_heldrecord h WHERE h.record_key = ANY (c.record_keys)) ORDER BY priority DESC, id LIMIT 1"
    )
    assert found, f"There is no open case with {condition}."
    return str(found)
