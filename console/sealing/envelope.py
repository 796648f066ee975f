"""A signed file: a document with the console's key and a signature over its exact canonical bytes.

``{"format", "key": {"id", "public"}, "body", "signature"}``. Every export that proves itself has this shape, and every
offline verifier reads it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from console.sealing import canonical, key


def sealed(format: str, body: dict[str, Any]) -> bytes:
    """Return the bytes of a signed file. Raises ValueError for what has no canonical form."""
    unsigned = {"format": format, "key": {"id": key.key_id(), "public": key.public_key()}, "body": body}
    signature = key.sign(canonical.text(unsigned).encode())
    return canonical.text(unsigned | {"signature": signature}).encode()


def digest_of(file: bytes) -> str:
    """Return the SHA-256 (hex) of a file."""
    return hashlib.sha256(file).hexdigest()
