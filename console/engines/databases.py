"""Roles and databases: who may do what in PostgreSQL, set up again at every start.

| role | what for |
|---|---|
| ``concord_admin`` | superuser; guards the audit log, backs up, restores. No process of the console uses it |
| ``concord_owner`` | owns the database and its schema; migrates |
| ``concord_app`` | what the console works as: reads and writes rows, no DDL, no temporary tables |
| ``concord_book`` | cannot log in; owns the tables of the audit log |
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, cursor

from console.engines.addresses import with_database

ADMIN, OWNER, APP, BOOK = ("concord_admin", "concord_owner", "concord_app", "concord_book")
DATABASE = "concord"


@contextmanager
def session(url: str, *, timeout: int = 5) -> Iterator[cursor]:
    """A cursor in autocommit mode; ``timeout`` is in seconds and bounds connecting only."""
    connection = psycopg2.connect(url, connect_timeout=timeout, application_name="concord-engines")
    try:
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with connection.cursor() as open_cursor:
            yield open_cursor
    finally:
        connection.close()


def answers(url: str) -> bool:
    """Whether the server at ``url`` accepts this role and password now."""
    try:
        with session(url, timeout=2) as cur:
            cur.execute("SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


def settle_roles(admin_url: str, *, owner_password: str, app_password: str) -> None:
    """Make the three roles, or bring those that exist back to these passwords and attributes."""
    wanted = {
        OWNER: sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(owner_password)),
        APP: sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(app_password)),
        BOOK: sql.SQL("NOLOGIN"),
    }
    with session(with_database(admin_url, "postgres")) as cur:
        cur.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(wanted)])
        known = {name for (name,) in cur.fetchall()}
        for role, attributes in wanted.items():
            verb = sql.SQL("ALTER ROLE {} {} {}" if role in known else "CREATE ROLE {} {} {}")
            plain = sql.SQL("NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
            cur.execute(verb.format(sql.Identifier(role), plain, attributes))


def database_exists(admin_url: str, name: str) -> bool:
    """Whether the server has a database of this name."""
    with session(with_database(admin_url, "postgres")) as cur:
        cur.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cur.fetchone() is not None


def create_database(admin_url: str, name: str, *, template: str | None = None) -> str:
    """Make a database that ``concord_owner`` owns and ``concord_app`` may use; returns its URL for the same role.

    A ``template`` must have no other session. Raises psycopg2.errors.DuplicateDatabase when ``name`` is taken.
    """
    with session(with_database(admin_url, "postgres")) as cur:
        copied = sql.SQL("TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        cur.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} {}").format(sql.Identifier(name), sql.Identifier(OWNER), copied)
        )
    if template is None:
        grant_inside(admin_url, name)
    grant_server(admin_url, name)  # a copy brings everything along but this
    return with_database(admin_url, name)


def drop_database(admin_url: str, name: str) -> None:
    """Drop a database, ending the sessions in it; nothing happens when there is none of this name."""
    with session(with_database(admin_url, "postgres")) as cur:
        cur.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def settle_database(admin_url: str) -> None:
    """Make the console's database when there is none; an interrupted first start leaves none, never half of one."""
    if not database_exists(admin_url, DATABASE):
        draft = f"{DATABASE}_draft"
        drop_database(admin_url, draft)
        create_database(admin_url, draft)
        with session(with_database(admin_url, "postgres")) as cur:
            cur.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(DATABASE))
            )


def grant_server(admin_url: str, name: str) -> None:
    """Allow connections to this database by the app role and the owner only."""
    # No role may create temporary tables: the audit log's guards rely on a search path without foreign objects.
    words = "REVOKE ALL ON DATABASE {db} FROM PUBLIC; GRANT CONNECT ON DATABASE {db} TO {app};"
    with session(with_database(admin_url, "postgres")) as cur:
        cur.execute(sql.SQL(words).format(db=sql.Identifier(name), app=sql.Identifier(APP)))


def grant_inside(admin_url: str, name: str) -> None:
    """Give the app role the rows of every table that the owner will make here, and nothing else."""
    words = """
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        ALTER SCHEMA public OWNER TO {owner};
        GRANT USAGE ON SCHEMA public TO {app};
        ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
        ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT ON SEQUENCES TO {app};
    """
    with session(with_database(admin_url, name)) as cur:
        cur.execute(sql.SQL(words).format(owner=sql.Identifier(OWNER), app=sql.Identifier(APP)))
