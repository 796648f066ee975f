"""The pages of questions and mailboxes, the part of the case's page, the decide form, home and the API."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from console.audit.models import LogEntry
from console.people.models import User
from tests import factories
from tests.questions.conftest import SECRET, ask, fresh
from triage.cases import actions as cases
from triage.cases.models import Case, Decision, State
from triage.questions import actions
from triage.questions.models import Outcome, Question, ServiceMailbox

BACKEND = "console.people.backends.ScopedPermissions"
ANSWER = "The paper record says 12 March."


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_a_member_without_a_role_sees_the_question_and_masked_records_alone(
    ana: User, clerk: User, office: ServiceMailbox
) -> None:
    question = ask(ana, "records")
    client = signed_in(clerk)
    page = text(client, f"/questions/{question.pk}/")
    assert SECRET in page
    assert "LEGACY-PAS" in page
    assert f"/cases/{question.case.ref}/" not in page
    line = question.case.exceptions.get().payload
    assert "Okello" in line
    assert "Gracee" not in page
    assert "rec-" not in page
    assert LogEntry.objects.filter(verb="case.question_read", actor=clerk).count() == 1
    assert client.get(f"/cases/{question.case.ref}/").status_code == 404
    assert question.case.ref in text(client, "/questions/")
    assert "Questions to you" in text(client, "/questions/home/")
    done = client.post(f"/questions/{question.pk}/", {"answer": ANSWER})
    assert (done.status_code, done["Location"]) == (302, "/questions/")
    assert "has been notified" in text(client, "/questions/")
    assert "No open questions" in text(client, "/questions/")
    assert question.case.ref in text(client, "/questions/?show=closed")
    assert ANSWER in text(client, f"/questions/{question.pk}/")


def test_others_do_not_find_the_question(ana: User, ben: User, eve: User, clerk: User, office: ServiceMailbox) -> None:
    question = ask(ana, "records")
    assert signed_in(eve).get(f"/questions/{question.pk}/").status_code == 404
    page = text(signed_in(ben), f"/questions/{question.pk}/")
    assert SECRET not in page
    assert "Send answer" not in page
    assert signed_in(ben).post(f"/questions/{question.pk}/", {"answer": ANSWER}).status_code == 403
    assert signed_in(ben).get("/questions/9999999/").status_code == 404


def test_a_refused_answer_keeps_its_text(ana: User, ben: User) -> None:
    question, client = ask(ana, "ben"), signed_in(ben)
    assert client.post(f"/questions/{question.pk}/", {"answer": "  "}).status_code == 422
    cases.resume(case=question.case, by=ana)
    stale = client.post(f"/questions/{question.pk}/", {"answer": ANSWER})
    assert stale.status_code == 409
    assert "has ended: resumed before an answer" in stale.content.decode()
    assert ANSWER in stale.content.decode()


def test_the_page_of_the_case_says_what_it_waits_for_and_what_came(ana: User, ben: User, lena: User) -> None:
    question = ask(ana, "ben")
    address = f"/cases/{question.case.ref}/"
    for viewer, answers in ((ben, True), (lena, False)):
        page = text(signed_in(viewer), address)
        assert "Waiting for Ben, answer due" in page
        assert (f"/questions/{question.pk}/" in page) is answers
        assert SECRET not in page
    actions.answer(question=question, answer=ANSWER, by=ben)
    client = signed_in(ana)
    page = text(client, address)
    assert "answered" in page
    assert ANSWER not in page
    assert "answered the question" in page
    client.post(f"{address}reveal/")
    page = text(client, address)
    assert ANSWER in page
    assert SECRET in page


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (lambda q: actions.sweep(by=q.by, now=q.due_at + dt.timedelta(seconds=1)), "did not answer by"),
        (lambda q: cases.resume(case=q.case, by=q.by), "No decisions yet"),
    ],
)
def test_the_page_of_the_case_says_how_a_question_ended(ana: User, ben: User, end, says: str) -> None:
    question = ask(ana, "ben")
    end(question)
    page = text(signed_in(ana), f"/cases/{question.case.ref}/")
    assert "Waiting for" not in page
    assert (says in page) or says == "No decisions yet"


def test_a_decision_of_the_version_before_says_of_whom(ana: User, ben: User) -> None:
    question = ask(ana, "ben")
    decision = question.decision
    case = factories.make_case(state=State.CLAIMED)
    old = Decision.objects.create(
        case=case,
        verdict="NEEDS_INFO",
        reason="paper_record_needed",
        details={"asked_of": "The registry desk"},
        by=ana,
        decided_at=timezone.now(),
        seen_revision=1,
        seen_exception_id=case.latest_exception_id,
        receipt=decision.receipt,
        entry_id=decision.entry_id,
    )
    Case.objects.filter(pk=case.pk).update(state=State.WAITING, decision=old)
    client = signed_in(ana)
    assert "Waiting for information from The registry desk." in text(client, f"/cases/{case.ref}/")
    client.post(f"/cases/{case.ref}/resume/")
    assert Case.objects.get(pk=case.pk).state == State.OPEN


def test_the_decide_form_asks_whom_and_until_when(ana: User, ben: User, office: ServiceMailbox) -> None:
    case, client = factories.make_case(), signed_in(ana)
    cases.claim(case=case, by=ana)
    assert 'list="addressees"' in text(client, f"/cases/{case.ref}/")
    options = text(client, f"/cases/{case.ref}/addressees/")
    assert 'value="Clinic FPL records office (records)"' in options
    assert 'value="Ben (ben)"' in options
    sent = {"verdict": "NEEDS_INFO", "reason": "paper_record_needed", "seen": "1", "note": "Which?", "then": "stay"}
    for wrong, field in (
        ({"asked_of": "the ward"}, "asked_of"),
        ({"asked_of": "ben", "answer_by": "2001-01-01"}, "answer_by"),
        ({"asked_of": "ben", "answer_by": "soon"}, "answer_by"),
    ):
        refused = client.post(f"/cases/{case.ref}/decisions/", sent | wrong)
        assert refused.status_code == 422
        assert f'data-refused="{field}"' in refused.content.decode()
        assert "Which?" in refused.content.decode()
    tomorrow = (timezone.now() + dt.timedelta(days=1)).date()
    good = sent | {"asked_of": "Ben (ben)", "answer_by": tomorrow.isoformat()}
    assert client.post(f"/cases/{case.ref}/decisions/", good).status_code == 302
    question = Question.objects.get()
    assert (question.person, question.due_at) == (
        ben,
        dt.datetime(tomorrow.year, tomorrow.month, tomorrow.day, 23, 59, 59, tzinfo=dt.UTC),
    )


def test_the_home_page_shows_answers_until_the_case_is_taken_up(ana: User, ben: User) -> None:
    question, client = ask(ana, "ben"), signed_in(ana)
    assert "/questions/home/" not in text(client, "/")
    actions.answer(question=question, answer=ANSWER, by=ben)
    assert "/questions/home/" in text(client, "/")
    shown = text(client, "/questions/home/")
    assert question.case.ref in shown
    assert ANSWER not in shown
    cases.claim(case=fresh(question).case, by=ana)
    assert question.case.ref not in text(client, "/questions/home/")


def test_open_questions_come_by_due_time_and_by_key(ana: User, clerk: User, office: ServiceMailbox) -> None:
    queue, now = factories.make_queue(hold_limit=20), timezone.now()
    days = [(n * 7) % 60 + 1 for n in range(60)]
    asked = [ask(ana, "records", factories.make_case(queue=queue), until=now + dt.timedelta(days=day)) for day in days]
    client, seen, cursor = signed_in(clerk), [], ""
    while True:
        page = client.get(f"/questions/{cursor}").context["page"]
        seen += [one.pk for one in page.items]
        if not page.next:
            break
        cursor = f"?after={page.next}"
    assert seen == [one.pk for one in sorted(asked, key=lambda one: one.due_at)]


def test_the_api_takes_a_username_or_a_short_name(ana: User, office: ServiceMailbox) -> None:
    case, client = factories.make_case(), signed_in(ana)
    cases.claim(case=case, by=ana)
    body = {"verdict": "NEEDS_INFO", "reason": "paper_record_needed", "seen": 1, "asked_of": "nowhere"}
    url = f"/api/v1/cases/{case.ref}/decisions/"
    refused = client.post(url, body, content_type="application/json")
    assert refused.status_code == 422
    assert "no active user or mailbox" in refused.json()["detail"]
    until = (timezone.now() + dt.timedelta(days=2)).replace(microsecond=0)
    good = body | {"asked_of": "records", "until": until.isoformat()}
    assert client.post(url, good, content_type="application/json").status_code == 201
    assert Question.objects.get().due_at == until


def test_leads_make_and_change_a_mailbox(lena: User, ana: User, clerk: User) -> None:
    client = signed_in(lena)
    assert "No mailboxes yet" in text(client, "/mailboxes/")
    sent = {"name": "Front desk", "slug": "front", "members": "clerk, ana", "active": "on", "email": "front@x.test"}
    assert "There is no active user “zoe”" in (
        client.post("/mailboxes/new/", sent | {"members": "zoe"}).content.decode()
    )
    assert client.post("/mailboxes/new/", sent | {"email": "no address"}).status_code == 422
    assert client.post("/mailboxes/new/", sent).status_code == 302
    assert "Front desk" in text(client, "/mailboxes/")
    assert 'value="Front desk"' in text(client, "/mailboxes/front/")
    assert client.post("/mailboxes/front/", sent | {"members": "ana"}).status_code == 302
    assert list(ServiceMailbox.objects.get().members.all()) == [ana]
    assert client.get("/mailboxes/none/").status_code == 404
    assert signed_in(ana).get("/mailboxes/").status_code == 403


def test_a_question_withdrawn_shows_how_it_ended(ana: User, ben: User) -> None:
    question = ask(ana, "ben")
    cases.undo(case=question.case, by=ana)
    assert Outcome.WITHDRAWN.label in text(signed_in(ben), f"/questions/{question.pk}/")
