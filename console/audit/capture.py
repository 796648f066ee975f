"""Install the triggers of ``governed`` on their tables, and list those that are missing.

Runs after every migration and again when the audit log is guarded, so the database always follows the code, whichever
migration made the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from console.audit.governed import GOVERNED, Governed

SQL = Path(__file__).parent / "sql"

_TRANSITIONS = {
    "insert": "REFERENCING NEW TABLE AS after_rows",
    "update": "REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows",
    "delete": "REFERENCING OLD TABLE AS before_rows",
    "truncate": "",
}


class Cursor(Protocol):
    """A cursor of Django's or of the driver's."""

    def execute(self, query: str, params: Any = None, /) -> Any:
        """Run one statement."""

    def fetchone(self) -> Any:
        """One row, or None."""

    def fetchall(self) -> Any:
        """All rows."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One trigger as it should stand on its table. ``mark`` is its comment, made from the definition."""

    table: str
    name: str
    definition: str

    @property
    def mark(self) -> str:
        """The comment that a trigger of exactly this definition bears."""
        return f"concord:{sha256(self.definition.encode()).hexdigest()[:16]}"


def sql(name: str) -> str:
    """The text of one file of ``sql/``."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def triggers(table: Governed) -> Iterator[Trigger]:
    """The triggers that one governed table needs."""
    words = (
        table.key,
        *table.subject,
        ",".join(table.plain),
        ",".join(table.quiet),
        "bulk" if table.bulk else "",
    )
    arguments = ", ".join(f"'{word}'" for word in words)
    for operation in _watched(table):
        yield Trigger(
            table.table,
            f"audit_{operation}",
            f"AFTER {operation.upper()} ON public.{table.table} {_TRANSITIONS[operation]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION public.audit_capture({arguments})",
        )
    if table.frozen:
        yield Trigger(
            table.table,
            "audit_refuse",
            f"BEFORE UPDATE OR DELETE OR TRUNCATE ON public.{table.table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse()",
        )


def _watched(table: Governed) -> tuple[str, ...]:
    made = () if table.secret else ("insert",)
    return made if table.frozen else (*made, "update", "delete", "truncate")


def missing(cursor: Cursor) -> list[Trigger]:
    """Triggers that are absent, switched off or defined otherwise, on tables that exist."""
    cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    tables = {name for (name,) in cursor.fetchall()}
    cursor.execute(
        "SELECT c.relname, t.tgname, obj_description(t.oid, 'pg_trigger') FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND t.tgname LIKE 'audit\\_%' AND t.tgenabled = 'A'"
    )
    standing = set(cursor.fetchall())
    wanted = (trigger for table in GOVERNED if table.table in tables for trigger in triggers(table))
    return [trigger for trigger in wanted if (trigger.table, trigger.name, trigger.mark) not in standing]


def install(cursor: Cursor) -> list[Trigger]:
    """Bring all triggers to what ``governed`` says; tables that are right are not locked. Returns what was made."""
    made = missing(cursor)
    for trigger in made:
        cursor.execute(f"CREATE OR REPLACE TRIGGER {trigger.name} {trigger.definition}")
        cursor.execute(f"ALTER TABLE public.{trigger.table} ENABLE ALWAYS TRIGGER {trigger.name}")
        cursor.execute(f"COMMENT ON TRIGGER {trigger.name} ON public.{trigger.table} IS '{trigger.mark}'")
    return made


def install_functions(cursor: Cursor) -> None:
    """Make or renew the functions behind the triggers."""
    cursor.execute(sql("stamp"))
    cursor.execute(sql("capture"))
