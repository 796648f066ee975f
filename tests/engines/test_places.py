"""Folders, sockets, passwords, logs and the environment's wishes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from console.engines import addresses, logfiles, options, paths
from console.engines.addresses import Addresses
from console.engines.errors import Trouble
from console.engines.paths import Places, private, reachable, secrets_of
from tests.engines.settings_read import names


def test_addresses_are_kept_where_only_their_owner_reads_them(tmp_path: Path) -> None:
    assert addresses.read(tmp_path) == Addresses()
    assert not addresses.read(tmp_path).known
    told = Addresses(database_url="postgresql://a:b@/c?host=/d", redis_url="unix://:e@/f")
    path = addresses.write(tmp_path, told)
    assert addresses.read(tmp_path) == told
    assert addresses.read(tmp_path).known
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["addresses.json"]


def test_passwords_are_made_once_and_kept(tmp_path: Path) -> None:
    first = secrets_of(tmp_path)
    assert secrets_of(tmp_path) == first
    assert len(set(first.values())) == len(paths.SECRET_NAMES)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_deep_home_gets_its_sockets_in_a_short_folder(tmp_path: Path) -> None:
    near, deep = Places(tmp_path / "var"), Places(tmp_path / ("d" * 120) / "var")
    assert len(os.fsencode(deep.sockets / paths.LONGEST_SOCKET_NAME)) <= paths.SOCKET_PATH_LIMIT
    assert deep.sockets != Places(tmp_path / ("e" * 120) / "var").sockets
    assert near.sockets.name == "run"


def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Trouble, match="belongs to another user"):
        private(tmp_path / "link")
    made = private(tmp_path / "ours")
    made.chmod(0o777)
    assert stat.S_IMODE(private(made).stat().st_mode) == 0o700


def test_a_closed_folder_is_not_opened_for_the_engines(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "var"
    assert not reachable(home)
    if os.geteuid() == 0:
        assert Places(home).engines.parent == paths.SHARED_STATE
    else:
        assert Places(home).engines == home
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_logs_are_cut_when_they_have_grown(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("ab") as held:  # as a program holds it
        for number in range(5):
            held.write(f"{number}".encode() * 100)
            held.flush()
            logfiles.rotate_all(tmp_path, largest=50)
        held.write(b"after")
    assert log.read_bytes() == b"after"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["web.log", "web.log.1", "web.log.2", "web.log.3"]
    assert (tmp_path / "web.log.1").read_bytes() == b"4" * 100


def test_the_environment_is_read_strictly() -> None:
    assert options.read({}).port == 8000
    assert options.read({"CONCORD_HOME": "here"}).home.is_absolute()
    assert options.read({"DATABASE_URL": "x"}).external_database
    assert options.read({"DATABASE_URL_FILE": "x"}).external_database
    assert not options.read({"DATABASE_URL": "x"}).admin_known
    for port in ("0", "70000", "eight", "-1", "80.5"):
        with pytest.raises(Trouble, match="PORT must be a whole number from 1 to 65535"):
            options.read({"PORT": port})


def test_an_env_file_fills_in_what_the_environment_leaves_open(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# a comment\n\nPORT=8001\nCONCORD_HOSTS='a b'\nCONCORD_DEMO = 1\n")
    environment = {"PORT": "9000"}
    options.read_env_file(path, environment)
    assert environment == {"PORT": "9000", "CONCORD_HOSTS": "a b", "CONCORD_DEMO": "1"}
    path.write_text("PORT=1\nexport X\n")
    with pytest.raises(Trouble, match=r"\.env, line 2: expected NAME=value"):
        options.read_env_file(path, {})


def test_the_example_explains_every_setting_that_the_code_reads() -> None:
    example = (options.REPOSITORY / ".env.example").read_text()
    missing = [name for name in sorted(names()) if name not in example]
    assert not missing
