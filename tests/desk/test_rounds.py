"""From case to case in one request: the next one is kept ready, shown in place, and given back when one leaves."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Stale
from console.people.queries import system
from tests import factories
from triage.cases import actions, queries, worklists
from triage.cases.actions import maintenance
from triage.cases.models import Case, Claim, Decision, State

pytestmark = pytest.mark.django_db
SWAP = {"HTTP_HX_REQUEST": "true"}
DIFFERENT = {"verdict": "NO_MATCH", "reason": "namesakes", "seen": "1", "then": "next"}


@pytest.fixture
def three():
    return [factories.make_case() for _ in range(3)]


def state(case: Case) -> str:
    return Case.objects.values_list("state", flat=True).get(pk=case.pk)


def entries(verb: str) -> int:
    return LogEntry.objects.filter(verb=verb).count()


def ahead_of(client, case: Case):
    return client.post(f"/cases/{case.ref}/ahead/")


def test_saving_answers_with_the_next_case_in_one_request(client, ana, three) -> None:
    first, second, _ = three
    client.force_login(ana)
    client.post("/queues/merges/next/")
    answer = ahead_of(client, first)
    assert answer.json()["ref"] == second.ref
    assert state(second) == State.CLAIMED
    assert entries("case.claimed_ahead") == 1
    opened = LogEntry.objects.filter(verb="case.opened", subject=second.ref)
    assert not opened.exists(), "it is not opened before it is shown"
    saved = client.post(f"/cases/{first.ref}/decisions/", DIFFERENT | {"ahead": second.ref}, **SWAP)
    page = saved.content.decode()
    assert saved.status_code == 200
    assert saved["HX-Push-Url"] == f"/cases/{second.ref}/"
    assert page.lstrip().startswith(f"<title>{second.ref} · Concord</title>")
    assert f'data-case="{second.ref}"' in page
    assert "<nav" not in page
    assert Decision.objects.get().receipt in page, "what was saved is said on the page that comes"
    assert opened.count() == 1
    claim = Claim.objects.get(case=second)
    assert not claim.ahead
    assert claim.expires_at > timezone.now() + dt.timedelta(minutes=10), "a claim like any other"


def test_without_scripts_the_same_button_leads_to_a_whole_page(client, ana, three) -> None:
    first, second, _ = three
    client.force_login(ana)
    client.post("/queues/merges/next/")
    saved = client.post(f"/cases/{first.ref}/decisions/", DIFFERENT)
    assert (saved.status_code, saved.url) == (302, f"/cases/{second.ref}/")
    assert "<nav" in client.get(saved.url).content.decode()


def test_a_refusal_keeps_what_was_typed_and_names_the_field(client, ana, three) -> None:
    first = three[0]
    actions.claim(case=first, by=ana)
    client.force_login(ana)
    for body, field, words in (
        ({"verdict": "NO_MATCH", "reason": ""}, "reason", "needs a reason"),
        ({"verdict": ""}, "verdict", "Choose a verdict."),
        (
            {"verdict": "DEFER", "reason": "later_run_expected", "until": "2001-01-01"},
            "until",
            "within the next 12 months",
        ),
        ({"verdict": "NEEDS_INFO", "reason": "paper_record_needed", "asked_of": " "}, "asked_of", "who should provide"),
    ):
        sent = {"seen": "1", "note": "Typed <words>.", "then": "next"} | body
        for headers in (SWAP, {}):
            refused = client.post(f"/cases/{first.ref}/decisions/", sent, **headers)
            page = refused.content.decode()
            assert refused.status_code == 422
            assert f'data-refused="{field}"' in page
            assert words in page
            assert "Typed &lt;words&gt;." in page
        assert refused.headers.get("HX-Push-Url") is None
    assert not Decision.objects.exists()
    stale = client.post(f"/cases/{first.ref}/decisions/", DIFFERENT | {"seen": "7", "note": "kept"}, **SWAP)
    assert (stale.status_code, stale["HX-Push-Url"]) == (409, "false")
    assert "kept" in stale.content.decode()


def test_reveal_and_mask_swap_in_place_and_keep_the_form(client, ana, three) -> None:
    first = three[0]
    actions.claim(case=first, by=ana)
    client.force_login(ana)
    typed = {"verdict": "NO_MATCH", "reason": "namesakes", "note": "Half a note"}
    shown = client.post(f"/cases/{first.ref}/reveal/", typed, **SWAP).content.decode()
    assert "Okello" in shown
    assert "Half a note" in shown
    assert shown.count(" checked") >= 2, "verdict and reason"
    assert entries("case.revealed") == 1
    assert "Okello" not in client.post(f"/cases/{first.ref}/hide/", **SWAP).content.decode()


def test_the_end_of_the_list_leads_back_to_it(client, ana) -> None:
    only = factories.make_case()
    actions.claim(case=only, by=ana)
    client.force_login(ana)
    saved = client.post(f"/cases/{only.ref}/decisions/", DIFFERENT, **SWAP)
    assert (saved.status_code, saved["HX-Redirect"]) == (204, "/queues/merges/")
    assert "recorded" in client.get("/queues/merges/").content.decode()


def test_a_signed_out_session_leads_to_sign_in_and_back(client, ana, three) -> None:
    actions.claim(case=three[0], by=ana)
    page = f"/cases/{three[0].ref}/"
    answer = client.post(f"{page}decisions/", DIFFERENT, HTTP_HX_CURRENT_URL=f"http://testserver{page}", **SWAP)
    assert answer.status_code == 401
    assert answer["HX-Redirect"].endswith(f"?next=%2Fcases%2F{three[0].ref}%2F")


def test_the_claim_ahead_is_short_renewed_and_ends(ana, ben, three) -> None:
    first, second, third = three
    queue = first.queue
    worklist = worklists.of(ana, queue, {})
    actions.claim(case=first, by=ana)

    def keep():
        return actions.claim_ahead(queues=[queue], among=worklist.filters, by=ana)

    kept = keep()
    assert kept.case.pk == second.pk
    assert kept.expires_at <= timezone.now() + dt.timedelta(minutes=2)
    assert keep().case.pk == second.pk
    assert entries("case.claimed_ahead") == 1
    assert actions.claim_next(queues=[queue], by=ben).case.pk == third.pk, "it is no one else's"
    actions.release_claim(case=third, by=ben)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=3), tick=False):
        maintenance.sweep(by=system())
        assert state(second) == State.OPEN
        assert actions.take_ahead(case=second, by=ana) is None
    keep()
    assert actions.release_ahead(by=ana).pk == second.pk
    assert actions.release_ahead(by=ana) is None
    assert state(second) == State.OPEN
    assert queries.claims_of(ana, timezone.now())[0].case_id == first.pk


def test_it_counts_among_the_cases_one_holds_and_gives_way(ana, three) -> None:
    queue = factories.make_queue()
    queue.hold_limit = 2
    queue.save()
    first, second, third = three
    worklist = worklists.of(ana, queue, {})
    actions.claim(case=first, by=ana)
    actions.claim_ahead(queues=[queue], among=worklist.filters, by=ana)
    actions.claim(case=third, by=ana)
    assert state(second) == State.OPEN, "a case that was only kept ready makes room for one that is asked for"
    assert actions.claim_ahead(queues=[queue], among=worklist.filters, by=ana) is None
    with pytest.raises(Stale, match="You hold 2 cases"):
        actions.claim(case=second, by=ana)


def test_another_list_gets_another_case_ready(ana, three) -> None:
    queue = factories.make_queue()
    severe = factories.make_case(severity=4)
    plain = worklists.of(ana, queue, {"severity": "medium"})
    critical = worklists.of(ana, queue, {"severity": "critical"})
    assert actions.claim_ahead(queues=[queue], among=plain.filters, by=ana).case.pk == three[0].pk
    assert actions.claim_ahead(queues=[queue], among=critical.filters, by=ana).case.pk == severe.pk
    assert state(three[0]) == State.OPEN
    assert Claim.objects.filter(by=ana).count() == 1


def test_who_leaves_or_signs_out_keeps_nothing_ready(client, ana, three) -> None:
    client.force_login(ana)
    client.post("/queues/merges/next/")
    ahead_of(client, three[0])
    assert client.post(reverse("cases:not_ahead")).status_code == 204
    assert state(three[1]) == State.OPEN
    ahead_of(client, three[0])
    assert state(three[1]) == State.CLAIMED
    client.post(reverse("account_logout"))
    assert state(three[1]) == State.OPEN
    assert state(three[0]) == State.CLAIMED, "a case that one works on stays one's own"


def test_a_case_that_is_kept_ready_becomes_a_claim_once_it_is_worked(client, ana, three) -> None:
    client.force_login(ana)
    client.post("/queues/merges/next/")
    ahead_of(client, three[0])
    answer = client.post(f"/cases/{three[1].ref}/renew/", HTTP_ACCEPT="application/json")
    assert json.loads(answer.content)["expires_at"] > (timezone.now() + dt.timedelta(minutes=10)).isoformat()
    assert not Claim.objects.get(case=three[1]).ahead


def test_a_name_that_is_not_kept_ready_claims_the_next(client, ana, ben, three) -> None:
    first, second, third = three
    actions.claim(case=first, by=ana)
    actions.claim(case=second, by=ben)
    client.force_login(ana)
    saved = client.post(f"/cases/{first.ref}/decisions/", DIFFERENT | {"ahead": second.ref}, **SWAP)
    assert saved["HX-Push-Url"] == f"/cases/{third.ref}/"
