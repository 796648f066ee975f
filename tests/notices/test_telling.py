"""Telling people: who hears, when, how often; reading; and what the bell counts."""

from __future__ import annotations

import pytest
from django.core import mail

from console.audit.models import LogEntry
from console.errors import Denied, Missing
from console.notices import actions, queries
from console.notices.models import Notice
from console.people.models import User

pytestmark = pytest.mark.django_db

SAID = {"kind": "gate.vote_asked", "subject": "GATE-3", "sentence": "Your vote is asked.", "path": "/gates/GATE-3/"}


def test_each_person_hears_once_and_no_one_who_cannot_sign_in(bo: User, ana: User, pipe: User, omar: User) -> None:
    ana.is_active = False
    ana.save()
    assert actions.tell(to=[bo, bo, ana, pipe, omar], **SAID, by=omar) == 2
    assert set(Notice.objects.values_list("to__username", flat=True)) == {"bo", "omar"}
    assert not LogEntry.objects.filter(verb__startswith="notice.").exists(), "the caller's entry says what happened"


def test_what_is_unread_is_not_said_again_but_what_is_read_is(bo: User, omar: User) -> None:
    actions.tell(to=[bo], **SAID, by=omar)
    assert actions.tell(to=[bo], **SAID, by=omar) == 0
    assert actions.tell(to=[bo], **{**SAID, "sentence": "Another."}, by=omar) == 1
    actions.mark_read(notice=Notice.objects.get(sentence=SAID["sentence"]), by=bo)
    assert actions.tell(to=[bo], **SAID, by=omar) == 1


@pytest.mark.parametrize("path", ["https://example.org/", "//example.org/", "gates/GATE-3/", "/cases/?name=x"])
def test_a_notice_leads_into_the_console_and_carries_no_query(bo: User, omar: User, path: str) -> None:
    with pytest.raises(ValueError, match="path of the console"):
        actions.tell(to=[bo], **{**SAID, "path": path}, by=omar)


def test_a_sentence_that_is_too_long_is_cut_and_undoes_nothing(bo: User, omar: User) -> None:
    actions.tell(to=[bo], **{**SAID, "sentence": "x" * 900}, by=omar)
    assert Notice.objects.get().sentence == "x" * 499 + "…"


def test_reading_is_one_persons_own_and_logged_once(bo: User, omar: User, eve: User) -> None:
    actions.tell(to=[bo], **SAID, by=omar)
    notice = Notice.objects.get()
    with pytest.raises(Denied):
        actions.mark_read(notice=notice, by=eve)
    with pytest.raises(Missing):
        queries.notice_of(eve, notice.pk)
    first = actions.mark_read(notice=notice, by=bo).read_at
    assert actions.mark_read(notice=notice, by=bo).read_at == first
    assert LogEntry.objects.filter(verb="notice.read", actor=bo).count() == 1


def test_all_read_goes_no_further_than_what_was_shown(bo: User, omar: User, eve: User) -> None:
    for number in range(3):
        actions.tell(to=[bo, eve], **{**SAID, "subject": f"GATE-{number}"}, by=omar)
    shown = Notice.objects.filter(to=bo).order_by("pk")[1].pk
    assert actions.mark_all_read(through=shown, by=bo) == 2
    assert queries.unread_count(bo) == 1
    assert queries.unread_count(eve) == 3


def test_the_bell_counts_no_further_than_a_hundred(bo: User, omar: User) -> None:
    for number in range(105):
        actions.tell(to=[bo], **{**SAID, "subject": f"GATE-{number}"}, by=omar)
    assert queries.unread_count(bo) == queries.COUNTED == 100


def test_no_mail_leaves_before_the_commit(bo: User, omar: User) -> None:
    actions.tell(to=[bo], **SAID, by=omar)
    assert not mail.outbox
    assert Notice.objects.get().mail_due_at is not None


def test_what_is_settled_reminds_no_one_but_stays(bo: User, eve: User, omar: User) -> None:
    actions.tell(to=[bo, eve], **SAID, by=omar)
    actions.tell(to=[bo], **{**SAID, "kind": "gate.superseded"}, by=omar)
    assert actions.settle(kinds=["gate.vote_asked"], path=SAID["path"], to=[bo], by=omar) == 1
    assert queries.unread_count(bo) == 1
    assert queries.unread_count(eve) == 1
    assert actions.settle(kinds=["gate.vote_asked", "gate.superseded"], path=SAID["path"], by=omar) == 2
    assert queries.unread_count(bo) == queries.unread_count(eve) == 0
    assert Notice.objects.filter(to=bo).count() == 2
    assert not Notice.objects.filter(mail_due_at__isnull=False).exists()
    assert actions.tell(to=[bo], **SAID, by=omar) == 1, "what is over may be asked again"
