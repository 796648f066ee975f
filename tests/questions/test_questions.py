"""Questions: who may be asked and answer, what an answer does, and every other way in which a question ends."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Refusal, Stale
from console.notices import actions as notices
from console.notices.models import Letter, Notice
from console.people import actions as people
from console.people.models import RoleGrant, User, UserKind
from tests import factories
from tests.questions.conftest import SECRET, ask, fresh
from triage.cases import actions as cases
from triage.cases.models import Case, State
from triage.questions import actions, queries
from triage.questions.actions.sweeping import Swept
from triage.questions.models import Outcome, Question, ServiceMailbox
from triage.queues.models import BusinessCalendar, SlaPolicy

ANSWER = "The paper record says 12 March."


def system() -> User:
    return User.objects.get(kind=UserKind.SYSTEM)


def verbs(case: Case) -> list[str]:
    rows = LogEntry.objects.filter(subject=case.ref).exclude(verb__startswith="row.").order_by("id")
    return list(rows.values_list("verb", flat=True))


def test_a_person_is_asked_and_answers(ana: User, ben: User) -> None:
    question = ask(ana, "ben")
    assert (question.person, question.case.state) == (ben, State.WAITING)
    asked = Notice.objects.get(to=ben)
    assert (asked.kind, asked.subject, asked.path) == ("case.asked", question.case.ref, f"/questions/{question.pk}/")
    actions.answer(question=question, answer=ANSWER, by=ben)
    done = fresh(question)
    assert (done.outcome, done.answer, done.answered_by, done.case.state) == ("answered", ANSWER, ben, State.OPEN)
    assert (done.case.decision, done.case.revision, done.case.assignee) == (None, 2, ana)
    told = Notice.objects.get(to=ana)
    assert (told.kind, told.path) == ("case.answered", f"/cases/{done.case.ref}/")
    assert Notice.objects.get(to=ben).over_at is not None
    assert verbs(done.case) == ["case.claimed", "case.decided", "case.answered"]


def test_the_members_of_a_mailbox_are_told_and_its_address_gets_one_mail(
    ana: User, clerk: User, office: ServiceMailbox
) -> None:
    question = ask(ana, "records")
    assert question.mailbox == office
    assert [notice.to for notice in Notice.objects.all()] == [clerk]
    assert notices.send_next_letter(by=system())
    assert not notices.send_next_letter(by=system())
    (sent,) = mail.outbox
    assert sent.to == ["records@clinic.test"]
    assert question.case.ref in sent.subject
    assert f"/questions/{question.pk}/" in sent.body


def test_what_is_asked_and_answered_leaves_the_case_nowhere(ana: User, clerk: User, office: ServiceMailbox) -> None:
    question = ask(ana, "records")
    actions.answer(question=question, answer=SECRET, by=clerk)
    said = [str(notice) for notice in Notice.objects.all()] + [str(letter) for letter in Letter.objects.all()]
    said += [str(entry.facts) for entry in LogEntry.objects.all()]
    assert not [text for text in said if SECRET in text]


def test_a_letter_that_fails_is_tried_again_and_one_that_is_settled_is_not_sent(
    ana: User, clerk: User, office: ServiceMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = ask(ana, "records")

    def fails(self: object) -> None:
        raise OSError("no route")

    with monkeypatch.context() as patch:
        patch.setattr("console.notices.actions.EmailMessage.send", fails)
        assert not notices.send_next_letter(by=system())
    letter = Letter.objects.get()
    assert (letter.mail_attempts, letter.mailed_at, letter.mail_problem != "") == (1, None, True)
    assert letter.mail_due_at is not None
    assert letter.mail_due_at > timezone.now()
    actions.answer(question=question, answer=ANSWER, by=clerk)
    assert not notices.send_next_letter(by=system(), now=timezone.now() + dt.timedelta(days=1))
    assert not mail.outbox


@pytest.mark.parametrize(
    "words", ["records", "RECORDS", "Clinic FPL records office", "clinic fpl records office (records)", " records "]
)
def test_the_ways_to_name_a_mailbox(ana: User, office: ServiceMailbox, words: str) -> None:
    assert ask(ana, words).mailbox == office


@pytest.mark.parametrize("words", ["ben", "Ben", "Ben (ben)"])
def test_the_ways_to_name_a_person(ana: User, ben: User, words: str) -> None:
    question = ask(ana, words)
    assert (question.person, question.decision.details["asked_of"]) == (ben, "ben")


@pytest.mark.parametrize(
    ("words", "sentence", "field"),
    [
        ("the ward", "no active user or mailbox", "asked_of"),
        ("ada", "may not see the cases", "asked_of"),
        ("ana", "cannot ask yourself", "asked_of"),
        ("gone", "no active user", "asked_of"),
        ("closed", "no active user or mailbox", "asked_of"),
        ("mine", "no other member", "asked_of"),
        ("pipe", "no active user", "asked_of"),
        ("Twin", "the name of several", "asked_of"),
        ("x\0y", "no active user", "asked_of"),
        ("", "Enter who should provide", "asked_of"),
    ],
)
def test_who_cannot_be_asked(ana: User, ada: User, pipe: User, words: str, sentence: str, field: str) -> None:
    factories.make_user("gone", role="reviewer", is_active=False)
    factories.make_mailbox("closed", active=False)
    factories.make_mailbox("mine", ana)
    for number in (1, 2):
        twin = factories.make_user(f"twin{number}", role="reviewer")
        User.objects.filter(pk=twin.pk).update(name="Twin")
    case = factories.make_case()
    with pytest.raises(Invalid) as refused:
        ask(ana, words, case)
    assert sentence in refused.value.sentence
    assert refused.value.details["field"] == field
    assert Case.objects.get(pk=case.pk).state == State.CLAIMED
    assert not Question.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("days", [-1, 400])
def test_an_answer_is_due_within_a_year(ana: User, ben: User, days: int) -> None:
    with pytest.raises(Invalid, match="within the next 12 months"):
        ask(ana, "ben", until=timezone.now() + dt.timedelta(days=days))


def test_without_a_date_it_is_due_at_the_end_of_the_next_working_day(ana: User, ben: User) -> None:
    case = factories.make_case()
    weekly = {day: [["08:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "thu")}
    calendar = BusinessCalendar.objects.create(
        name="Clinic", time_zone="Africa/Kampala", weekly=weekly, holidays=["2027-03-02"]
    )
    SlaPolicy.objects.create(queue=case.queue, minutes=60, calendar=calendar)
    with time_machine.travel(dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC), tick=False):  # a Monday; Tuesday is a holiday
        question = ask(ana, "ben", case)
    assert question.due_at == dt.datetime(2027, 3, 4, 14, tzinfo=dt.UTC)


def test_only_who_is_asked_answers(ana: User, ben: User, lena: User, clerk: User, office: ServiceMailbox) -> None:
    question = ask(ana, "records")
    for other in (ben, lena):
        with pytest.raises(Denied, match="not put to you"):
            actions.answer(question=question, answer=ANSWER, by=other)
    factories.make_mailbox("records", ana)
    with pytest.raises(Denied, match="You asked"):
        actions.answer(question=question, answer=ANSWER, by=ana)
    for text in ("", "  ", "x" * 4001):
        with pytest.raises(Invalid):
            actions.answer(question=question, answer=text, by=clerk)


def test_the_same_answer_twice_is_one_and_another_is_stale(ana: User, ben: User, lena: User) -> None:
    question = ask(ana, "ben")
    actions.answer(question=question, answer=ANSWER, by=ben)
    assert actions.answer(question=question, answer=f" {ANSWER}", by=ben).answer == ANSWER
    with pytest.raises(Stale, match="has ended: answered"):
        actions.answer(question=question, answer="Another", by=ben)
    assert LogEntry.objects.filter(verb="case.answered").count() == 1


def test_an_answer_leaves_the_case_to_all_when_who_asked_may_not_work_it_now(ana: User, ben: User, ada: User) -> None:
    question = ask(ana, "ben")
    ana.user_permissions.clear()
    actions.answer(question=question, answer=ANSWER, by=ben)
    assert (fresh(question).case.state, fresh(question).case.assignee) == (State.OPEN, None)


def test_a_frozen_wave_takes_no_answer(ana: User, ben: User) -> None:
    question = ask(ana, "ben")
    wave = question.case.wave
    wave.frozen_at, wave.frozen_because = timezone.now(), "GATE-1"
    wave.save()
    with pytest.raises(Denied, match="frozen"):
        actions.answer(question=question, answer=ANSWER, by=ben)
    assert fresh(question).case.state == State.WAITING


def test_undoing_the_decision_withdraws_the_question(ana: User, ben: User) -> None:
    question = ask(ana, "ben")
    cases.undo(case=question.case, by=ana)
    assert (fresh(question).outcome, fresh(question).case.state) == (Outcome.WITHDRAWN, State.CLAIMED)
    assert Notice.objects.get(to=ben).over_at is not None
    with pytest.raises(Stale, match="has ended: withdrawn"):
        actions.answer(question=question, answer=ANSWER, by=ben)


def test_resuming_by_hand_closes_the_question_and_tells_who_asked(ana: User, ben: User, lena: User) -> None:
    question = ask(ana, "ben")
    cases.resume(case=question.case, by=lena)
    assert (fresh(question).outcome, fresh(question).case.state) == (Outcome.RESUMED, State.OPEN)
    assert Notice.objects.get(to=ana).sentence == "Lena resumed the case before Ben answered."


def test_what_is_not_answered_in_time_goes_back_once(ana: User, ben: User) -> None:
    question, later = ask(ana, "ben"), ask(ana, "ben", until=timezone.now() + dt.timedelta(days=9))
    due = question.due_at + dt.timedelta(seconds=1)
    assert actions.sweep(by=system()) == Swept(0, 0)
    assert actions.sweep(by=system(), now=due) == Swept(1, 0)
    assert actions.sweep(by=system(), now=due) == Swept(0, 0)
    assert (fresh(question).outcome, fresh(question).case.state) == (Outcome.NOT_ANSWERED, State.OPEN)
    assert fresh(later).case.state == State.WAITING
    (notice,) = Notice.objects.filter(to=ana)
    assert "did not answer your question by" in notice.sentence
    assert verbs(question.case)[-1] == "case.not_answered"


def test_many_are_ended_in_bounded_batches(ana: User, ben: User, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = factories.make_queue(hold_limit=20)
    asked = [ask(ana, "ben", factories.make_case(queue=queue)) for _ in range(5)]
    monkeypatch.setattr("triage.questions.actions.sweeping.AT_ONCE", 2)
    monkeypatch.setattr("triage.questions.tasks.AT_ONCE", 2)
    due = max(one.due_at for one in asked) + dt.timedelta(seconds=1)
    assert [actions.sweep(by=system(), now=due).late for _ in range(4)] == [2, 2, 1, 0]


def test_a_case_that_stopped_waiting_otherwise_ends_its_question(ana: User, ben: User) -> None:
    question = ask(ana, "ben")
    Case.objects.filter(pk=question.case_id).update(state=State.OPEN, decision=None)  # as landing does
    with pytest.raises(Stale, match="overtaken"):
        actions.answer(question=question, answer=ANSWER, by=ben)
    assert actions.sweep(by=system()).overtaken == 1
    assert fresh(question).outcome == Outcome.OVERTAKEN
    assert Notice.objects.get(to=ben).over_at is not None


def test_it_can_be_asked_again_before_the_sweep_has_come(ana: User, ben: User, lena: User) -> None:
    question = ask(ana, "ben")
    Case.objects.filter(pk=question.case_id).update(state=State.OPEN, decision=None)
    again = ask(ana, "lena", Case.objects.get(pk=question.case_id))
    assert (fresh(question).outcome, again.person) == (Outcome.OVERTAKEN, lena)


def test_the_database_holds_one_open_question_a_case(ana: User, ben: User, lena: User) -> None:
    question, other = ask(ana, "ben"), ask(ana, "ben")
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=other.pk).update(case=question.case)


def test_losing_the_role_gives_the_question_back(ana: User, eve: User, ada: User) -> None:
    case = factories.make_case()
    grant = people.grant_role(user=eve, role="reviewer", scope=case.queue, by=ada)
    question = ask(ana, "eve", case)
    people.revoke_role(grant=grant, by=ada)
    assert (fresh(question).outcome, fresh(question).case.state) == (Outcome.RETURNED, State.OPEN)
    assert "can no longer answer" in Notice.objects.get(to=ana).sentence
    assert verbs(case)[-1] == "case.question_returned"


def test_losing_another_role_does_not(ana: User, eve: User, ada: User) -> None:
    case = factories.make_case()
    people.grant_role(user=eve, role="compliance", by=ada)
    grant = people.grant_role(user=eve, role="reviewer", scope=case.queue, by=ada)
    question = ask(ana, "eve", case)
    people.revoke_role(grant=grant, by=ada)
    assert fresh(question).outcome == ""


def test_a_mailbox_keeps_its_question_while_one_member_can_answer(
    ana: User, clerk: User, office: ServiceMailbox, ada: User
) -> None:
    second = factories.make_user("second-clerk")
    factories.make_mailbox("records", second)
    question = ask(ana, "records")
    people.deactivate(user=clerk, by=ada)
    assert fresh(question).outcome == ""
    people.deactivate(user=second, by=ada)
    assert (fresh(question).outcome, fresh(question).case.state) == (Outcome.RETURNED, State.OPEN)


def test_a_release_that_takes_a_role_away_gives_questions_back(ana: User, ada: User) -> None:
    eve = factories.make_user("eve", role="reviewer")
    RoleGrant.objects.create(user=eve, role="steward", granted_by=ada)
    question = ask(ana, "eve")
    eve.user_permissions.clear()
    RoleGrant.objects.filter(user=eve).update(role="administrator")
    people.sync_roles(by=ada)
    assert fresh(question).outcome == Outcome.RETURNED


def test_leads_set_up_mailboxes(ana: User, lena: User, omar: User, clerk: User) -> None:
    with pytest.raises(Denied):
        actions.save_mailbox(mailbox=None, slug="office", name="Office", members=["clerk"], by=ana)
    box = actions.save_mailbox(mailbox=None, slug="office", name="Office", members=["clerk", "clerk"], by=omar)
    assert list(box.members.all()) == [clerk]
    question = ask(ana, "office")
    for wrong in ({"slug": "Office"}, {"members": ["zoe"]}, {"members": []}):
        fields = {"slug": "other", "name": "Other", "members": ["clerk"]} | wrong
        with pytest.raises(Invalid):
            actions.save_mailbox(mailbox=None, by=lena, **fields)
    before = LogEntry.objects.count()
    actions.save_mailbox(mailbox=box, slug="office", name="Office", members=["clerk"], by=lena)
    assert LogEntry.objects.count() == before
    actions.save_mailbox(mailbox=box, slug="office", name="Office", members=["clerk"], active=False, by=lena)
    assert fresh(question).outcome == Outcome.RETURNED


def test_who_is_offered(ana: User, ben: User, ada: User, office: ServiceMailbox) -> None:
    factories.make_mailbox("closed", active=False)
    factories.make_mailbox("mine", ana)
    assert [one.code for one in queries.offered(factories.make_queue(), viewer=ana)] == ["records", "ben"]


def test_answer_against_resume_at_the_same_moment(committed_db: str, ana: User, ben: User, lena: User) -> None:
    """However they interleave, the case is open once and the question has one end."""
    for _ in range(4):
        question = ask(ana, "ben")
        start, refused = threading.Barrier(2), []

        def act(go, start=start, refused=refused) -> None:
            start.wait()
            try:
                go()
            except Refusal as refusal:
                refused.append(refusal)
            finally:
                connections.close_all()

        moves = (
            lambda question=question: actions.answer(question=question, answer=ANSWER, by=User.objects.get(pk=ben.pk)),
            lambda question=question: cases.resume(case=question.case, by=User.objects.get(pk=lena.pk)),
        )
        threads = [threading.Thread(target=act, args=[move]) for move in moves]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        done = fresh(question)
        assert len(refused) == 1
        assert isinstance(refused[0], Stale)
        assert done.outcome in {Outcome.ANSWERED, Outcome.RESUMED}
        assert (done.case.state, done.case.revision) == (State.OPEN, 2)


def test_two_answers_at_the_same_moment(committed_db: str, ana: User) -> None:
    members = [factories.make_user(name) for name in ("one", "two")]
    factories.make_mailbox("records", *members)
    question, refused = ask(ana, "records"), []

    def act(by: User) -> None:
        try:
            actions.answer(question=question, answer=f"By {by}", by=by)
        except Stale as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=[member]) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert fresh(question).case.revision == 2
