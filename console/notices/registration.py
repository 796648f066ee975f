"""What notices declare: the bell of every page, urgent ones on the home page, verbs, and a gauge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import Command, FrameValue, Gauge, HomePart
from console.notices import queries
from console.notices.models import Letter, Notice


def _waiting() -> Iterator[tuple[tuple[str, ...], float]]:
    waiting = (rows.filter(mail_due_at__isnull=False).count() for rows in (Notice.objects, Letter.objects))
    yield (), float(sum(waiting))


#: Verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("notice.read", "read a notice about {subject}", "bell"),
    ("notice.all_read", "marked {count} notices as read", "bell"),
    ("notice.mailed", "sent mail about {about}", "mail"),
    ("notice.mail_failed", "could not send mail: {problem}", "mail-x"),
)

CAPABILITY: Final = Capability(
    urls="console.notices.urls",
    commands=(Command(label="Notifications", url_name="notices:notices", icon="bell", key="g n"),),
    home=(HomePart("notices:home", urgent=queries.has_urgent),),
    frame=(FrameValue("unread", queries.unread_count),),
    verbs=VERBS,
    families={"notice": "Notifications"},
    gauges=(Gauge("concord_mail_waiting", "Notices whose mail is still to be sent.", _waiting),),
)
