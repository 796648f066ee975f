"""What a token looks like, and the hash it is kept as."""

from __future__ import annotations

import hashlib
from typing import Final

PREFIX: Final = "cnc_"


def digest(text: str) -> str:
    """SHA-256 (hex) of a token. It holds 256 random bits, so a slow hash would protect nothing more."""
    return hashlib.sha256(text.encode()).hexdigest()
