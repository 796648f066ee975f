"""What is read of comments. Every function costs a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models.functions import Lower

from console import keyset
from console.errors import Missing
from console.keyset import TOP, Page, Place
from console.people import queries as people
from console.people.models import User, UserKind
from console.people.permissions import may
from triage.cases.models import Case
from triage.comments import rules
from triage.comments.models import Comment
from triage.desk.masked_values import MaskedValue
from triage.queues.models import Queue

SEE: Final = "cases.see_queue"
#: How many the page of a case shows, and a page of earlier ones.
SHOWN: Final = 10
#: How many people a pick-list offers; others are typed by their usernames.
OFFERED: Final = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment as a viewer may read it. ``pieces``: its text in order, each with whether it mentions a person.

    None of them when it is masked or withdrawn.
    """

    number: int
    by: str
    at: dt.datetime
    pieces: tuple[tuple[str, bool], ...]
    masked: bool
    withdrawn_at: dt.datetime | None
    mine: bool


def works(user: User, queue: Queue) -> bool:
    """Whether this person may comment on the cases of a queue: those who work or manage it."""
    return may(user, "cases.work_queue", queue) or may(user, "cases.manage_queue", queue)


def reveals(user: User, queue: Queue) -> bool:
    """Whether this person may reveal patient fields of the cases of a queue, and so read comments on them."""
    return may(user, "cases.reveal_patient", queue)


def page_of_comments(case: Case, *, viewer: User, masks: MaskedValue, place: Place = TOP) -> Page[Shown]:
    """One page of the comments on a case, the newest first."""
    found = Comment.objects.filter(case=case).select_related("by", "withdrawal")
    page = keyset.page(found, keyset.NEWEST, place, size=SHOWN)
    names = _usernames(page.items) if masks.lifted else {}
    return page.showing(lambda rows: [_shown(row, viewer, masks, names) for row in rows])


def comment_of(case: Case, number: int) -> Comment:
    """A comment on this case. Raises Missing."""
    found = Comment.objects.filter(case=case, pk=number).select_related("withdrawal").first()
    if found is None:
        raise Missing(f"There is no such comment on {case.ref}.")
    return found


def offered(queue: Queue, *, viewer: User) -> list[User]:
    """Whom a comment on a case of this queue may mention, by name, for a pick-list."""
    return list(people.able(SEE, queue).exclude(pk=viewer.pk)[:OFFERED])


def mentioned(text: str, queue: Queue) -> list[User]:
    """Those whom a text mentions. Raises Invalid for a name that is unknown, or who may not see the queue."""
    wanted = rules.candidates(text)
    names = {name for spellings in wanted for name in spellings}
    active = User.objects.annotate(lower=Lower("username")).filter(lower__in=names)
    by_name = {one.username.lower(): one for one in active.filter(is_active=True, kind=UserKind.PERSON)}
    found = [next((by_name[name] for name in spellings if name in by_name), None) for spellings in wanted]
    meant = {one.pk: one for one in found if one is not None}
    able = set(people.able(SEE, queue).filter(pk__in=meant).values_list("pk", flat=True)) if meant else set()
    rules.mention(
        unknown=[spellings[-1] for spellings, one in zip(wanted, found, strict=True) if one is None],
        unable=[f"{one} (@{one.username})" for one in meant.values() if one.pk not in able],
        many=len(meant) > rules.MENTIONS,
    ).require()
    return list(meant.values())


def _shown(comment: Comment, viewer: User, masks: MaskedValue, names: dict[int, str]) -> Shown:
    withdrawal = getattr(comment, "withdrawal", None)
    text = "" if withdrawal else masks.prose(comment.text)
    known = {names[number] for number in comment.mentions if number in names}
    return Shown(
        number=comment.pk,
        by=str(comment.by),
        at=comment.at,
        pieces=tuple(rules.spans(text, known)) if text else (),
        masked=not (withdrawal or masks.lifted),
        withdrawn_at=withdrawal.at if withdrawal else None,
        mine=comment.by_id == viewer.pk,
    )


def _usernames(comments: Sequence[Comment]) -> dict[int, str]:
    """Usernames, in lower case, of those whom these comments mention."""
    numbers: Iterable[int] = {number for comment in comments for number in comment.mentions}
    rows = User.objects.filter(pk__in=list(numbers)).values_list("pk", "username")
    return {key: name.lower() for key, name in rows}
