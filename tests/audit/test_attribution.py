"""Row changes carry who, why and under which correlation id: in actions, requests, tasks, and outside of all three."""

from __future__ import annotations

import pytest
from celery import shared_task
from celery.signals import before_task_publish
from django.db import connection, transaction

from console import correlation
from console.audit import attribution, log
from console.audit.attribution import Acting
from console.audit.models import LogEntry
from console.waves.models import Wave
from tests import factories


def newest(**filters) -> LogEntry:
    return LogEntry.objects.filter(**filters).first()


@shared_task(name="tests.audit.rename_waves")
def rename_waves(name: str) -> None:
    Wave.objects.update(name=name)


def test_in_an_action(ana):
    factories.make_wave()
    correlation.begin("cid-of-the-test")
    try:
        with log.transaction(by=ana, purpose="rename"):
            Wave.objects.update(name="x")
    finally:
        correlation.end()
    entry = newest(verb="row.updated")
    assert (entry.actor, entry.purpose, entry.cid, entry.db_user) == (ana, "rename", "cid-of-the-test", "concord_app")


def test_an_unknown_actor_is_kept_with_the_database_role(db):
    factories.make_wave()
    entry = newest(verb="row.created")
    assert (entry.actor, entry.purpose, entry.db_user) == (None, "", "concord_app")


def test_an_action_does_not_colour_what_follows_in_the_same_transaction(ana):
    factories.make_wave()
    with transaction.atomic():
        with log.transaction(by=ana, purpose="rename"):
            Wave.objects.update(name="x")
        Wave.objects.update(name="y")
    assert [(entry.actor, entry.purpose) for entry in LogEntry.objects.filter(verb="row.updated")] == [
        (None, ""), (ana, "rename"),
    ]  # fmt: skip


def test_a_rollback_to_a_savepoint_does_not_lose_the_actor(ana):
    factories.make_wave()
    with attribution.at_entry_point(lambda: Acting(ana.pk, "entry")), transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 - what fails is the block
            Wave.objects.update(name="x")
            raise ZeroDivisionError
        Wave.objects.update(name="y")
    assert newest(verb="row.updated").actor == ana


def test_autocommitted_writes_are_attributed_one_by_one(committed_db):
    ana, ben = factories.make_user("ana"), factories.make_user("ben")
    for person in (ana, ben):
        with attribution.at_entry_point(lambda person=person: Acting(person.pk, "entry")):
            Wave.objects.create(slug=person.username, name="x")
    Wave.objects.create(slug="unattributed", name="x")
    told = LogEntry.objects.filter(facts__table="waves_wave").order_by("id")
    assert [entry.actor for entry in told] == [ana, ben, None]


def test_a_reused_atomic_decorator_stamps_every_transaction(committed_db):
    ana = factories.make_user("ana")

    @transaction.atomic
    def write(slug: str) -> None:
        Wave.objects.create(slug=slug, name="x")

    with attribution.at_entry_point(lambda: Acting(ana.pk, "entry")):
        write("one")
        write("two")
    assert {entry.actor for entry in LogEntry.objects.filter(facts__table="waves_wave")} == {ana}


def test_settings_do_not_outlive_their_transaction(committed_db):
    ana = factories.make_user("ana")
    with log.transaction(by=ana, purpose="x"):
        Wave.objects.create(slug="one", name="x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('concord.actor', true), current_setting('concord.purpose', true)")
        assert all(not value for value in cursor.fetchone())


def test_signing_in_is_attributed_to_the_person_who_signs_in(client, ana):
    answer = client.post("/accounts/login/", {"login": "ana", "password": factories.PASSWORD})
    assert answer.status_code == 302
    change = newest(verb="row.updated", facts__table="people_user", subject=f"people.user:{ana.pk}")
    assert "last_login" in change.facts["plain"]
    assert change.actor == ana
    signed = newest(verb="session.signed_in")
    assert (signed.actor, signed.cid) == (ana, answer["X-Correlation-ID"])
    client.post("/accounts/logout/")
    assert newest(verb="session.signed_out").actor == ana


def test_a_failed_sign_in_is_logged_without_what_was_typed(client, ana):
    client.post("/accounts/login/", {"login": "hunter2-typed-as-name", "password": "canary-password"})
    entry = newest(verb="session.sign_in_failed")
    assert entry.actor is None
    text = bytes(entry.bytes).decode()
    assert "hunter2" not in text
    assert "canary" not in text


def test_changing_the_password_is_logged_and_shows_neither(client, ana):
    client.force_login(ana)
    ana.set_password("another correct horse battery")
    ana.save()
    for entry in LogEntry.objects.filter(facts__table="people_user"):
        assert "scrypt" not in bytes(entry.bytes).decode()
        assert "password" not in entry.facts.get("plain", {})


def test_a_task_carries_correlation_and_person(ana):
    factories.make_wave()
    headers = {"concord_cid": "cid-of-the-sender", "concord_actor": ana.pk}
    correlation.begin("cid-around-it")
    try:
        rename_waves.apply(args=["by task"], headers=headers)
        assert correlation.current() == "cid-around-it"
    finally:
        correlation.end()
    entry = newest(verb="row.updated", facts__table="waves_wave")
    assert (entry.actor, entry.purpose, entry.cid) == (ana, "rename_waves", "cid-of-the-sender")
    assert attribution.acting() is None


def test_sending_a_task_puts_both_into_its_headers(ana):
    headers: dict = {}
    correlation.begin("cid-of-the-request")
    try:
        with attribution.at_entry_point(lambda: Acting(ana.pk, "entry")):
            before_task_publish.send(sender="x", headers=headers)
    finally:
        correlation.end()
    assert headers == {"concord_cid": "cid-of-the-request", "concord_actor": ana.pk}


def test_a_spoofed_actor_is_only_as_good_as_the_database_role(session, written):
    with session("owner").cursor() as cursor:
        cursor.execute("SET concord.actor = %s", [str(written["user"])])
        cursor.execute("UPDATE people_user SET name = 'spoofed' WHERE id = %s", [written["user"]])
    entry = newest(verb="row.updated")
    assert (entry.actor_id, entry.db_user, entry.purpose) == (written["user"], "concord_owner", "")
