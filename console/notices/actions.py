"""The only writers of notices: telling, reading, mailing."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import KombuError

from console.audit import log as audit_log
from console.celery import app
from console.notices import rules
from console.notices.models import Letter, Notice
from console.people.models import User

log = logging.getLogger(__name__)

TASK: Final = "console.notices.tasks.mail"
#: What sending may fail with: no server, no name, a broken conversation, a refused person.
FAILURES: Final = (SMTPException, OSError)
_SENTENCE: Final = 500
# A person may be waiting: with the broker away, give up at once instead of trying for seconds.
_SOON: Final = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}


def tell(
    *, to: Iterable[User], kind: str, subject: str, sentence: str, path: str, urgent: bool = False, by: User
) -> int:
    """Tell these people something, in the caller's transaction; mail goes out once that has committed.

    ``path`` leads to the thing (no query string); neither it nor the sentence says anything of a patient. Services and
    people shut out are not told, nor is anybody told again what they have not read yet. Books nothing: the caller's
    entry says what happened. Returns how many were told.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind} must be told inside the transaction that it speaks of.")
    _require_path(kind, path)
    people = {person.pk: person for person in to if rules.hears(person)}
    said = sentence if len(sentence) <= _SENTENCE else f"{sentence[: _SENTENCE - 1]}…"
    same = Notice.objects.filter(to__in=people, read_at=None, over_at=None, kind=kind, subject=subject, sentence=said)
    told = set(same.values_list("to_id", flat=True)) if people else set()
    now = timezone.now()
    rows = [
        Notice(to_id=key, kind=kind, subject=subject, sentence=said, path=path, urgent=urgent, by=by, at=now,
               mail_due_at=now if rules.wants_mail(person, urgent=urgent) else None)
        for key, person in sorted(people.items()) if key not in told
    ]  # fmt: skip
    Notice.objects.bulk_create(rows)
    if any(row.mail_due_at for row in rows):
        transaction.on_commit(_wake)
    return len(rows)


def post(*, address: str, addressee: str, subject: str, sentence: str, path: str, by: User) -> Letter:
    """Mail a service at its address, in the caller's transaction; the mail goes out once that has committed.

    As ``tell``: nothing of a patient, and the caller's entry says what happened.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A letter must be posted inside the transaction that it speaks of.")
    _require_path(subject, path)
    now = timezone.now()
    letter = Letter.objects.create(
        address=address,
        addressee=addressee,
        subject=subject,
        sentence=sentence[:_SENTENCE],
        path=path,
        by=by,
        at=now,
        mail_due_at=now,
    )
    transaction.on_commit(_wake)
    return letter


def recall_letters(*, path: str, by: User) -> int:
    """Do not send letters that lead there and have not gone out: what they ask for is settled. As ``settle``."""
    if not connection.in_atomic_block:
        raise RuntimeError("Letters are recalled inside the transaction that settles what they speak of.")
    return Letter.objects.filter(path=path, mail_due_at__isnull=False).update(mail_due_at=None)


def settle(*, kinds: Iterable[str], path: str, to: Iterable[User] | None = None, by: User) -> int:
    """Settle notices whose request is done or no longer needed: they stay, but cause no further reminders or mail.

    ``path`` is where they lead; ``to`` narrows it to some people. In the caller's transaction and within its entry, as
    ``tell``. Returns how many were settled.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Notices are settled inside the transaction that settles what they speak of.")
    about = Notice.objects.filter(kind__in=list(kinds), path=path, read_at=None, over_at=None)
    mine = about if to is None else about.filter(to__in=[person.pk for person in to])
    keys = list(mine.select_for_update().order_by("pk").values_list("pk", flat=True))
    return Notice.objects.filter(pk__in=keys).update(over_at=timezone.now(), mail_due_at=None)


def mark_read(*, notice: Notice, by: User) -> Notice:
    """This person has read it. Again does nothing. Raises Denied for anybody else's."""
    rules.may_read(notice, by).require()
    with audit_log.transaction(by=by, purpose="mark_read"):
        locked = Notice.objects.select_for_update().get(pk=notice.pk)
        if locked.read_at is None:
            locked.read_at = timezone.now()
            locked.save(update_fields=["read_at"])
            audit_log.record(
                "notice.read", subject=locked.subject, by=by, facts={"kind": locked.kind, "notice": locked.pk}
            )
    return locked


def mark_all_read(*, through: int, by: User) -> int:
    """This person has read all that came before and with the notice ``through``. Returns how many were unread."""
    with audit_log.transaction(by=by, purpose="mark_all_read"):
        mine = Notice.objects.filter(to=by, read_at=None, over_at=None, pk__lte=through)
        read = mine.update(read_at=timezone.now())
        if read:
            audit_log.record("notice.all_read", subject=by, by=by, facts={"count": read, "through": through})
    return read


def send_next(*, by: User, now: dt.datetime | None = None) -> bool:
    """Send the mail that has waited longest: one person's, with all that waits for them. False when there is no more.

    Their rows stay locked meanwhile, so however many workers send, each notice goes out once. A mail that fails is
    tried again later (``rules.BACK_OFF``), its problem kept; False then too, since the next one would fail as well.
    """
    now = now or timezone.now()
    with audit_log.transaction(by=by, purpose="mail"):
        waiting = _take(now)
        if not waiting:
            return False
        person = waiting[0].to
        wanted = [one for one in waiting if one.read_at is None and rules.wants_mail(person, urgent=one.urgent)]
        unwanted = {one.pk for one in waiting} - {one.pk for one in wanted}
        Notice.objects.filter(pk__in=unwanted).update(mail_due_at=None)
        if not wanted:
            return True
        try:
            with transaction.atomic():
                _send(person, wanted, now=now, by=by)
        except FAILURES as failure:
            _put_off(person, wanted, failure, now=now, by=by)
            return isinstance(failure, SMTPRecipientsRefused)
    return True


def send_next_letter(*, by: User, now: dt.datetime | None = None) -> bool:
    """Send the letter that has waited longest, once, as ``send_next`` sends notices. False when none is left."""
    now = now or timezone.now()
    with audit_log.transaction(by=by, purpose="mail"):
        due = Letter.objects.select_for_update(skip_locked=True).filter(mail_due_at__lte=now)
        letter = due.order_by("mail_due_at", "pk").first()
        if letter is None:
            return False
        try:
            with transaction.atomic():
                letter.mailed_at, letter.mail_due_at, letter.mail_problem = now, None, ""
                letter.save(update_fields=["mailed_at", "mail_due_at", "mail_problem"])
                facts = {"count": 1, "about": letter.subject}
                audit_log.record("notice.mailed", subject=letter.subject, by=by, facts=facts)
                said = rules.letter(letter, settings.CONSOLE_URL)
                EmailMessage(said.subject, said.text, settings.DEFAULT_FROM_EMAIL, [letter.address]).send()
        except FAILURES as failure:
            letter.mailed_at, letter.mail_attempts = None, letter.mail_attempts + 1
            letter.mail_problem = _problem(failure)
            letter.mail_due_at = rules.next_attempt(now, letter.mail_attempts)
            letter.save(update_fields=["mailed_at", "mail_attempts", "mail_problem", "mail_due_at"])
            facts = {"problem": letter.mail_problem, "count": 1, "given_up": int(letter.mail_due_at is None)}
            audit_log.record("notice.mail_failed", subject=letter.subject, by=by, facts=facts)
            return isinstance(failure, SMTPRecipientsRefused)
    return True


def _require_path(kind: str, path: str) -> None:
    if not path.startswith("/") or path.startswith("//") or "?" in path:
        raise ValueError(f"{kind} must lead to a path of the console, without a query.")


def _take(now: dt.datetime) -> list[Notice]:
    """Everything due for the person whose mail has waited longest, locked; rows in another worker's hands are not."""
    due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(mail_due_at__lte=now)
    first = due.order_by("mail_due_at", "to_id").first()
    if first is None:
        return []
    return list(due.filter(to_id=first.to_id).select_related("to").order_by("pk"))


def _send(person: User, notices: Sequence[Notice], *, now: dt.datetime, by: User) -> None:
    """Settle and book these rows, then send: should either fail, nothing has been sent or settled."""
    abouts = sorted({notice.subject for notice in notices})
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(
        mailed_at=now, mail_due_at=None, mail_problem=""
    )
    audit_log.record(
        "notice.mailed", subject=person, by=by, facts={"count": len(notices), "about": ", ".join(abouts[:20])}
    )
    said = rules.message(person, notices, settings.CONSOLE_URL)
    EmailMessage(said.subject, said.text, settings.DEFAULT_FROM_EMAIL, [person.email]).send()


def _put_off(person: User, notices: Sequence[Notice], failure: Exception, *, now: dt.datetime, by: User) -> None:
    problem = _problem(failure)
    log.warning("Mail could not be sent: %s", problem)
    for notice in notices:
        notice.mail_attempts += 1
        notice.mail_due_at = rules.next_attempt(now, notice.mail_attempts)
        notice.mail_problem = problem
    Notice.objects.bulk_update(notices, ["mail_attempts", "mail_due_at", "mail_problem"])
    given_up = sum(notice.mail_due_at is None for notice in notices)
    facts = {"problem": problem, "count": len(notices), "given_up": given_up}
    audit_log.record("notice.mail_failed", subject=person, by=by, facts=facts)


def _problem(failure: Exception) -> str:
    """What went wrong, without addresses: the server's code or the kind of failure."""
    if isinstance(failure, SMTPResponseException):
        return f"{type(failure).__name__}: the mail server answered {failure.smtp_code}."
    if isinstance(failure, SMTPRecipientsRefused):
        codes = sorted({code for code, _ in failure.recipients.values()})
        return f"The mail server refused the address ({', '.join(map(str, codes))})."
    reason = failure.strerror if isinstance(failure, OSError) and failure.strerror else type(failure).__name__
    return f"The mail server could not be reached: {reason}."[:300]


def _wake() -> None:
    try:
        with app.connection_for_write(transport_options=_SOON) as broker:
            app.send_task(TASK, retry=False, connection=broker)
    except (KombuError, OSError):
        log.warning("The broker is away; mail waits for the next beat.")
