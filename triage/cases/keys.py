"""Keys that name records, problems and evidence: short hashes, the same in every run and every process."""

from __future__ import annotations

import hashlib
import struct
import uuid

_SEPARATOR = "\x1f"
_sha256 = hashlib.sha256
_first_64_bits = struct.Struct(">q").unpack_from


def record_key(system: str, record_id: str) -> int:
    """A source record's key: the first 64 bits of SHA-256 over system and id, as PostgreSQL's signed bigint."""
    key: int = _first_64_bits(_sha256(f"{system}{_SEPARATOR}{record_id}".encode()).digest())[0]
    return key


def fingerprint(*parts: str) -> uuid.UUID:
    """The first 128 bits of SHA-256 over the parts; what two lines about the same problem share."""
    return uuid.UUID(bytes=hashlib.sha256(_SEPARATOR.join(parts).encode()).digest()[:16])


def digest(payload: bytes) -> uuid.UUID:
    """The first 128 bits of SHA-256 over exact bytes."""
    return uuid.UUID(bytes=hashlib.sha256(payload).digest()[:16])
