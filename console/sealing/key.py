"""The console's own signing key (Ed25519): exports carry its signature, to be checked without the console.

It comes from ``CONCORD_SIGNING_KEY`` (32 bytes as hexadecimal, or ``CONCORD_SIGNING_KEY_FILE``), else it is made once
under ``CONCORD_HOME`` with mode 0600. Several hosts serving one console need the same key.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from console import environment as env

SETTING: Final = "CONCORD_SIGNING_KEY"
SEED_BYTES: Final = 32


def sign(message: bytes) -> str:
    """The signature over exactly these bytes, 128 hexadecimal digits."""
    return _key().sign(message).hex()


def public_key() -> str:
    """The public key, 64 hexadecimal digits: the verifier of an export must know it from elsewhere."""
    return _key().public_key().public_bytes_raw().hex()


def key_id() -> str:
    """A short name of the public key: the first 16 digits of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public_key())).hexdigest()[:16]


def _key() -> Ed25519PrivateKey:
    return _loaded(env.value(SETTING), settings.CONCORD_HOME / "signing_key")


@cache
def _loaded(given: str, kept: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_seed(given or _kept(kept)))


def _seed(text: str) -> bytes:
    """The key's 32 bytes. Raises ImproperlyConfigured for anything else, without repeating it."""
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) != SEED_BYTES:
        raise ImproperlyConfigured(f"{SETTING} must be {2 * SEED_BYTES} hexadecimal digits; see .env.example.")
    return seed


def _kept(target: Path) -> str:
    """The key of this home, made the first time. Two processes that make it at once end with the same one."""
    try:
        return target.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SEED_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the key
            os.link(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)
    return target.read_text(encoding="ascii").strip()
