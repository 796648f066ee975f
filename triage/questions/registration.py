"""What questions declare: navigation, their part of the home page and of every case, verbs, and how they are asked."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import HomePart, NavItem
from console.fact_changes import SUBSCRIPTIONS, Subscription
from console.people.causes import PeopleCause
from triage.cases.asking import ASKINGS
from triage.desk.case_parts import CASE_PARTS
from triage.questions import queries
from triage.questions.actions import returning
from triage.questions.actions.asking import ASKING
from triage.questions.panel import PART

GROUP: Final = "Triage"
MANAGE: Final = "cases.manage_queue"

#: Verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("case.answered", "answered the question about {subject}", "message-circle-reply"),
    ("case.not_answered", "reopened {subject}: the question was not answered in time", "message-circle-off"),
    ("case.question_overtaken", "ended the question about {subject}: the case stopped waiting", "message-circle-off"),
    ("case.question_returned", "reopened {subject}: no one may answer the question", "message-circle-off"),
    ("case.question_read", "read the question about {subject}", "eye"),
    ("mailbox.made", "created the mailbox {mailbox}, members: {members}", "mailbox"),
    ("mailbox.changed", "changed the mailbox {mailbox}: {fields}", "mailbox"),
)

CAPABILITY: Final = Capability(
    urls="triage.questions.urls",
    navigation=(
        NavItem("Questions", "questions:questions", "message-circle-question-mark", "g u", "", 125, GROUP),
        NavItem("Mailboxes", "questions:mailboxes", "mailbox", "", MANAGE, 150, GROUP),
    ),
    home=(HomePart("questions:home", urgent=queries.has_news),),
    verbs=VERBS,
    families={"mailbox": "Mailboxes"},
    parts=(
        ASKINGS.part(ASKING),
        CASE_PARTS.part(PART),
        SUBSCRIPTIONS.part(Subscription("questions", (PeopleCause,), returning.hear)),
    ),
)
