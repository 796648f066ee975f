"""Every write of a governed row is logged, whichever way it is made; and nothing else is."""

from __future__ import annotations

import hmac
import io
import json
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.db.models import F
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm

from console.audit import log
from console.audit.models import LogEntry
from console.people.models import User
from console.waves.models import Wave
from tests import factories
from triage.cases.models import Case, Claim, MigrationException, SavedView
from triage.queues.models import Queue
from triage.runs.models import Source


def last() -> int:
    newest = LogEntry.objects.first()
    return newest.pk if newest else 0


def rows(since: int, table: str) -> list[tuple[str, dict]]:
    found = LogEntry.objects.filter(pk__gt=since, verb__startswith="row.", facts__table=table).order_by("id")
    return [(entry.verb, entry.facts) for entry in found]


@pytest.fixture
def waves(db):
    return [Wave.objects.create(slug=f"wave-{n}", name=f"Wave {n}") for n in range(3)]


def test_save(waves):
    before = last()
    waves[0].name = "Renamed"
    waves[0].save()
    ((verb, facts),) = rows(before, "waves_wave")
    assert verb == "row.updated"
    assert facts == {"table": "waves_wave", "pk": str(waves[0].pk), "plain": {"name": ["Wave 0", "Renamed"]}}


def test_bulk_create(db):
    before = last()
    Wave.objects.bulk_create(Wave(slug=f"b-{n}", name="x") for n in range(4))
    assert [verb for verb, _ in rows(before, "waves_wave")] == ["row.created"] * 4


def test_bulk_update(waves):
    before = last()
    for number, wave in enumerate(waves):
        wave.name = f"New {number}"
    Wave.objects.bulk_update(waves, ["name"])
    assert {facts["pk"]: facts["plain"]["name"][1] for _, facts in rows(before, "waves_wave")} == {
        str(wave.pk): wave.name for wave in waves
    }


def test_queryset_update_with_an_expression_tells_values_not_expressions(waves):
    queue = factories.make_queue()
    before = last()
    Queue.objects.filter(pk=queue.pk).update(order=F("order") + 1)
    ((_, facts),) = rows(before, "cases_queue")
    assert facts["plain"] == {"order": [100, 101]}


def test_queryset_delete(waves):
    before = last()
    Wave.objects.filter(slug__in=["wave-1", "wave-2"]).delete()
    assert [verb for verb, _ in rows(before, "waves_wave")] == ["row.deleted"] * 2


def test_raw_sql(waves):
    before = last()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE waves_wave SET name = upper(name)")
    assert len(rows(before, "waves_wave")) == 3


def test_a_key_that_changes_is_told_for_both_rows(waves):
    before = last()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE waves_wave SET id = id + 1000000 WHERE slug <> 'wave-0'")
    told = [facts for _, facts in rows(before, "waves_wave")]
    assert {value for facts in told for value in facts["plain"]["id"] if value} == {
        number for wave in waves[1:] for number in (wave.pk, wave.pk + 1_000_000)
    }


def test_copy(waves):
    before = last()
    with connection.cursor() as cursor:
        data = io.StringIO("c-1\tOne\t\t\t2026-01-01\nc-2\tTwo\t\t\t2026-01-01\n")
        cursor.copy_expert("COPY waves_wave (slug, name, description, frozen_because, created_at) FROM STDIN", data)
    assert [facts["plain"]["slug"][1] for _, facts in rows(before, "waves_wave")] == ["c-1", "c-2"]


def test_merge(waves):
    before = last()
    with connection.cursor() as cursor:
        cursor.execute(
            "MERGE INTO waves_wave w USING (VALUES ('wave-0'), ('new')) s (slug) ON w.slug = s.slug"
            " WHEN MATCHED THEN UPDATE SET name = 'Merged'"
            " WHEN NOT MATCHED THEN INSERT (slug, name, description, frozen_because, created_at)"
            " VALUES (s.slug, 'Made', '', '', now())"
        )
    assert sorted(verb for verb, _ in rows(before, "waves_wave")) == ["row.created", "row.updated"]


def test_on_conflict(waves):
    before = last()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO waves_wave (slug, name, description, frozen_because, created_at)"
            " VALUES ('wave-0', 'Again', '', '', now()), ('other', 'Other', '', '', now())"
            " ON CONFLICT (slug) DO UPDATE SET name = excluded.name"
        )
    assert sorted(verb for verb, _ in rows(before, "waves_wave")) == ["row.created", "row.updated"]


def test_truncate(session, committed_db):
    ana = factories.make_user("ana")
    SavedView.objects.create(owner=ana, name="x", query="y")
    with session("owner").cursor() as cursor:
        cursor.execute("TRUNCATE cases_savedview")
    ((verb, _),) = rows(0, "cases_savedview")[-1:]
    assert verb == "row.truncated"
    assert LogEntry.objects.filter(verb="row.truncated").get().db_user == "concord_owner"


def test_guardians_bulk_grants(ana, waves):
    before = last()
    assign_perm("waves.view_wave", ana, Wave.objects.all())
    assert len(rows(before, "guardian_userobjectpermission")) == 3
    UserObjectPermission.objects.filter(user=ana).delete()
    assert [verb for verb, _ in rows(before, "guardian_userobjectpermission")][3:] == ["row.deleted"] * 3


def test_permissions_given_to_a_user(eve):
    before = last()
    eve.user_permissions.add(Permission.objects.get(codename="view_book"))
    ((verb, facts),) = rows(before, "people_user_user_permissions")
    assert verb == "row.created"
    entry = LogEntry.objects.filter(pk__gt=before).get()
    assert entry.subject == f"people.user:{eve.pk}"
    assert facts["plain"]["user_id"] == [None, eve.pk]


def test_a_cascade_is_told_too(ana):
    queue = factories.make_queue()
    queue.policies.create(severity=1, minutes=5)
    before = last()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_slapolicy")
    assert [verb for verb, _ in rows(before, "cases_slapolicy")] == ["row.deleted"]


def test_what_changes_nothing_is_not_told(waves):
    before = last()
    Wave.objects.update(name=F("name"))
    Wave.objects.filter(slug="none").update(name="x")
    Wave.objects.filter(slug="none").delete()
    assert last() == before


def test_quiet_columns_are_told_only_beside_others(db):
    source = factories.make_source()
    before = last()
    Source.objects.filter(pk=source.pk).update(polled_at="2026-01-01T00:00Z")
    assert last() == before
    Source.objects.filter(pk=source.pk).update(polled_at="2026-01-02T00:00Z", active=False)
    ((_, facts),) = rows(before, "runs_source")
    assert set(facts["plain"]) == {"polled_at", "active"}


def test_many_rows_of_a_bulk_table_make_one_entry_and_few_make_one_each(db):
    case = factories.make_case()

    def lines(number: int) -> list[MigrationException]:
        return [
            MigrationException(case=case, run=case.opened_run, evidence=uuid.uuid4(), digest=uuid.uuid4(), payload="{}")
            for _ in range(number)
        ]

    before = last()
    MigrationException.objects.bulk_create(lines(50))
    assert len(rows(before, "cases_exception")) == 50
    before = last()
    made = MigrationException.objects.bulk_create(lines(51))
    ((verb, facts),) = rows(before, "cases_exception")
    assert verb == "row.created"
    assert facts == {
        "table": "cases_exception",
        "rows": 51,
        "first": str(min(item.pk for item in made)),
        "last": str(max(item.pk for item in made)),
    }


def test_changes_of_bulk_tables_are_told_row_by_row(db):
    cases = [factories.make_case() for _ in range(3)]
    before = last()
    Case.objects.update(reopened=9)
    assert {facts["pk"] for _, facts in rows(before, "cases_case")} == {str(case.pk) for case in cases}
    assert set(LogEntry.objects.filter(pk__gt=before).values_list("subject", flat=True)) == {case.ref for case in cases}


def test_no_setting_turns_capture_off(waves):
    before = last()
    with transaction.atomic(), connection.cursor() as cursor:
        for setting in ("concord.actor", "concord.purpose", "concord.cid", "concord.capture", "pgtrigger.ignore"):
            cursor.execute(f"SET LOCAL {setting} = ''")
        cursor.execute("SET LOCAL search_path = pg_temp")
        cursor.execute("UPDATE public.waves_wave SET name = 'quietly'")
        cursor.execute("SET LOCAL search_path = public")
    assert len(rows(before, "waves_wave")) == 3


CANARIES = ("Zyxwina", "Qwertovich", "CANARY-90210", "canary note")


def test_no_patient_data_reaches_the_book(ana):
    line = factories.merge_line(
        1,
        2,
        records=[
            factories.record(1, family="Zyxwina", given="Qwertovich", national_id="CANARY-90210"),
            factories.record(2),
        ],
    )
    case = factories.make_case(line=line)
    with log.transaction(by=ana, purpose="decide"):
        Claim.objects.create(case=case, by=ana, taken_at=case.opened_at, expires_at=case.due_at)
        case.decisions.create(
            verdict="LINK", note="canary note of Zyxwina", details={"x": "CANARY-90210"}, by=ana,
            decided_at=case.opened_at,
            seen_revision=1, seen_exception_id=case.latest_exception_id, receipt="0" * 64, entry_id=1,
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(b)::text || convert_from(b.bytes, 'UTF8') FROM audit_logentry b")
        text = "\n".join(row for (row,) in cursor.fetchall())
    assert '"cases_decision"' in text
    assert not [word for word in CANARIES if word in text]
    assert f'"record_keys": [{case.record_keys[0]}' not in text


def test_a_digest_tells_no_one_that_two_values_are_equal(db):
    first, second = (User.objects.create(username=f"u{n}", name="x", email="", first_name="Same") for n in range(2))
    told = [
        entry.facts["hidden"]["first_name"][1]
        for entry in LogEntry.objects.filter(object_pk__in=[first.pk, second.pk], facts__table="people_user")
    ]
    assert len(set(told)) == 2
    assert all(word.startswith("h1:") and len(word) == 35 for word in told)


def test_digests_are_hmacs_of_the_value_for_anyone_who_holds_the_key(session, committed_db):
    user = User.objects.create(username="ana", name="Ana", first_name="Grace", email="")
    entry = LogEntry.objects.get(object_pk=str(user.pk), facts__table="people_user")
    with session("admin").cursor() as cursor:
        cursor.execute("SELECT inner_pad FROM audit_key")
        padded = bytes(cursor.fetchone()[0])
    key = bytes(byte ^ 0x36 for byte in padded)
    message = "\x1f".join(("people_user.first_name", str(user.pk), str(entry.txid), json.dumps("Grace")))
    assert entry.facts["hidden"]["first_name"][1] == "h1:" + hmac.digest(key, message.encode(), "sha256").hex()[:32]


def test_a_rollback_takes_its_entries_along(waves):
    before = last()
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 - what fails is the block
        Wave.objects.update(name="gone")
        raise ZeroDivisionError
    assert last() == before
