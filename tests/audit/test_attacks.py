"""Everything that was tried against the audit log, as the app's role and as the role that owns all other tables.

An attack is refused when it raises, and neutralised when afterwards every entry that stood still stands, byte for byte,
and the next change of a governed row is still written into the audit log.
"""

from __future__ import annotations

import hashlib

import psycopg2
import pytest

B = "public.audit_logentry"
DECOY = "CREATE TABLE {} (id bigint, verb text, facts jsonb)"

# name: statements, one after the other; any of them may be refused
ATTACKS: dict[str, list[str]] = {
    # rows
    "update": [f"UPDATE {B} SET verb = 'x'"],
    "update of one column by key": [f"UPDATE {B} SET facts = '{{}}' WHERE id = 2"],
    "update that finds nothing": [f"UPDATE {B} SET verb = 'x' WHERE false"],
    "delete": [f"DELETE FROM {B}"],
    "delete with a common table": [f"WITH gone AS (DELETE FROM {B} RETURNING 1) SELECT * FROM gone"],
    "truncate": [f"TRUNCATE {B}"],
    "truncate cascading": [f"TRUNCATE {B} RESTART IDENTITY CASCADE"],
    "merge that updates": [
        f"MERGE INTO {B} t USING (SELECT 2 AS id) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET verb = 'x'"
    ],
    "merge that deletes": [f"MERGE INTO {B} t USING (SELECT 2 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE"],
    "insert on conflict": [
        f"INSERT INTO {B} (id, verb, subject) OVERRIDING SYSTEM VALUE VALUES (2, 'x', 'y')"
        " ON CONFLICT (id) DO UPDATE SET verb = 'x'"
    ],
    "insert under a number of one's own": [
        f"INSERT INTO {B} (id, verb, action, subject) OVERRIDING SYSTEM VALUE VALUES (900000, 'x.y', 1, 'y')"
    ],
    "insert with a hash of one's own": [
        f"INSERT INTO {B} (verb, action, subject, leaf_hash) VALUES ('x.y', 1, 'y', '\\x00')"
    ],
    "insert with a time of one's own": [
        f"INSERT INTO {B} (verb, action, subject, timestamp) VALUES ('x.y', 1, 'y', 'epoch')"
    ],
    "insert with a role of one's own": [
        f"INSERT INTO {B} (verb, action, subject, db_user) VALUES ('x.y', 1, 'y', 'z')"
    ],
    "insert of a forged row change": [f"INSERT INTO {B} (verb, action, subject) VALUES ('row.deleted', 2, 'EX-1')"],
    "lock that keeps writers out": [f"SELECT * FROM {B} FOR UPDATE"],
    "copy with columns of one's own": [f"COPY {B} (id, verb, action, subject, bytes) FROM PROGRAM 'echo 1'"],
    # numbers
    "sequence set back": ["SELECT setval('public.audit_logentry_id_seq', 1)"],
    "sequence altered": ["ALTER SEQUENCE public.audit_logentry_id_seq RESTART 1"],
    # triggers
    "replica role": ["SET session_replication_role = replica", f"UPDATE {B} SET verb = 'x'", f"DELETE FROM {B}"],
    "trigger disabled": [f"ALTER TABLE {B} DISABLE TRIGGER ALL", f"DELETE FROM {B}"],
    "user triggers disabled": [f"ALTER TABLE {B} DISABLE TRIGGER USER", f"DELETE FROM {B}"],
    "trigger dropped": [f"DROP TRIGGER audit_refuse ON {B}", f"DELETE FROM {B}"],
    "trigger renamed": [f"ALTER TRIGGER audit_refuse ON {B} RENAME TO zzz"],
    "swallowing trigger": [
        "CREATE FUNCTION public.swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        f"CREATE TRIGGER aaa BEFORE INSERT ON {B} FOR EACH ROW EXECUTE FUNCTION public.swallow()",
    ],
    "function replaced": [
        "CREATE OR REPLACE FUNCTION public.audit_stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    ],
    "capture replaced": [
        "CREATE OR REPLACE FUNCTION public.audit_capture() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    ],
    "refusal replaced": [
        "CREATE OR REPLACE FUNCTION public.audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        f"DELETE FROM {B}",
    ],
    "function dropped": ["DROP FUNCTION public.audit_stamp() CASCADE"],
    "function taken over": ["ALTER FUNCTION public.audit_capture() OWNER TO concord_owner"],
    "function slowed and muted": ["ALTER FUNCTION public.audit_capture() SET search_path = public"],
    "capture on a table of one's own": [
        "CREATE SCHEMA mine",
        "CREATE TABLE mine.cases_claim (case_id bigint, by_id bigint)",
        "CREATE TRIGGER t AFTER INSERT ON mine.cases_claim REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT"
        " EXECUTE FUNCTION public.audit_capture('case_id', 'EX-', 'case_id', 'case_id', '', '')",
        "INSERT INTO mine.cases_claim VALUES (1, 1)",
    ],
    # the table
    "table dropped": [f"DROP TABLE {B} CASCADE"],
    "table renamed and a decoy put there": [f"ALTER TABLE {B} RENAME TO old_book", DECOY.format(B)],
    "table moved": ["CREATE SCHEMA attic", f"ALTER TABLE {B} SET SCHEMA attic", DECOY.format(B)],
    "schema renamed and a decoy put there": [
        "ALTER SCHEMA public RENAME TO attic",
        "CREATE SCHEMA public",
        DECOY.format(B),
    ],
    "schema dropped": ["DROP SCHEMA public CASCADE"],
    "decoy in a schema found earlier": ["CREATE SCHEMA concord_app", DECOY.format("concord_app.audit_logentry")],
    "temporary decoy": [DECOY.replace("TABLE", "TEMP TABLE").format("audit_logentry")],
    "temporary view as decoy": [f"CREATE TEMP VIEW audit_logentry AS SELECT * FROM {B} WHERE false"],
    "column type rewritten": [f"ALTER TABLE {B} ALTER COLUMN verb TYPE text USING 'x'"],
    "column dropped": [f"ALTER TABLE {B} DROP COLUMN facts"],
    "column renamed": [f"ALTER TABLE {B} RENAME COLUMN facts TO truths"],
    "default replaced": [f"ALTER TABLE {B} ALTER COLUMN purpose SET DEFAULT 'x'"],
    "rule instead": [f"CREATE RULE swallow AS ON INSERT TO {B} DO INSTEAD NOTHING"],
    "row level security": [f"ALTER TABLE {B} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {B} FORCE ROW LEVEL SECURITY"],
    "policy": [f"CREATE POLICY p ON {B} USING (false)"],
    "child table": [f"CREATE TABLE public.child () INHERITS ({B})"],
    "parent table": ["CREATE TABLE public.parent ()", f"ALTER TABLE {B} INHERIT public.parent"],
    "unlogged": [f"ALTER TABLE {B} SET UNLOGGED"],
    "owner changed": [f"ALTER TABLE {B} OWNER TO concord_owner", f"DELETE FROM {B}"],
    "rights granted to oneself": [f"GRANT ALL ON {B} TO concord_app, concord_owner", f"DELETE FROM {B}"],
    "the audit log's role taken on": [
        "SET ROLE concord_book",
        f"ALTER TABLE {B} DISABLE TRIGGER ALL",
        f"DELETE FROM {B}",
    ],
    "the audit log's role granted": ["GRANT concord_book TO concord_owner, concord_app", "SET ROLE concord_book"],
    "everything of the audit log's role dropped": ["DROP OWNED BY concord_book CASCADE"],
    "everything of the audit log's role reassigned": ["REASSIGN OWNED BY concord_book TO concord_owner"],
    # the guard
    "event triggers off": ["SET event_triggers = off", f"DROP TABLE {B}"],
    "event trigger dropped": ["DROP EVENT TRIGGER book_guard_ddl", "DROP EVENT TRIGGER book_guard_drop"],
    "event trigger disabled": ["ALTER EVENT TRIGGER book_guard_drop DISABLE"],
    "guard's memory emptied": ["DELETE FROM book_guard.objects", "DROP SCHEMA book_guard CASCADE"],
    # the key of the digests
    "key read": ["SELECT * FROM public.audit_key"],
    "key replaced": ["UPDATE public.audit_key SET inner_pad = '\\x00'", "DELETE FROM public.audit_key"],
    "key's table dropped": ["DROP TABLE public.audit_key CASCADE"],
    # what watches other tables
    "capture disabled": ["ALTER TABLE public.people_user DISABLE TRIGGER audit_update"],
    "all captures of a table disabled": ["ALTER TABLE public.people_user DISABLE TRIGGER ALL"],
    "capture dropped": ["DROP TRIGGER audit_update ON public.people_user"],
    "capture made ordinary, then replica": [
        "ALTER TABLE public.people_user ENABLE REPLICA TRIGGER audit_update",
        "SET session_replication_role = replica",
    ],
    "governed table replaced by a look-alike": [
        "ALTER TABLE public.people_rolegrant RENAME TO old_grants",
        "CREATE TABLE public.people_rolegrant (LIKE public.old_grants)",
    ],
    "governed table dropped": ["DROP TABLE public.people_rolegrant CASCADE"],
    "governed rows rewritten": ["ALTER TABLE public.people_user ALTER COLUMN username TYPE text USING 'x' || id"],
    "settings that lie": ["SET concord.actor = ''", "SET timezone = 'Asia/Tokyo'", "SET search_path = pg_temp"],
}

PROOF = "SELECT id, bytes, leaf_hash FROM public.audit_logentry ORDER BY id"


def read(connection) -> dict[int, tuple[bytes, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(PROOF)
        return {number: (bytes(exact), bytes(leaf)) for number, exact, leaf in cursor.fetchall()}


def attempt(connection, statements: list[str]) -> int:
    """Run them in one session, going on after a refusal, as an attacker would. Returns how many were refused."""
    refused = 0
    for statement in statements:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        except psycopg2.Error:
            refused += 1
    return refused


def still_captures(connection, user: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM public.audit_logentry")
        (last,) = cursor.fetchone()
        cursor.execute("UPDATE public.people_user SET name = name || '!' WHERE id = %s", [user])
        cursor.execute("SELECT facts FROM public.audit_logentry WHERE id > %s AND verb = 'row.updated'", [last])
        return any(facts["table"] == "people_user" and "name" in facts["plain"] for (facts,) in cursor.fetchall())


def missing_guards(admin) -> int:
    """Triggers that no longer stand as the guard remembers them."""
    with admin.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM book_guard.triggers w LEFT JOIN pg_trigger t ON t.oid = w.tgid"
            " WHERE t.oid IS NULL OR t.tgenabled <> 'A'"
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("role", ["app", "owner"])
def test_no_attack_changes_the_book(session, written, role):
    """All attacks on one database, one session each: what one of them leaves behind, the next may use."""
    admin, app = session("admin"), session("app")
    before = read(admin)
    assert len(before) > 5
    survived: dict[str, str] = {}
    for name, statements in ATTACKS.items():
        refused = attempt(session(role), statements)
        after = read(admin)
        damage = [number for number, entry in before.items() if after.get(number) != entry]
        if damage:
            survived[name] = f"entries {damage} changed or gone"
        elif not refused and name not in {"settings that lie"}:
            survived[name] = "nothing was refused"
        elif missing_guards(admin):
            survived[name] = "a guard is gone"
        elif not still_captures(app, written["user"]):
            survived[name] = "the next change was not captured"
        if survived:
            break
        before = read(admin)
    assert not survived
    for exact, leaf in read(admin).values():
        assert hashlib.sha256(b"\x00" + exact).digest() == leaf


def test_there_are_at_least_as_many_attacks_as_the_design_asks_for():
    assert len(ATTACKS) >= 26


SUPERUSER = {
    "delete": [f"DELETE FROM {B}"],
    "update": [f"UPDATE {B} SET verb = 'x'"],
    "truncate": [f"TRUNCATE {B} CASCADE"],
    "replica role": ["SET session_replication_role = replica", f"DELETE FROM {B}"],
    "trigger disabled": [f"ALTER TABLE {B} DISABLE TRIGGER ALL", f"DELETE FROM {B}"],
    "trigger dropped": [f"DROP TRIGGER audit_refuse ON {B}", f"DELETE FROM {B}"],
    "swallowing trigger": [
        "CREATE FUNCTION public.swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        f"CREATE TRIGGER aaa BEFORE INSERT ON {B} FOR EACH ROW EXECUTE FUNCTION public.swallow()",
    ],
    "function replaced": [
        "CREATE OR REPLACE FUNCTION public.audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
    "renamed with a decoy": [f"ALTER TABLE {B} RENAME TO old_book", DECOY.format(B)],
    "rewritten": [f"ALTER TABLE {B} ALTER COLUMN verb TYPE text USING 'x'"],
    "rule": [f"CREATE RULE swallow AS ON INSERT TO {B} DO INSTEAD NOTHING"],
    "row level security": [f"ALTER TABLE {B} ENABLE ROW LEVEL SECURITY"],
    "policy": [f"CREATE POLICY p ON {B} USING (false)"],
    "dropped": [f"DROP TABLE {B} CASCADE"],
    "capture dropped": ["DROP TRIGGER audit_update ON public.people_user"],
}


def test_even_a_superuser_must_lift_the_guard_first(session, written):
    admin, app = session("admin"), session("app")
    before = read(admin)
    for name, statements in SUPERUSER.items():
        assert attempt(session("admin"), statements), name
        assert {number: entry for number, entry in read(admin).items() if number in before} == before, name
        assert still_captures(app, written["user"]), name


FROZEN = ("cases_decision", "cases_feeditem", "cases_exception", "cases_occurrence")


@pytest.mark.parametrize("role", ["app", "owner"])
@pytest.mark.parametrize("table", FROZEN)
def test_decisions_feed_and_exceptions_never_change(session, role, table):
    key = "position" if table == "cases_feeditem" else "id"
    for statement in (
        f"UPDATE {table} SET {key} = {key}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"MERGE INTO {table} t USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    ):
        assert attempt(session(role), [statement]) == 1, statement


def test_the_app_cannot_make_anything(session):
    for statement in (
        "CREATE TABLE public.x (a int)",
        "CREATE TEMP TABLE x (a int)",
        "CREATE SCHEMA x",
        "CREATE FUNCTION public.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE public.people_user ADD COLUMN x int",
    ):
        assert attempt(session("app"), [statement]) == 1, statement


def test_what_an_entry_says_of_itself_is_the_databases_word(session, written):
    with session("app").cursor() as cursor:
        cursor.execute("SET timezone = 'Asia/Tokyo'")
        cursor.execute(
            f"INSERT INTO {B} (verb, action, subject) VALUES ('x.y', 1, 'EX-1')"
            " RETURNING db_user, leaf_version, actor_id, convert_from(bytes, 'UTF8')::jsonb,"
            " timestamp AT TIME ZONE 'UTC',"
            " now() - timestamp < interval '1 minute', txid = pg_current_xact_id()::text::bigint"
        )
        db_user, version, actor, said, at, fresh, same = cursor.fetchone()
    assert (db_user, version, actor, fresh, same) == ("concord_app", 1, None, True, True)
    assert said["at"] == at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
