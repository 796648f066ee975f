"""Writing into the audit log from code: one round trip, one transaction, and no entry that is not true."""

from __future__ import annotations

import hashlib
import json
import math

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from console.audit import attribution, guard, log, verbs
from console.audit.models import LogEntry
from console.audit_pages import queries
from console.waves.models import Wave
from tests import factories

ODD = {
    "quote": '"\\',
    "line": "a\nb\u2028c",
    "emoji": "🏥",
    "combining": "e\u0301",
    "rtl": "\u202eabc",
    "n": 10**30,
    "f": 1e-7,
}


def test_a_receipt_is_the_hash_of_the_exact_bytes(ana):
    with log.transaction(by=ana, purpose="test"):
        receipt = log.record("session.signed_in", subject=ana, by=ana, facts=ODD)
    entry = LogEntry.objects.get(pk=receipt.entry_id)
    exact = bytes(entry.bytes)
    assert hashlib.sha256(b"\x00" + exact).hexdigest() == receipt.hash == bytes(entry.leaf_hash).hex()
    said = json.loads(exact)
    assert said["facts"] == ODD
    assert b"\n" not in exact
    assert (said["id"], said["actor"], said["verb"], said["purpose"]) == (entry.pk, ana.pk, "session.signed_in", "test")
    assert queries.proof(entry).matches


def test_every_entry_of_a_busy_hour_hashes_to_what_stands_beside_it(ana):
    for number in range(20):
        with log.transaction(by=ana, purpose=f"purpose {number} ü"):
            case = factories.make_case()
            log.record("session.signed_in", subject=case, by=ana, facts={"n": number, **ODD})
    proofs = [queries.proof(entry) for entry in LogEntry.objects.all()]
    assert len(proofs) > 60
    assert all(proof.matches for proof in proofs)


def test_an_entry_is_one_statement(ana):
    with log.transaction(by=ana, purpose="test"):
        log.record("session.signed_in", subject=ana, by=ana)
        with CaptureQueriesContext(connection) as statements:
            log.record("session.signed_in", subject=ana, by=ana)
    assert len(statements) == 1


def test_entry_and_change_stand_or_fall_together(ana):
    wave = factories.make_wave()
    with pytest.raises(ZeroDivisionError), log.transaction(by=ana, purpose="test"):  # noqa: PT012 - what fails is the block
        log.record("session.signed_in", subject=wave, by=ana)
        Wave.objects.update(name="changed")
        raise ZeroDivisionError
    assert not LogEntry.objects.filter(verb="session.signed_in").exists()
    wave.refresh_from_db()
    assert wave.name != "changed"


def test_when_the_book_cannot_be_written_the_change_vanishes(ana, monkeypatch):
    wave = factories.make_wave()
    monkeypatch.setattr(log, "_INSERT", log._INSERT.replace("audit_logentry", "no_such_table"))
    with pytest.raises(DatabaseError), log.transaction(by=ana, purpose="test"):  # noqa: PT012 - what fails is the block
        Wave.objects.update(name="changed")
        log.record("session.signed_in", subject=wave, by=ana)
    wave.refresh_from_db()
    assert wave.name != "changed"


def test_when_capture_cannot_be_written_the_change_vanishes(session, written):
    """The guard lifted and the table broken: even then no row changes without its entry."""
    guard.lift(guard.admin_url())
    with session("owner").cursor() as cursor:
        cursor.execute("ALTER TABLE audit_logentry ADD CONSTRAINT broken CHECK (verb = 'none') NOT VALID")
    with pytest.raises(DatabaseError), transaction.atomic():
        Wave.objects.create(slug="w", name="w")
    assert not Wave.objects.exists()


def test_reads_fail_closed(ana, monkeypatch):
    case = factories.make_case()
    monkeypatch.setattr(log, "_INSERT", log._INSERT.replace("audit_logentry", "no_such_table"))
    with pytest.raises(DatabaseError):
        log.record_access("book.viewed", subject=case, by=ana)


def test_a_read_is_committed_when_the_call_returns(committed_db):
    ana = factories.make_user("ana")
    receipt = log.record_access("book.viewed", subject="book", by=ana)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT encode(leaf_hash, 'hex') FROM audit_logentry WHERE id = %s", [receipt.entry_id])
        assert cursor.fetchone() == (receipt.hash,)


def test_misuse_is_refused(ana, ben):
    with pytest.raises(verbs.UnknownVerb), log.transaction(by=ana):
        log.record("case.enchanted", subject=ana, by=ana)
    with pytest.raises(log.Misuse), log.transaction(by=ana), log.transaction(by=ben):
        pass
    with pytest.raises(log.Misuse), log.transaction(by=ana):
        log.record("session.signed_in", subject=ana, by=ben)
    for facts in ({"x": math.nan}, {"x": object()}, {"x": "\x00"}, {"x": "\ud800"}, {"x": "a" * 70_000}):
        with pytest.raises(log.Misuse), log.transaction(by=ana):
            log.record("session.signed_in", subject=ana, by=ana, facts=facts)
    assert attribution.in_action() is None


def test_an_entry_outside_of_a_transaction_is_refused(committed_db):
    ana = factories.make_user("ana")
    with pytest.raises(log.Misuse):
        log.record("session.signed_in", subject=ana, by=ana)


def test_a_nested_action_that_fails_leaves_the_outer_one_whole(ana):
    wave = factories.make_wave()
    with log.transaction(by=ana, purpose="outer"):
        with pytest.raises(ZeroDivisionError), log.transaction(by=ana, purpose="inner"):  # noqa: PT012 - what fails is the block
            Wave.objects.update(name="inner")
            raise ZeroDivisionError
        Wave.objects.update(description="outer")
    wave.refresh_from_db()
    assert (wave.name, wave.description) == ("Wave-1", "outer")
    entry = LogEntry.objects.filter(verb="row.updated", facts__table="waves_wave").get()
    assert (entry.actor, entry.purpose) == (ana, "outer")


def test_the_orm_cannot_write_or_change_entries(ana, written_entry):
    for change in (
        lambda: LogEntry.objects.create(verb="x.y", subject="x", action=1, object_pk=""),
        lambda: LogEntry.objects.update(verb="x"),
        lambda: LogEntry.objects.filter(pk=written_entry).delete(),
        lambda: LogEntry.objects.get(pk=written_entry).delete(),
        lambda: LogEntry.objects.get(pk=written_entry).save(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.fixture
def written_entry(ana) -> int:
    with log.transaction(by=ana):
        return log.record("session.signed_in", subject=ana, by=ana).entry_id
