"""Where it stands in the shell: the book's verbs, and a figure for monitoring. The bell stands in the page's bar."""

from __future__ import annotations

from collections.abc import Iterator

from console import health
from console.audit import verbs
from console.notices.models import Notice


def register() -> None:
    """Register all of it, once the apps are ready."""
    verbs.register("notice.read", "read a notice about {subject}", "bell")
    verbs.register("notice.all_read", "marked {count} notices as read", "bell")
    verbs.register("notice.mailed", "sent mail about {about}", "mail")
    verbs.register("notice.mail_failed", "could not send mail: {problem}", "mail-x")
    health.register_gauge("concord_mail_waiting", "Notices whose mail is still to be sent.", _waiting, labels=())


def _waiting() -> Iterator[tuple[tuple[str, ...], float]]:
    yield (), float(Notice.objects.filter(mail_due_at__isnull=False).count())
