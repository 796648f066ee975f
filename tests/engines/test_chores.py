"""Backing up, restoring and starting over."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from console.engines import chores, databases, lock, options
from console.engines.errors import Trouble
from console.engines.postgres import Cluster
from tests.engines.conftest import census

pytestmark = pytest.mark.slow


@pytest.fixture
def wished(home: Path) -> options.Wishes:
    return options.Wishes(home=home)


def rows(cluster: Cluster) -> list[tuple[str]]:
    with databases.session(cluster.app_url) as cur:
        cur.execute("SELECT what FROM things ORDER BY what")
        return cur.fetchall()


def test_a_backup_restores_what_it_held_and_keeps_what_it_replaces(wished: options.Wishes) -> None:
    with Cluster.throwaway(wished.home) as cluster, databases.session(cluster.owner_url) as cur:
        cur.execute("CREATE TABLE things (what text); INSERT INTO things VALUES ('before')")
    dump = chores.backup(wished)  # nothing runs: it starts the server for itself
    assert stat.S_IMODE(dump.stat().st_mode) == 0o600
    assert dump.read_bytes()[:5] == b"PGDMP"
    with Cluster.throwaway(wished.home) as cluster, databases.session(cluster.app_url) as cur:
        cur.execute("INSERT INTO things VALUES ('after')")
    said = chores.restore(wished, dump)
    with Cluster.throwaway(wished.home) as cluster:
        assert rows(cluster) == [("before",)]
        with databases.session(cluster.app_url) as cur, pytest.raises(databases.psycopg2.Error):
            cur.execute("CREATE TABLE mine (id int)")
    chores.restore(wished, Path(said.rpartition(" in ")[2].rstrip(".")))
    with Cluster.throwaway(wished.home) as cluster:
        assert rows(cluster) == [("after",), ("before",)]
    assert not census(wished.home)


def test_restore_refuses_what_is_not_there_and_while_running(wished: options.Wishes) -> None:
    with pytest.raises(Trouble, match="There is no file"):
        chores.restore(wished, wished.home / "none.dump")
    held = lock.take(wished.home, url="")
    with pytest.raises(Trouble, match="Concord is running"):
        chores.restore(wished, wished.home / "none.dump")
    with pytest.raises(Trouble, match="Concord is running"):
        chores.reset(wished.home, agree=lambda _: True)
    os.close(held)


def test_reset_asks_and_spares_backups_and_strangers(wished: options.Wishes) -> None:
    with Cluster.throwaway(wished.home) as cluster:
        data = cluster.places.postgres
    (wished.home / "backups" / "kept.dump").touch()
    (wished.home / "someone's file").touch()
    assert chores.reset(wished.home, agree=lambda _: False) == "Nothing was deleted."
    assert data.exists()
    assert chores.reset(wished.home, agree=lambda _: True).startswith("Deleted")
    assert sorted(path.name for path in wished.home.iterdir()) == ["backups", "someone's file"]
    assert (wished.home / "backups" / "kept.dump").exists()
    assert "nothing to delete" in chores.reset(wished.home, agree=lambda _: True)


def test_data_of_another_major_version_are_left_alone(wished: options.Wishes) -> None:
    cluster = Cluster(wished.home)
    cluster.prepare()
    (cluster.places.postgres / "PG_VERSION").write_text("17\n")
    with pytest.raises(Trouble, match="holds data of PostgreSQL 17; this version reads only 18"):
        Cluster(wished.home).prepare()
