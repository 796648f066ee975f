"""Guard the audit log, as superuser: its own owner, column rights, and event triggers that refuse DDL by OID.

Three layers, from the outside in: rights (the app and the migrating role may read and append), triggers on the table
(refuse UPDATE, DELETE and TRUNCATE to all roles), event triggers (refuse to all roles what would remove the first
two). A superuser can still lift the guard; ``lift`` logs it, and sealing makes later changes evident.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg2
import psycopg2.extras
from django.conf import settings
from django.db import connections
from psycopg2 import sql
from psycopg2.extensions import cursor as DriverCursor

from console.audit import capture
from console.engines.addresses import with_database
from console.engines.databases import BOOK

# What a writer may say; everything else of an entry is said by the database.
WRITABLE = (
    *("verb", "action", "subject", "content_type_id", "object_pk"),
    *("object_id", "facts", "actor_id", "cid", "purpose"),
)
EVENT_TRIGGERS = ("book_guard_start", "book_guard_ddl", "book_guard_drop", "book_guard_rewrite")
_LOCK = 4_271_001


@dataclass(frozen=True, slots=True)
class Outcome:
    """What guarding did: the triggers that were made or renewed, and whether anything differed from before."""

    triggers: int
    changed: bool


def admin_url(alias: str = "owner") -> str:
    """The superuser's URL of the database that ``alias`` points to; empty when none is configured."""
    configured: str = settings.ENGINES.admin_url
    return with_database(configured, str(connections[alias].settings_dict["NAME"])) if configured else ""


def roles() -> list[str]:
    """The database roles that Concord works as: the app's and the migrating one."""
    names = (str(settings.DATABASES[alias].get("USER") or "") for alias in ("default", "owner"))
    return list(dict.fromkeys(name for name in names if name))


def restrict(cursor: capture.Cursor, names: list[str], *, key_too: bool) -> None:
    """Leave these roles SELECT and the insert of ``WRITABLE`` columns. ``key_too`` closes the digests' key to them."""
    columns = sql.SQL(", ").join(map(sql.Identifier, WRITABLE))
    for role in ["PUBLIC", *names]:
        who = sql.SQL("PUBLIC") if role == "PUBLIC" else sql.Identifier(role)
        tables = "public.audit_logentry, public.audit_key" if key_too else "public.audit_logentry"
        statements = [f"REVOKE ALL ON TABLE {tables} FROM {{who}}"]
        statements.append("REVOKE ALL ON SEQUENCE public.audit_logentry_id_seq FROM {who}")
        if role != "PUBLIC":
            statements.append("GRANT SELECT, INSERT ({columns}) ON public.audit_logentry TO {who}")
        for statement in statements:
            cursor.execute(_text(cursor, sql.SQL(statement).format(who=who, columns=columns)))


def _text(cursor: capture.Cursor, statement: sql.Composed) -> str:
    """The statement as text; Django's cursors wrap the driver's."""
    driver = getattr(cursor, "cursor", cursor)
    return str(statement.as_string(driver))


def guarded(cursor: capture.Cursor) -> bool:
    """Whether all event triggers of the guard stand and are switched on."""
    cursor.execute(
        "SELECT count(*) FROM pg_event_trigger WHERE evtname = ANY(%s) AND evtenabled = 'A'", [list(EVENT_TRIGGERS)]
    )
    (standing,) = cursor.fetchone() or (0,)
    return bool(standing == len(EVENT_TRIGGERS))


def guard(url: str) -> Outcome:
    """Guard the database at ``url`` (a superuser's), in one transaction; repeating it changes nothing."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        before = (guarded(cursor), _functions(cursor))
        _drop_event_triggers(cursor)
        capture.install_functions(cursor)
        made = capture.install(cursor)
        _hand_over(cursor, BOOK)
        restrict(cursor, roles(), key_too=True)
        cursor.execute(capture.sql("guard"))
        changed = bool(made) or before != (True, _functions(cursor))
        if changed:
            _book(cursor, "book.guarded", {"triggers": len(made), "tables": sorted({made.table for made in made})})
    connection.close()
    return Outcome(len(made), changed)


def lift(url: str) -> None:
    """Return the audit log to the migrating role, so that a migration may alter it. Logged; ``guard`` undoes it."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _book(cursor, "book.guard_lifted", {})
        _drop_event_triggers(cursor)
        _hand_over(cursor, roles()[-1])
    connection.close()


def _drop_event_triggers(cursor: DriverCursor) -> None:
    for name in EVENT_TRIGGERS:
        cursor.execute(f"DROP EVENT TRIGGER IF EXISTS {name}")


def _hand_over(cursor: DriverCursor, role: str) -> None:
    """Make ``role`` the owner of the audit log's tables and functions."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    who = sql.Identifier(role)
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(who))
    cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(who))
    for table in ("audit_logentry", "audit_key"):
        cursor.execute(sql.SQL("ALTER TABLE public.{} OWNER TO {}").format(sql.Identifier(table), who))
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'audit\\_%'"
    )
    for (function,) in cursor.fetchall():
        cursor.execute(sql.SQL("ALTER FUNCTION {} OWNER TO {}").format(sql.SQL(function), who))
    cursor.execute("SELECT current_database()")
    database = sql.Identifier((cursor.fetchone() or ("",))[0])
    cursor.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))


def _functions(cursor: DriverCursor) -> str | None:
    cursor.execute(
        "SELECT md5(string_agg(proname || prosrc, '' ORDER BY pronamespace::regnamespace::text, proname)) FROM pg_proc"
        " WHERE proname LIKE 'audit\\_%' OR pronamespace = to_regnamespace('book_guard')"
    )
    return (cursor.fetchone() or (None,))[0]


def _book(cursor: DriverCursor, verb: str, facts: dict[str, object]) -> None:
    cursor.execute(
        "INSERT INTO public.audit_logentry (verb, action, subject, purpose, facts) VALUES (%s, 1, 'book', 'guard', %s)",
        [verb, psycopg2.extras.Json(facts)],
    )
