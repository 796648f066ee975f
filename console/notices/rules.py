"""Who is told how: which notices go by mail, how often mail is tried, and what it says. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from console.answers import Allowed, Answer, Forbidden
from console.notices.models import Letter, Notice
from console.people.models import User

#: Minutes to wait after each failed attempt; when they are used up mail is given up. About a day in all.
BACK_OFF: Final = (1, 5, 15, 60, 180, 360, 720)
ATTEMPTS: Final = len(BACK_OFF) + 1
SUBJECT_LENGTH: Final = 150


@dataclass(frozen=True, slots=True)
class Message:
    """One mail: its subject line and its text."""

    subject: str
    text: str


def hears(person: User) -> bool:
    """True for those who get notices: people who can sign in. Services and people shut out hear nothing."""
    return person.is_active and person.is_person


def may_read(notice: Notice, person: User) -> Answer:
    """May this person say that they have read it? Their own only."""
    return Allowed() if notice.to_id == person.pk else Forbidden("This notification is for another user.")


def wants_mail(person: User, *, urgent: bool) -> bool:
    """Does this person want mail about it? Their own setting: ``on`` (the default), ``urgent`` or ``off``."""
    wanted = (person.preferences or {}).get("mail", "on")
    return bool(person.email) and hears(person) and (wanted != "off" and (urgent or wanted != "urgent"))


def next_attempt(now: dt.datetime, attempts: int) -> dt.datetime | None:
    """When to try again after so many failed attempts; None when enough have failed."""
    return None if attempts >= ATTEMPTS else now + dt.timedelta(minutes=BACK_OFF[attempts - 1])


def message(person: User, notices: Sequence[Notice], origin: str) -> Message:
    """The one mail that tells ``person`` of all these notices. ``origin`` is the console's address."""
    parts = [f"{notice.subject}: {notice.sentence}\n{origin}{notice.path}" for notice in notices]
    settings, everything = f"{origin}{reverse('ui:preferences')}", f"{origin}{reverse('notices:notices')}"
    closing = f"Change your email settings: {settings} · See all notifications: {everything}"
    text = "\n\n".join([f"{person},", *parts, f"-- \n{closing}"]) + "\n"
    return Message(_subject(notices), text)


def letter(one: Letter, origin: str) -> Message:
    """The mail to a service. ``origin`` is the console's address."""
    line = f"Concord: {' '.join(f'{one.subject}: {one.sentence}'.split())}"
    line = line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1]}…"
    closing = "Members of this mailbox answer in the console, not by reply to this email."
    return Message(line, f"{one.addressee},\n\n{one.subject}: {one.sentence}\n{origin}{one.path}\n\n-- \n{closing}\n")


def _subject(notices: Sequence[Notice]) -> str:
    first = " ".join(f"{notices[0].subject}: {notices[0].sentence}".split())
    if len(notices) > 1:
        abouts = ", ".join(dict.fromkeys(notice.subject for notice in notices))
        first = f"{len(notices)} notices: {' '.join(abouts.split())}"
    mark = "Urgent: " if any(notice.urgent for notice in notices) else ""
    line = f"Concord: {mark}{first}"
    return line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1]}…"
