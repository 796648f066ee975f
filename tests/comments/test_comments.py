"""Comments on cases: who may write, read and withdraw them, whom they notify, and what never leaves the case."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Missing
from console.notices.models import Notice
from console.people import actions as people
from console.people.models import User
from tests import factories
from triage.cases import actions as cases
from triage.cases.models import Case
from triage.comments import actions
from triage.comments.models import Comment, Withdrawal

SECRET = "Grace Okello was born in Gulu"
BACKEND = "console.people.backends.ScopedPermissions"


@pytest.fixture
def case(db: None) -> Case:
    return factories.make_case()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_a_mention_notifies_that_person_without_the_text(case: Case, ana: User, ben: User) -> None:
    comment = actions.write(case=case, text=f"@ben {SECRET}", by=ana)
    assert comment.mentions == [ben.pk]
    notice = Notice.objects.get(to=ben)
    assert (notice.kind, notice.subject, notice.path) == ("case.mentioned", case.ref, f"/cases/{case.ref}/")
    assert SECRET not in notice.sentence
    entries = LogEntry.objects.filter(subject=case.ref)
    assert [entry.verb for entry in entries.exclude(verb__startswith="row.")] == ["case.commented"]
    assert not any(SECRET in str(entry.facts) for entry in LogEntry.objects.all())


def test_mentioning_oneself_notifies_no_one(case: Case, ana: User) -> None:
    actions.write(case=case, text="@ana", by=ana)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("@zoe look", "“zoe”"),
        ("@ada look", "Ada (@ada) may not see"),
        ("@pipe look", "“pipe”"),
        ("@gone look", "“gone”"),
        ("  ", "Enter a comment"),
        ("x" * 4001, "longer than 4000"),
    ],
)
def test_what_is_refused(case: Case, ana: User, ada: User, pipe: User, text: str, sentence: str) -> None:
    factories.make_user("gone", role="reviewer", is_active=False)
    with pytest.raises(Invalid) as refused:
        actions.write(case=case, text=text, by=ana)
    assert sentence in refused.value.sentence
    assert not Comment.objects.exists()
    assert not Notice.objects.exists()


def test_twenty_people_and_no_more(case: Case, ana: User) -> None:
    names = [factories.make_user(f"crew{n}", role="reviewer").username for n in range(21)]
    with pytest.raises(Invalid, match="at most 20"):
        actions.write(case=case, text=" ".join(f"@{name}" for name in names), by=ana)
    assert actions.write(case=case, text=" ".join(f"@{name}" for name in names[:20]), by=ana)


def test_a_role_on_one_queue_is_enough_to_be_mentioned_there(case: Case, ana: User, eve: User, ada: User) -> None:
    other = factories.make_case(queue=factories.make_queue("other"))
    people.grant_role(user=eve, role="reviewer", scope=case.queue, by=ada)
    assert actions.write(case=case, text="@eve", by=ana).mentions == [eve.pk]
    with pytest.raises(Invalid):
        actions.write(case=other, text="@eve", by=ana)


def test_readers_do_not_write(case: Case, cora: User, bo: User, eve: User) -> None:
    for reader in (cora, bo):
        with pytest.raises(Denied):
            actions.write(case=case, text="x", by=reader)
    with pytest.raises(Missing):
        actions.write(case=case, text="x", by=eve)


def test_a_comment_sent_twice_is_one(case: Case, ana: User, ben: User) -> None:
    key = uuid.uuid4()
    first = actions.write(case=case, text="@ben", by=ana, request_key=key)
    assert actions.write(case=case, text="@ben", by=ana, request_key=key) == first
    assert Comment.objects.count() == Notice.objects.count() == 1
    with pytest.raises(Invalid):
        actions.write(case=case, text="other", by=ben, request_key=key)


def test_only_its_author_withdraws_it_once_and_the_text_stays(case: Case, ana: User, lena: User) -> None:
    comment = actions.write(case=case, text=SECRET, by=ana)
    with pytest.raises(Denied):
        actions.withdraw(comment=comment, by=lena)
    first = actions.withdraw(comment=comment, by=ana)
    assert actions.withdraw(comment=comment, by=ana).at == first.at
    assert Comment.objects.get().text == SECRET
    assert LogEntry.objects.filter(verb="case.comment_withdrawn").count() == 1


@pytest.mark.parametrize("statement", ["UPDATE comments_comment SET text = 'x'", "DELETE FROM comments_comment"])
def test_the_database_refuses_to_change_a_comment(case: Case, ana: User, statement: str) -> None:
    actions.write(case=case, text="x", by=ana)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_page_of_a_case_masks_comments_until_a_reveal(case: Case, ana: User, ben: User, cora: User) -> None:
    actions.write(case=case, text=f"@ben {SECRET}", by=ana)
    client = signed_in(ben)
    page = client.get(f"/cases/{case.ref}/").content.decode()
    assert SECRET not in page
    assert "Masked. Reveal the case to read it." in page
    assert "commented" in page
    client.post(f"/cases/{case.ref}/reveal/")
    for address in (f"/cases/{case.ref}/", f"/cases/{case.ref}/comments/"):
        shown = client.get(address).content.decode()
        assert SECRET in shown
        assert "<strong>@ben</strong>" in shown
    reader = signed_in(cora).get(f"/cases/{case.ref}/").content.decode()
    assert SECRET not in reader
    assert "Write a comment" not in reader


def test_a_withdrawn_comment_is_not_shown(case: Case, ana: User) -> None:
    actions.withdraw(comment=actions.write(case=case, text=SECRET, by=ana), by=ana)
    client = signed_in(ana)
    client.post(f"/cases/{case.ref}/reveal/")
    page = client.get(f"/cases/{case.ref}/").content.decode()
    assert SECRET not in page
    assert "Withdrawn by its author" in page


def test_earlier_comments_come_by_key(case: Case, ana: User) -> None:
    for n in range(23):
        actions.write(case=case, text=f"number {n:02}", by=ana)
    client = signed_in(ana)
    client.post(f"/cases/{case.ref}/reveal/")
    address, seen = f"/cases/{case.ref}/comments/", []
    while address:
        page = client.get(address)
        data = page.context["data"]
        seen += ["".join(text for text, _ in one.pieces) for one in data.page.items]
        address = f"/cases/{case.ref}/comments/?after={data.page.next}" if data.page.next else ""
    assert seen == [f"number {n:02}" for n in reversed(range(23))]


def test_the_form_without_scripts_leads_back_and_keeps_what_is_refused(case: Case, ana: User) -> None:
    client = signed_in(ana)
    refused = client.post(f"/cases/{case.ref}/comments/", {"text": "@zoe look at the date"})
    assert refused.status_code == 422
    assert "@zoe look at the date" in refused.content.decode()
    assert "“zoe”" in refused.content.decode()
    done = client.post(f"/cases/{case.ref}/comments/", {"text": "Look at the date"})
    assert (done.status_code, done["Location"]) == (302, f"/cases/{case.ref}/#comments")
    number = Comment.objects.get().pk
    assert client.post(f"/cases/{case.ref}/comments/{number}/withdraw/").status_code == 302
    assert Withdrawal.objects.exists()


def test_a_page_that_swaps_gets_the_panel_alone(case: Case, ana: User) -> None:
    client = signed_in(ana)
    panel = {"HX-Request": "true", "HX-Target": "comments"}
    done = client.post(f"/cases/{case.ref}/comments/", {"text": "Look"}, headers=panel)
    assert done.status_code == 200
    assert done.content.decode().lstrip().startswith("<section")
    number = Comment.objects.get().pk
    gone = client.post(f"/cases/{case.ref}/comments/{number}/withdraw/", headers=panel)
    assert "Withdrawn by its author" in gone.content.decode()


def test_the_pick_list_names_those_who_may_see_the_queue(case: Case, ana: User, ben: User, ada: User, bo: User) -> None:
    names = signed_in(ana).get(f"/cases/{case.ref}/comments/people/").content.decode()
    assert 'value="ben"' in names
    assert 'value="bo"' in names
    assert 'value="ada"' not in names
    assert 'value="ana"' not in names


def test_a_comment_of_another_case_is_missing(case: Case, ana: User) -> None:
    number = actions.write(case=factories.make_case(), text="x", by=ana).pk
    assert signed_in(ana).post(f"/cases/{case.ref}/comments/{number}/withdraw/").status_code == 404


def test_two_presses_at_once_are_one_comment(committed_db: str, ana: User) -> None:
    case, key, made = factories.make_case(), uuid.uuid4(), []

    def press() -> None:
        made.append(actions.write(case=case, text="Look", by=User.objects.get(pk=ana.pk), request_key=key).pk)
        connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(made)) == 1
    assert len(made) == 4


def test_a_decided_case_takes_comments(case: Case, ana: User) -> None:
    held = cases.claim(case=case, by=ana).case
    cases.decide(case=held, verdict="NO_MATCH", reason="namesakes", seen=held.revision, by=ana)
    assert actions.write(case=case, text="Seen the paper record.", by=ana)
