"""What is read of questions and mailboxes. Every function costs a constant number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from console import keyset
from console.errors import Missing
from console.keyset import TOP, Page, Place
from console.people import queries as people
from console.people.models import User, UserKind
from console.people.permissions import may
from triage.cases.models import Case, State
from triage.questions import rules
from triage.questions.models import Membership, Outcome, Question, ServiceMailbox
from triage.queues import plans, sla
from triage.queues.models import Queue

SEE: Final = "cases.see_queue"
#: How many people and mailboxes a pick-list offers; others are typed.
OFFERED: Final = 500
#: How many questions of one case its page shows, and how many the home page.
OF_CASE: Final = 10
AT_HOME: Final = 5
_BY_DUE: Final = keyset.Order(keyset.moment("due_at"), keyset.number("pk"))
#: “Ben Okello (ben)”, as a pick-list writes a person.
_OPEN, _CLOSE = " (", ")"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is asked: one of the two."""

    person: User | None = None
    mailbox: ServiceMailbox | None = None

    @property
    def code(self) -> str:
        """The username, or the short name of the mailbox."""
        return self.person.username if self.person else self.mailbox.slug if self.mailbox else ""

    def __str__(self) -> str:
        return str(self.person or self.mailbox)


def addressee(asked_of: str, queue: Queue, *, by: User) -> Addressee:
    """Who is meant: by username, short name of a mailbox, or a name that only one has. Raises Invalid."""
    wanted = asked_of.replace("\0", "").strip()
    name, inner = wanted.lower(), ""
    if wanted.endswith(_CLOSE) and _OPEN in wanted:
        inner = wanted[wanted.rindex(_OPEN) + len(_OPEN) : -len(_CLOSE)].lower()
    found = _named(name, inner)
    rules.addressee(wanted, found=len(found)).require()
    one = found[0]
    if one.person:
        sees = people.able(SEE, queue).filter(pk=one.person.pk).exists()
        rules.ask_person(f"{one.person}", oneself=one.person == by, sees=sees).require()
    if one.mailbox:
        rules.ask_mailbox(one.mailbox.name, answers=can_answer(one.mailbox, asked_by=by)).require()
    return one


def _named(name: str, inner: str) -> list[Addressee]:
    """Those that a text may mean: what is unique comes before what only looks like a name."""
    persons = User.objects.filter(is_active=True, kind=UserKind.PERSON)
    persons = persons.annotate(low=Lower("username"), low_name=Lower("name"))
    boxes = ServiceMailbox.objects.filter(active=True).annotate(low=Lower("slug"), low_name=Lower("name"))
    of_persons = list(persons.filter(Q(low__in=[name, inner]) | Q(low_name=name))[:50])
    of_boxes = list(boxes.filter(Q(low__in=[name, inner]) | Q(low_name=name))[:50])
    for wanted in filter(None, (name, inner)):
        exact = [Addressee(mailbox=box) for box in of_boxes if box.slug.lower() == wanted]
        exact += [Addressee(person=one) for one in of_persons if one.username.lower() == wanted]
        if exact:
            return exact
    return [*(Addressee(mailbox=box) for box in of_boxes), *(Addressee(person=one) for one in of_persons)]


def can_answer(mailbox: ServiceMailbox, *, asked_by: User) -> bool:
    """Whether an active member other than who asks serves a mailbox."""
    return active_members(mailbox).exclude(pk=asked_by.pk).exists()


def active_members(mailbox: ServiceMailbox) -> QuerySet[User]:
    """The members of a mailbox who can sign in, by name."""
    found = User.objects.filter(memberships__mailbox=mailbox, is_active=True, kind=UserKind.PERSON)
    return found.order_by("name", "username")


def offered(queue: Queue, *, viewer: User) -> list[Addressee]:
    """Who may be asked about cases of a queue: mailboxes, then people, by name."""
    serves = Membership.objects.filter(mailbox=OuterRef("pk"), person__is_active=True).exclude(person=viewer)
    boxes = ServiceMailbox.objects.filter(Exists(serves), active=True)[:OFFERED]
    persons = people.able(SEE, queue).exclude(pk=viewer.pk)[:OFFERED]
    return [*(Addressee(mailbox=box) for box in boxes), *(Addressee(person=person) for person in persons)]


def usual_due(case: Case, now: dt.datetime) -> dt.datetime:
    """When an answer is due unless another date is chosen: at the end of the queue's next working day."""
    policy = sla.policy_for(plans.policies(), case.queue_id, case.severity)
    return sla.end_of_next_working_day(now, policy.calendar if policy else None)


def page_of_questions(user: User, *, closed: bool, place: Place = TOP) -> Page[Question]:
    """One page of the questions put to this person or their mailboxes: open ones by due time, or the latest closed."""
    found = _put_to(user).filter(closed_at__isnull=not closed)
    return keyset.page(found, keyset.NEWEST if closed else _BY_DUE, place)


def has_news(user: User) -> bool:
    """Whether a question waits for this person, or an answer to one of theirs."""
    return _put_to(user).filter(closed_at=None).exists() or _answers_to(user).exists()


def first_questions(user: User) -> list[Question]:
    """The open questions put to this person that are due first."""
    return list(_put_to(user).filter(closed_at=None).order_by("due_at", "pk")[:AT_HOME])


def answers_for(user: User) -> list[Question]:
    """The latest answers to this person's questions, of cases that they have not taken up since."""
    return list(_answers_to(user).order_by("-closed_at")[:AT_HOME])


def question_for(user: User, number: int) -> Question:
    """A question that this person asked, was asked, or may see with its case. Raises Missing."""
    found = _full().filter(pk=number).first()
    if found is None or not (found.by_id == user.pk or addressed(found, user) or may(user, SEE, found.case.queue)):
        raise Missing("There is no such question that you may see.")
    return found


def addressed(question: Question, user: User) -> bool:
    """Whether the question is put to this person, or to a mailbox that they serve."""
    if question.mailbox_id is None:
        return question.person_id == user.pk
    return Membership.objects.filter(mailbox=question.mailbox_id, person=user).exists()


def of_case(case: Case) -> list[Question]:
    """The latest questions about a case, the newest first."""
    return list(_full().filter(case=case).order_by("-pk")[:OF_CASE])


def mailboxes() -> QuerySet[ServiceMailbox]:
    """Every mailbox with its members, by name."""
    return ServiceMailbox.objects.prefetch_related("members")


def mailbox_of(slug: str) -> ServiceMailbox:
    """The mailbox of that short name. Raises Missing."""
    found = mailboxes().filter(slug=slug).first()
    if found is None:
        raise Missing("There is no such mailbox.")
    return found


def _full() -> QuerySet[Question]:
    return Question.objects.select_related("case__queue", "decision", "by", "person", "mailbox", "answered_by")


def _put_to(user: User) -> QuerySet[Question]:
    boxes = Membership.objects.filter(person=user).values("mailbox")
    return _full().filter(Q(person=user) | Q(mailbox__in=boxes))


def _answers_to(user: User) -> QuerySet[Question]:
    since = timezone.now() - dt.timedelta(days=rules.NEWS_DAYS)
    found = _full().filter(by=user, outcome=Outcome.ANSWERED, closed_at__gt=since)
    return found.filter(case__state=State.OPEN)
