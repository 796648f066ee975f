"""Questions go back to who asked in the transaction in which no one is left who may answer them.

The role is gone, or the account; or the last member of a mailbox.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from console.audit import log
from console.fact_changes import Change
from console.people import permissions
from console.people.causes import PeopleCause
from console.people.models import User
from console.waves import locks as wave_locks
from triage.cases.models import Case
from triage.questions import queries
from triage.questions.actions import ending
from triage.questions.models import Outcome, Question, ServiceMailbox


def hear(change: Change) -> None:
    """Give back the questions that a change of roles or accounts left without anyone to answer."""
    found = Question.objects.filter(closed_at=None)
    if change.cause != PeopleCause.ROLES_SYNCED:
        name = change.about
        found = found.filter(Q(person__username=name) | Q(mailbox__memberships__person__username=name)).distinct()
    _give_back(found.values_list("pk", flat=True), by=change.by)


def of_mailbox(mailbox: ServiceMailbox, *, by: User) -> None:
    """Give back the questions of a mailbox whose members have changed, or that is no longer in use."""
    found = Question.objects.filter(closed_at=None, mailbox=mailbox)
    _give_back(found.values_list("pk", flat=True), by=by)


def _give_back(numbers: Iterable[int], *, by: User) -> None:
    """In the order in which everything locks: waves, then cases by number, then their questions."""
    wanted = Question.objects.filter(pk__in=list(numbers))
    lost = [question for question in wanted.select_related("case__queue", "person", "mailbox", "by") if _lost(question)]
    if not lost:
        return
    wave_locks.lock_shared(sorted({question.case.wave_id for question in lost}))
    cases = Case.objects.select_for_update().filter(pk__in=[question.case_id for question in lost]).order_by("pk")
    locked = {case.pk: case for case in cases}
    wanted_now = {question.pk for question in lost}
    for question in ending.open_on(locked):
        if question.pk in wanted_now:
            _return(question, locked[question.case_id], by=by)


def _return(question: Question, case: Case, *, by: User) -> None:
    waited = ending.waits(case, question)
    ending.close(question, Outcome.RETURNED, by=by)
    if waited:
        ending.reopen(case)
    log.record("case.question_returned", subject=case, by=by, facts={"question": question.pk})
    said = f"{question.asked_of} can no longer answer your question. The case is open again."
    ending.tell_asker(question, said, by=by)


def _lost(question: Question) -> bool:
    """Whether no one may answer the question any longer."""
    if question.mailbox:
        return not (question.mailbox.active and queries.can_answer(question.mailbox, asked_by=question.by))
    person = question.person
    assert person is not None
    permissions.forget(person)
    return not (person.is_active and permissions.may(person, queries.SEE, question.case.queue))
