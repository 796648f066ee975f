"""Look at a console from outside, the same way before and after an upgrade.

Only what stays is used: addresses of pages and the API, permission names, tables and columns. The code of the version
before runs this module to write ``before.json.xz``; the test runs it again on the migrated database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection, models
from django.test import Client

from console.audit.governed import GOVERNED

#: Who looks, and between them everything that may be seen. ``hanna`` … ``piet`` hold roles on one thing only.
PEOPLE = (
    "ana", "lena", "omar", "cora", "bo", "mira", "theo", "sam", "ada", "hanna", "piet", "gone", "nemo",
)  # fmt: skip
#: Pages that must go on answering as they did, for the same people.
PAGES = (
    "/", "/cases/", "/queues/", "/queues/identity/", "/queues/identity-overlays/", "/gates/", "/risks/", "/measures/",
    "/runs/", "/book/", "/people/", "/waves/", "/waves/wave-1-outpatients/", "/waves/wave-2-maternity/",
    "/waves/wave-1-outpatients/rollback/", "/waves/wave-2-maternity/rollback/", "/waves/wave-1-outpatients/war-room/",
    "/notices/", "/me/", "/service-accounts/", "/rules/", "/sla/", "/sources/", "/decisions/mine/", "/risks/heat-map/",
)  # fmt: skip
API = ("queues/", "cases/", "risks/", "measures/", "runs/")


#: Tables in which a person holds a permission.
HOLDINGS = ("guardian_userobjectpermission", "people_user_user_permissions")


def held(table: str, permissions: Iterable[str]) -> int:
    """How many rows of a table of ``HOLDINGS`` hold one of these permissions (``waves.manage_gates``)."""
    codenames = [name.partition(".")[2] for name in permissions]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table} AS h JOIN auth_permission AS p ON p.id = h.permission_id"
            " WHERE p.codename = ANY(%s)",
            [codenames],
        )
        return int(cursor.fetchone()[0])


def counts() -> dict[str, int]:
    """Return the rows of every table that the console may read."""
    readable = "has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')"
    tables = _rows(f"SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND {readable} ORDER BY tablename")
    return {name: _rows(f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in tables}


def columns(table: str) -> list[str]:
    """Return the names of a table's columns, in alphabetical order."""
    sql = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
    return sorted(name for (name,) in _rows(sql, table))


def digest(table: str, names: list[str], ids: int | None = None) -> str:
    """Return one digest of these columns of a table's rows; only of rows up to the id ``ids`` where it is given."""
    listed = ", ".join(f'"{name}"' for name in names)
    key = "id" if "id" in names else "position"
    where = f" WHERE id <= {ids}" if ids is not None else ""
    sql = f'SELECT md5(string_agg(md5(ROW({listed})::text), \'\' ORDER BY "{key}")) FROM "{table}"{where}'
    return _rows(sql)[0][0] or ""


def frozen() -> dict[str, Any]:
    """Return columns and digest of every table that the database refuses to change, and of the audit log."""
    tables = [one.table for one in GOVERNED if one.frozen] + ["audit_logentry"]
    return {table: {"columns": columns(table), "digest": digest(table, columns(table))} for table in sorted(tables)}


def permissions(people: dict[str, Any], things: list[models.Model]) -> list[str]:
    """Return each ``person permission thing`` that is allowed; ``console`` stands for everything."""
    codes = sorted({f"{one.content_type.app_label}.{one.codename}" for one in _permissions()})
    allowed = []
    for name, user in people.items():
        for code in codes:
            if user.has_perm(code):
                allowed.append(f"{name} {code} console")
            allowed += [f"{name} {code} {thing._meta.label_lower}:{thing.pk}" for thing in _on(user, code, things)]
    return sorted(allowed)


def pages(clients: dict[str, Client], more: list[str]) -> dict[str, dict[str, int]]:
    """Return page → person → status."""
    return {page: {name: client.get(page).status_code for name, client in clients.items()} for page in (*PAGES, *more)}


def api(client: Client, addresses: list[str]) -> dict[str, Any]:
    """Return what the API answers one person, by address."""
    found = {}
    for address in addresses:
        answer = client.get(f"/api/v1/{address}")
        found[address] = {"status": answer.status_code, "body": json.loads(answer.content or b"null")}
    return found


def feed(text: str) -> list[dict[str, Any]]:
    """Return the whole decision feed, as the holder of this token reads it."""
    answer = Client().get("/api/v1/decisions/?limit=500", HTTP_AUTHORIZATION=f"Bearer {text}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = json.loads(answer.content)["items"]
    return found


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file, as text."""
    return hashlib.sha256(content).hexdigest()


def client_of(user: Any) -> Client:
    """Return a browser in which this person has signed in."""
    client = Client()
    client.force_login(user, backend="console.people.backends.ScopedPermissions")
    return client


def _permissions() -> list[Permission]:
    ours = ("audit", "cases", "gates", "measures", "notices", "people", "risks", "rollback", "runs", "waves")
    standard = ("add_", "change_", "delete_", "view_")
    found = Permission.objects.filter(content_type__app_label__in=ours).select_related("content_type")
    return [one for one in found if not one.codename.startswith(standard) or one.codename == "view_book"]


def _on(user: Any, code: str, things: list[models.Model]) -> list[models.Model]:
    app = code.split(".", maxsplit=1)[0]
    return [thing for thing in things if thing._meta.app_label == app and user.has_perm(code, thing)]


def _rows(sql: str, *values: object) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)  # None: a percent sign is one
        return list(cursor.fetchall())
