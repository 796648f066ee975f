"""Queue and list pages, the buttons of a case, one's own decisions, and what leads set up."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone
from guardian.shortcuts import assign_perm

from console.audit.models import LogEntry
from tests import factories
from triage.cases import actions
from triage.cases.models import Case, Claim, Decision, SavedView, State
from triage.queues.models import BusinessCalendar, Queue, RoutingRule, SlaPolicy

pytestmark = pytest.mark.django_db

LISTS = ["/queues/", "/queues/merges/", "/cases/", "/cases/home/"]
SETUP = [
    "/rules/",
    "/rules/new/",
    "/sla/",
    "/sla/policy/",
    "/sla/calendars/new/",
    "/queues/new/",
    "/queues/merges/settings/",
]


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("ana", {*LISTS, "/decisions/mine/"}),
        ("lena", {*LISTS, *SETUP, "/decisions/mine/"}),
        ("cora", set(LISTS)),
        ("omar", {"/queues/", "/cases/home/"}),
        ("eve", {"/queues/", "/cases/home/"}),
    ],
)
def test_who_may_open_what(client, request, name, opens) -> None:
    factories.make_case()
    client.force_login(request.getfixturevalue(name))
    for url in [*LISTS, *SETUP, "/decisions/mine/"]:
        response = client.get(url)
        assert response.status_code == (
            200 if url in opens else 404 if url == "/queues/merges/" else response.status_code
        ), url
        assert (response.status_code == 200) == (url in opens), url
        if url not in opens:
            assert response.status_code in {403, 404}
    if name in {"omar", "eve"}:
        assert "EX-" not in text(client.get("/queues/"))


def test_no_one_signed_in_is_sent_to_sign_in(client) -> None:
    for url in [*LISTS, *SETUP, "/cases/EX-1/"]:
        assert client.get(url).status_code == 302


def test_a_role_on_one_queue_shows_that_queue_only(client, eve) -> None:
    mine, other = factories.make_queue("mine"), factories.make_queue("other")
    shown, hidden = factories.make_case(queue=mine), factories.make_case(queue=other)
    assign_perm("cases.see_queue", eve, mine)
    client.force_login(eve)
    page = text(client.get("/cases/"))
    assert shown.ref + "<" in page
    assert hidden.ref + "<" not in page
    assert client.get("/queues/other/").status_code == 404
    assert client.get(f"/cases/{hidden.ref}/").status_code == 404


def test_a_list_costs_the_same_for_one_case_and_for_fifty(client, ana, django_assert_max_num_queries) -> None:
    queue = factories.make_queue()
    factories.make_case(queue=queue)
    client.force_login(ana)
    client.get("/queues/merges/")
    with django_assert_max_num_queries(40) as few:
        client.get("/queues/merges/")
    run = factories.make_run()
    for _ in range(49):
        factories.make_case(queue=queue, run=run)
    actions.claim_next(queues=[queue], by=ana)
    with django_assert_max_num_queries(40) as many:
        client.get("/queues/merges/?state=active")
    assert len(many) <= len(few) + 1, "filters cost a query for the count, rows cost none"


def test_a_list_shows_no_patient_and_is_logged(client, ana) -> None:
    factories.make_case()
    client.force_login(ana)
    page = text(client.get("/queues/merges/?severity=medium"))
    for value in ("Okello", "Grace", "CF21927470OWMT", "1984"):
        assert value not in page
    entry = LogEntry.objects.get(verb="queue.listed")
    assert entry.facts == {"queues": ["merges"], "query": "severity=medium"}


def test_filters_and_saved_views(client, ana, ben) -> None:
    factories.make_case(severity=4)
    client.force_login(ana)
    assert "No case matches" in text(client.get("/queues/merges/?severity=low"))
    assert client.get("/queues/merges/?severity=odd").status_code == 422
    saved = client.post(
        "/views/", {"name": "Low ones", "path": "/queues/merges/", "severity": "low", "shared": "1", "next": "x"}
    )
    assert saved.url == "/queues/merges/?severity=low"
    client.force_login(ben)
    assert "Low ones (Ana)" in text(client.get("/queues/merges/"))
    view = SavedView.objects.get()
    assert client.post(f"/views/{view.pk}/delete/").status_code == 403
    client.force_login(ana)
    client.post(f"/views/{view.pk}/delete/", {"path": "//evil.example/"})
    assert not SavedView.objects.exists()


def test_a_lead_takes_a_claim_away_and_a_reviewer_takes_up_again_from_the_list(client, ana, lena) -> None:
    held, waiting = factories.make_case(), factories.make_case()
    actions.claim(case=held, by=ana)
    actions.claim(case=waiting, by=ana)
    factories.make_mailbox("archive")
    reply = {"reason": "paper_record_needed", "asked_of": "Archive"}
    actions.decide(case=waiting, verdict="NEEDS_INFO", seen=1, by=ana, **reply)
    client.force_login(ana)
    page = text(client.get("/queues/merges/?state=active"))
    assert f"/cases/{held.ref}/take-away/" not in page
    assert f"/cases/{waiting.ref}/resume/" in page
    client.post(f"/cases/{waiting.ref}/resume/")
    assert Case.objects.get(pk=waiting.pk).state == State.OPEN
    client.force_login(lena)
    assert f"/cases/{held.ref}/take-away/" in text(client.get("/queues/merges/?state=claimed"))
    asked = client.get(f"/cases/{held.ref}/take-away/")
    assert "Ana has claimed" in text(asked)
    for reason in ("", "  ", "x" * 301):
        assert client.post(f"/cases/{held.ref}/take-away/", {"reason": reason}).status_code == 422
    assert Case.objects.get(pk=held.pk).state == State.CLAIMED
    client.post(f"/cases/{held.ref}/take-away/", {"reason": "Gone home."})
    assert Case.objects.get(pk=held.pk).state == State.OPEN
    assert LogEntry.objects.get(verb="case.taken_away").facts["reason"] == "Gone home."
    assert client.get(f"/cases/{held.ref}/take-away/").url == f"/cases/{held.ref}/", "there is nothing to take away"


def test_claim_next_leads_to_a_case_or_says_that_none_waits(client, ana) -> None:
    case = factories.make_case()
    client.force_login(ana)
    assert client.post("/queues/merges/next/").url == f"/cases/{case.ref}/"
    response = client.post("/queues/next/", follow=True)
    assert "No cases to claim in your queues." in text(response)


def test_decide_and_next_with_a_receipt_and_an_undo(client, ana) -> None:
    first, second = factories.make_case(severity=3), factories.make_case(severity=1)
    client.force_login(ana)
    client.post("/queues/merges/next/")
    body = {"verdict": "NO_MATCH", "reason": "namesakes", "note": "n", "seen": "1", "request_key": str(uuid.uuid4())}
    response = client.post(f"/cases/{first.ref}/decisions/", body | {"then": "next"}, follow=True)
    assert response.redirect_chain == [(f"/cases/{second.ref}/", 302)]
    page = text(response)
    assert Decision.objects.get().receipt in page
    assert f'action="/cases/{first.ref}/undo/"' in page
    assert 'data-key="u"' in page
    assert "You can undo a decision until it is released" in text(client.get("/decisions/mine/"))
    assert f"/cases/{first.ref}/undo/" in text(client.get("/decisions/mine/"))
    client.post(f"/cases/{first.ref}/undo/")
    assert Case.objects.get(pk=first.pk).state == State.CLAIMED


def test_a_stale_decision_is_shown_again_with_the_note(client, ana) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    Case.objects.filter(pk=case.pk).update(revision=2)
    client.force_login(ana)
    body = {"verdict": "LINK", "note": "Compared both <charts> & “photos”.", "seen": "1", "then": "next"}
    response = client.post(f"/cases/{case.ref}/decisions/", body)
    assert response.status_code == 409
    assert "changed after you opened it" in text(response)
    assert "Compared both &lt;charts&gt; &amp; “photos”." in text(response)
    assert not Decision.objects.exists()


def test_a_decision_after_the_claim_ran_out_keeps_the_note(client, ana, ben) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    Claim.objects.update(expires_at=timezone.now())
    actions.claim(case=case, by=ben)
    client.force_login(ana)
    response = client.post(f"/cases/{case.ref}/decisions/", {"verdict": "LINK", "note": "my words", "seen": "1"})
    assert response.status_code == 409
    assert "Ben has claimed" in text(response)
    assert "my words" in text(response)


@pytest.mark.parametrize("body", [{}, {"seen": "x"}, {"seen": "1", "request_key": "x"}, {"seen": "1", "verdict": "\0"}])
def test_a_mangled_form_gets_a_sentence(client, ana, body) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    client.force_login(ana)
    assert client.post(f"/cases/{case.ref}/decisions/", body).status_code == 422
    assert not Decision.objects.exists()


def test_renewing_answers_the_countdown(client, ana) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    client.force_login(ana)
    response = client.post(f"/cases/{case.ref}/renew/", HTTP_ACCEPT="application/json")
    assert "expires_at" in response.json()
    client.post(f"/cases/{case.ref}/release-claim/")
    assert client.post(f"/cases/{case.ref}/renew/", HTTP_ACCEPT="application/json").status_code == 409


@pytest.mark.parametrize(
    "path", ["claim", "release-claim", "take-away", "renew", "resume", "decisions", "undo", "reverse"]
)
def test_buttons_are_for_those_who_may_and_by_post_only(client, cora, ana, path) -> None:
    case = factories.make_case()
    client.force_login(ana)
    # Loaded again, say after signing in again, a verb's address leads back to its case; it never acts.
    response = client.get(f"/cases/{case.ref}/{path}/")
    assert response.status_code == 405 or response.url == f"/cases/{case.ref}/"
    assert Case.objects.get(pk=case.pk).state == State.OPEN
    client.force_login(cora)
    response = client.post(f"/cases/{case.ref}/{path}/", {"seen": "1", "verdict": "LINK", "reason": "x"})
    assert response.status_code in {403, 409}
    assert Case.objects.get(pk=case.pk).state == State.OPEN


def test_a_lead_sets_up_the_work(client, lena) -> None:
    client.force_login(lena)
    assert "Create standard queues" in text(client.get("/queues/"))
    client.post("/queues/standard/")
    assert Queue.objects.filter(kind="merge").count() == 5
    first = Queue.objects.filter(kind="merge").first()
    rule = {
        "name": "Big",
        "kind": "merge",
        "queue": first.pk,
        "priority": 3,
        "size_at_least": 4,
        "any_reason": "a, b",
        "active": "on",
    }
    assert client.post("/rules/new/", rule).status_code == 302
    made = RoutingRule.objects.get(name="Big")
    assert made.conditions == {"any_reason": ["a", "b"], "size_at_least": 4}
    assert "a reason is a, b" in text(client.get("/rules/"))
    changed = client.post(f"/rules/{made.pk}/", rule | {"priority": 70})
    assert changed.status_code == 422
    client.post(f"/rules/{made.pk}/move/", {"to": "earlier"})
    calendar = {
        "name": "Days",
        "time_zone": "Europe/London",
        "mon": "08:00-12:00, 13:00-17:00",
        "holidays": "2026-12-25",
    }
    assert client.post("/sla/calendars/new/", calendar | {"mon": "17:00-08:00"}).status_code == 422
    assert client.post("/sla/calendars/new/", calendar).status_code == 302
    days = BusinessCalendar.objects.get(name="Days")
    assert days.weekly == {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}
    policy = {"queue": first.pk, "severity": 4, "minutes": "1 hour", "calendar": days.pk}
    assert client.post("/sla/policy/", policy).status_code == 302
    assert client.post("/sla/policy/", policy | {"minutes": "1 h 30 min"}).status_code == 302
    kept = SlaPolicy.objects.get(queue=first)
    assert kept.minutes == 90
    client.post(f"/sla/policy/{kept.pk}/remove/")
    assert not SlaPolicy.objects.filter(queue=first).exists()
    settings = {
        "name": "Renamed",
        "slug": first.slug,
        "kind": "merge",
        "order": 1,
        "lease_seconds": "15 minutes",
        "undo_seconds": "1 minute",
        "hold_limit": 3,
        "active": "on",
    }
    assert client.post(f"/queues/{first.slug}/settings/", settings | {"lease_seconds": "1 second"}).status_code == 422
    assert client.post(f"/queues/{first.slug}/settings/", settings | {"hold_limit": 0}).status_code == 422
    assert client.post(f"/queues/{first.slug}/settings/", settings).status_code == 302
    assert Queue.objects.get(pk=first.pk).name == "Renamed"
    assert LogEntry.objects.get(verb="queue.changed").facts["fields"] == [
        "name",
        "order",
        "purpose",
        "undo_seconds",
        "adjudication target",
        "escalation target",
        "overlay target",
    ]
    assert client.get("/rules/?dry=merge").status_code == 200
    assert client.post("/rules/apply/", {"kind": "merge"}).status_code == 302
    assert client.post("/rules/apply/", {"kind": "x"}).status_code == 422
