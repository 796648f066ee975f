"""Laying the guard, lifting it, and what stands in the database against what the code says."""

from __future__ import annotations

import ast
import os
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, connections

from console.audit import capture, checks, guard, verbs
from console.audit.exempt import EXEMPT
from console.audit.governed import GOVERNED
from console.audit.models import LogEntry
from console.engines import databases
from console.engines.addresses import with_database
from console.engines.binaries import postgres_bin
from tests.audit.test_attacks import ATTACKS, attempt, read, still_captures

ROOT = Path(__file__).resolve().parents[2]


def test_every_table_is_governed_or_says_why_not():
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    governed = {table.table for table in GOVERNED}
    assert not governed & set(EXEMPT)
    assert tables - governed - set(EXEMPT) == set(), "Add them to GOVERNED, or to EXEMPT with the reason."
    assert governed - tables == set()
    assert set(EXEMPT) - tables == set()


def test_what_is_named_of_a_table_exists():
    columns = {
        model._meta.db_table: {field.column for field in model._meta.local_fields}
        for model in apps.get_models(include_auto_created=True)
    }
    for table in GOVERNED:
        named = {*table.plain, *table.quiet, table.key, table.subject[1]}
        assert named <= columns[table.table], table.table


SECRET = {
    "password",
    "email",
    "digest",
    "data",
    "secret",
    "token",
    "note",
    "payload",
    "details",
    "manifest",
    "record_keys",
}


#: Digests of documents that people sign or rehearse: they prove what was signed, and open nothing.
OF_DOCUMENTS = {"rollback_rollbackplan", "rollback_rehearsal", "gates_decisionpackage", "signing_signature"}


def test_no_secret_or_patient_column_is_plain():
    for table in GOVERNED:
        allowed = {"digest"} if table.table in OF_DOCUMENTS else set()
        assert not (SECRET - allowed) & set(table.plain), table.table


def test_the_database_has_every_trigger(committed_db):
    with connections["owner"].cursor() as cursor:
        assert capture.missing(cursor) == []
        assert guard.guarded(cursor)
    call_command("book_guard", "--check")


def test_the_app_holds_select_and_the_insert_of_its_columns_and_nothing_else(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privilege_type FROM information_schema.role_table_grants"
            " WHERE table_name = 'audit_logentry' AND grantee <> 'concord_book'"
        )
        assert {name for (name,) in cursor.fetchall()} == {"SELECT"}
        cursor.execute(
            "SELECT DISTINCT column_name FROM information_schema.role_column_grants WHERE table_name = 'audit_logentry'"
            " AND grantee = 'concord_app' AND privilege_type = 'INSERT'"
        )
        assert {name for (name,) in cursor.fetchall()} == set(guard.WRITABLE)
        cursor.execute("SELECT has_table_privilege('audit_key', 'SELECT')")
        assert cursor.fetchone() == (False,)


def test_guarding_again_changes_nothing_and_is_not_logged(committed_db):
    entries = LogEntry.objects.filter(verb="book.guarded").count()
    outcome = guard.guard(guard.admin_url())
    assert (outcome.triggers, outcome.changed) == (0, False)
    assert LogEntry.objects.filter(verb="book.guarded").count() == entries


def test_lifted_the_owner_may_alter_the_book_and_all_of_it_is_told(session, written):
    alter = "ALTER TABLE audit_logentry ADD COLUMN later integer"
    drop = "DROP TRIGGER audit_update ON people_user"
    assert attempt(session("owner"), [alter, drop]) == 2
    call_command("book_guard", "--lift")
    assert attempt(session("owner"), [alter, drop]) == 0
    assert not still_captures(session("app"), written["user"])
    with pytest.raises(CommandError):
        call_command("book_guard", "--check")
    call_command("book_guard")
    assert still_captures(session("app"), written["user"])
    assert attempt(session("owner"), ["ALTER TABLE audit_logentry DROP COLUMN later"]) == 1
    told = LogEntry.objects.filter(verb__startswith="book.guard").order_by("-id")
    assert [entry.verb for entry in told[:2]] == ["book.guarded", "book.guard_lifted"]
    assert told[0].facts["tables"] == ["people_user"]
    assert told[0].db_user == "concord_admin"


def test_a_migration_may_still_add_a_column_to_a_governed_table_and_that_is_told(session, written):
    assert attempt(session("owner"), ["ALTER TABLE waves_wave ADD COLUMN later integer"]) == 0
    entry = LogEntry.objects.get(verb="schema.changed")
    assert entry.facts == {"table": "public.waves_wave", "command": "ALTER TABLE"}
    assert entry.db_user == "concord_owner"
    with session("app").cursor() as cursor:
        cursor.execute(
            "INSERT INTO waves_wave (slug, name, description, frozen_because, created_at, later)"
            " VALUES ('w', 'w', '', '', now(), 1)"
        )
    told = LogEntry.objects.filter(facts__table="waves_wave", verb="row.created").first()
    assert "later" in told.facts["hidden"]


def test_a_restored_backup_has_the_same_leaves_and_is_guarded_at_once(session, written, committed_db, tmp_path):
    admin_url = os.environ["DATABASE_ADMIN_URL"]
    dump = tmp_path / "book.dump"
    name = f"{committed_db}_back"
    restored = databases.create_database(admin_url, name)
    tool = str(postgres_bin() / "pg_{}")
    subprocess.run([tool.format("dump"), "--format=custom", "--file", str(dump), admin_url], check=True)
    try:
        subprocess.run([tool.format("restore"), "--exit-on-error", "--dbname", restored, str(dump)], check=True)
        with closing(psycopg2.connect(restored)) as admin:
            assert read(admin) == read(session("admin"))
        for url in (with_database(os.environ[f"DATABASE_{role}URL"], name) for role in ("", "OWNER_")):
            with closing(psycopg2.connect(url)) as again:
                again.autocommit = True
                for attack in ("delete", "truncate", "table dropped", "schema dropped", "capture dropped"):
                    assert attempt(again, ATTACKS[attack]), attack
        with closing(psycopg2.connect(with_database(os.environ["DATABASE_OWNER_URL"], name))) as owner:
            owner.autocommit = True
            assert attempt(owner, ["ALTER TABLE waves_wave ADD COLUMN later integer"]) == 0
            assert still_captures(owner, written["user"])
    finally:
        databases.drop_database(admin_url, name)


def test_without_a_superuser_the_console_says_what_is_not_guarded(settings, capsys):
    settings.ENGINES = replace(settings.ENGINES, admin_url="")
    assert [found.id for found in checks.guardable()] == ["console.W001"]
    call_command("book_guard")
    assert "not guarded" in capsys.readouterr().err


def test_every_verb_that_code_writes_has_a_sentence():
    written = set()
    for path in [*(ROOT / "console").rglob("*.py"), *(ROOT / "triage").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) in {"log.record", "log.record_access"}
                and isinstance(node.args[0], ast.Constant)
            ):
                written.add(node.args[0].value)
    assert written
    assert written <= set(verbs.codes())


def test_sentences_survive_missing_facts():
    for code in verbs.codes():
        assert verbs.sentence(code, "", {})
    assert verbs.sentence("long.forgotten", "EX-1", {}) == "long.forgotten EX-1"
