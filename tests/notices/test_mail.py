"""Mail through a real SMTP conversation: one a person, once, later when the server is away, and never a patient."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from console.audit.models import LogEntry
from console.notices import actions, rules, tasks
from console.notices.models import Notice
from console.people import queries as people
from console.people.models import User
from tests.notices.sink import Sink

pytestmark = pytest.mark.django_db

SAID = {"kind": "gate.superseded", "subject": "GATE-3", "path": "/gates/GATE-3/"}
LOST = "Your signature no longer counts: 1 critical case arrived."


def _tell(*to: User, by: User, sentence: str = LOST, urgent: bool = True) -> None:
    actions.tell(to=to, sentence=sentence, urgent=urgent, by=by, **SAID)


def test_one_mail_a_person_says_everything_that_waits_and_leads_to_it(server: Sink, bo: User, omar: User) -> None:
    _tell(bo, omar, by=omar)
    _tell(bo, by=omar, sentence="Vote again.", urgent=False)
    tasks.mail()
    assert sorted(server.recipients) == ["bo@hospital.test", "omar@hospital.test"]
    mine = next(mail for mail in server.mails if mail["To"] == "bo@hospital.test")
    assert mine["Subject"] == "Concord: Urgent: 2 notices: GATE-3"
    text = mine.get_content()
    assert LOST in text
    assert "Vote again." in text
    assert "https://concord.hospital.test/gates/GATE-3/" in text
    other = next(mail for mail in server.mails if mail["To"] == "omar@hospital.test")
    assert other["Subject"] == f"Concord: Urgent: GATE-3: {LOST}"
    assert not Notice.objects.filter(mailed_at=None).exists()
    tasks.mail()
    assert len(server.mails) == 2, "nothing is sent twice"


def test_newlines_in_a_subject_make_no_headers(server: Sink, bo: User, omar: User) -> None:
    _tell(bo, by=omar, sentence="Look.\r\nBcc: spy@example.org")
    tasks.mail()
    assert server.recipients == ["bo@hospital.test"]
    assert server.mails[0]["Bcc"] is None


def test_each_person_chooses_which_mail_they_get(server: Sink, bo: User, ana: User, ben: User, omar: User) -> None:
    ana.preferences, ben.preferences = {"mail": "urgent"}, {"mail": "off"}
    ana.save()
    ben.save()
    _tell(bo, ana, ben, by=omar)
    _tell(bo, ana, ben, by=omar, sentence="Someone voted.", urgent=False)
    tasks.mail()
    assert sorted(server.recipients) == ["ana@hospital.test", "bo@hospital.test"]
    told = {mail["To"]: mail.get_content() for mail in server.mails}
    assert "Someone voted." in told["bo@hospital.test"]
    assert "Someone voted." not in told["ana@hospital.test"]


@pytest.mark.parametrize("change", ["read", "shut_out", "off"])
def test_what_needs_no_mail_any_more_is_settled_without(server: Sink, bo: User, omar: User, change: str) -> None:
    _tell(bo, by=omar)
    if change == "read":
        actions.mark_read(notice=Notice.objects.get(), by=bo)
    else:
        User.objects.filter(pk=bo.pk).update(
            is_active=change != "shut_out", preferences={"mail": "off"} if change == "off" else {}
        )
    tasks.mail()
    assert not server.mails
    notice = Notice.objects.get()
    assert notice.mail_due_at is None
    assert notice.mailed_at is None


def test_a_server_that_is_away_gets_it_later_and_once(server: Sink, bo: User, omar: User) -> None:
    _tell(bo, by=omar)
    server.broken = True
    now = timezone.now()
    assert actions.send_next(by=people.system(), now=now) is False
    notice = Notice.objects.get()
    assert notice.mail_attempts == 1
    assert notice.mail_due_at == now + dt.timedelta(minutes=1)
    assert "421" in notice.mail_problem
    assert "hospital.test" not in notice.mail_problem
    server.broken = False
    assert actions.send_next(by=people.system(), now=now + dt.timedelta(seconds=59)) is False
    assert not server.mails, "not before its time"
    assert actions.send_next(by=people.system(), now=now + dt.timedelta(seconds=61)) is True
    assert len(server.mails) == 1
    assert Notice.objects.get().mail_problem == ""


def test_it_gives_up_after_eight_attempts_and_says_why(server: Sink, bo: User, omar: User) -> None:
    _tell(bo, by=omar)
    server.refuse.add("bo@hospital.test")
    now = timezone.now()
    for _ in range(20):
        actions.send_next(by=people.system(), now=now)
        now += dt.timedelta(days=1)
    notice = Notice.objects.get()
    assert notice.mail_attempts == rules.ATTEMPTS == 8
    assert notice.mail_due_at is None
    assert notice.mail_problem == "The mail server refused the address (550)."
    assert LogEntry.objects.filter(verb="notice.mail_failed").count() == 8


def test_one_refused_address_keeps_no_one_else_waiting(server: Sink, bo: User, ana: User, omar: User) -> None:
    _tell(bo, ana, by=omar)
    server.refuse.add("ana@hospital.test")
    tasks.mail()
    assert server.recipients == ["bo@hospital.test"]


def test_without_its_entry_no_mail_leaves(server: Sink, bo: User, omar: User, monkeypatch: pytest.MonkeyPatch) -> None:
    _tell(bo, by=omar)

    def refuse(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the audit log is out of reach")

    monkeypatch.setattr(actions.audit_log, "record", refuse)
    with pytest.raises(RuntimeError):
        actions.send_next(by=people.system())
    assert not server.mails
