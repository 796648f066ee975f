"""What each database role can and cannot do."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2 import errors

from console.engines import databases
from console.engines.addresses import with_database


@pytest.fixture
def urls() -> Iterator[dict[str, str]]:
    """A database with one table of the owner's: the URL of each role."""
    name = f"roles_{uuid.uuid4().hex[:8]}"
    admin = databases.create_database(os.environ["DATABASE_ADMIN_URL"], name)
    found = {
        "admin": admin,
        "owner": with_database(os.environ["DATABASE_OWNER_URL"], name),
        "app": with_database(os.environ["DATABASE_URL"], name),
    }
    with databases.session(found["owner"]) as cur:
        cur.execute("CREATE TABLE things (id bigserial PRIMARY KEY, what text)")
    yield found
    databases.drop_database(os.environ["DATABASE_ADMIN_URL"], name)


def test_the_app_role_reads_and_writes_rows(urls: dict[str, str]) -> None:
    with databases.session(urls["app"]) as cur:
        cur.execute("INSERT INTO things (what) VALUES ('a') RETURNING id")
        cur.execute("UPDATE things SET what = 'b'")
        cur.execute("SELECT what FROM things")
        assert cur.fetchall() == [("b",)]
        cur.execute("DELETE FROM things")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE things (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE things ADD COLUMN more int",
        "ALTER TABLE things DISABLE TRIGGER ALL",
        "DROP TABLE things",
        "TRUNCATE things",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "ALTER ROLE concord_app SUPERUSER",
        "SET ROLE concord_owner",
        "SET ROLE concord_book",
        "SET session_replication_role = replica",
        "COPY things TO PROGRAM 'cat'",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
def test_the_app_role_is_refused(urls: dict[str, str], statement: str) -> None:
    with databases.session(urls["app"]) as cur, pytest.raises(errors.InsufficientPrivilege):
        cur.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "SET ROLE concord_admin",
        "SET ROLE concord_book",
        "SET session_replication_role = replica",
        "ALTER SYSTEM SET fsync = off",
    ],
)
def test_the_owner_role_is_refused(urls: dict[str, str], statement: str) -> None:
    with databases.session(urls["owner"]) as cur, pytest.raises(errors.InsufficientPrivilege):
        cur.execute(statement)


def test_the_book_role_cannot_log_in(urls: dict[str, str]) -> None:
    with databases.session(urls["admin"]) as cur:
        cur.execute("SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'concord_book'")
        assert cur.fetchone() == (False, False)


def test_a_copy_brings_rows_and_rights_along(urls: dict[str, str]) -> None:
    with databases.session(urls["app"]) as cur:
        cur.execute("INSERT INTO things (what) VALUES ('a')")
        cur.execute("SELECT current_database()")
        (template,) = cur.fetchone() or ("",)
    admin = databases.create_database(urls["admin"], f"{template}_copy", template=template)
    try:
        with databases.session(with_database(urls["app"], f"{template}_copy")) as cur:
            cur.execute("SELECT what FROM things")
            assert cur.fetchall() == [("a",)]
            with pytest.raises(errors.InsufficientPrivilege):
                cur.execute("CREATE TEMPORARY TABLE things (id int)")
    finally:
        databases.drop_database(admin, f"{template}_copy")


def test_roles_are_brought_back_to_what_they_should_be(urls: dict[str, str]) -> None:
    with databases.session(urls["admin"]) as cur:
        cur.execute("ALTER ROLE concord_app CREATEDB CREATEROLE")
    secret = {name: psycopg2.extensions.parse_dsn(urls[name])["password"] for name in ("owner", "app")}
    databases.settle_roles(urls["admin"], owner_password=secret["owner"], app_password=secret["app"])
    with databases.session(urls["app"]) as cur:
        cur.execute("SELECT rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'concord_app'")
        assert cur.fetchone() == (False, False)


def test_the_server_log_keeps_no_values(urls: dict[str, str]) -> None:
    with databases.session(urls["app"]) as cur:
        cur.execute("INSERT INTO things (id, what) VALUES (1, 'Weatherwax')")
        for statement in ("INSERT INTO things VALUES (1, 'Weatherwax')", "SELECT 'Weatherwax'::int"):
            with pytest.raises(psycopg2.Error):
                cur.execute(statement)
    log = os.path.join(os.environ["CONCORD_TEST_ENGINES"], "log", "postgres.log")
    with open(log) as stream:
        assert "Weatherwax" not in stream.read()
