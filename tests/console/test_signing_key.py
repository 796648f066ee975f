"""The key that signs exports: made once, kept to its owner, and the same for every process of a home."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured

from console.sealing import key


@pytest.fixture
def home(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CONCORD_SIGNING_KEY", raising=False)
    settings.CONCORD_HOME = tmp_path / "home"  # type: ignore[attr-defined]
    return tmp_path / "home"


def test_it_is_made_once_and_kept_to_its_owner(home: Path) -> None:
    first = key.public_key()
    key._loaded.cache_clear()
    assert key.public_key() == first
    kept = home / "signing_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["signing_key"]


def test_its_signatures_fit_its_public_key(home: Path) -> None:
    signature = bytes.fromhex(key.sign(b"message"))
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public_key())).verify(signature, b"message")


def test_processes_that_make_it_at_once_end_with_one_key(home: Path) -> None:
    found: list[str] = []
    start = threading.Barrier(8)

    def make() -> None:
        start.wait()
        found.append(key._kept(home / "signing_key"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_the_environment_comes_first_and_nonsense_is_refused_without_repeating_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONCORD_SIGNING_KEY", "11" * 32)
    by_value = key.public_key()
    assert not home.exists()
    monkeypatch.delenv("CONCORD_SIGNING_KEY")
    secret = tmp_path / "key"
    secret.write_text("11" * 32 + "\n")
    monkeypatch.setenv("CONCORD_SIGNING_KEY_FILE", str(secret))
    assert key.public_key() == by_value
    monkeypatch.delenv("CONCORD_SIGNING_KEY_FILE")
    for wrong in ("hunter2", "11" * 31, "zz" * 32):
        monkeypatch.setenv("CONCORD_SIGNING_KEY", wrong)
        with pytest.raises(ImproperlyConfigured) as refused:
            key.public_key()
        assert wrong not in str(refused.value)
