"""Canonical JSON (RFC 8785) and its SHA-256: one value has one text, so that its digest means something."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

import rfc8785

#: The largest whole number that every JSON reader keeps exactly; larger ones are written as text.
EXACT: Final = 2**53 - 1


def text(value: Any) -> str:
    """The canonical JSON of strings, integers, booleans, None, lists and dictionaries. Raises ValueError for others.

    Numbers with fractions are refused: what is signed says them as text, digit for digit.
    """
    try:
        _plain(value)
        return rfc8785.dumps(value).decode()
    except rfc8785.CanonicalizationError as error:
        raise ValueError(f"This cannot be written as canonical JSON: {error}.") from None


def digest(canonical: str) -> str:
    """SHA-256 (hex) of a text's UTF-8 bytes."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def read(canonical: str) -> Any:
    """The value of a canonical text. Raises ValueError when it is not written canonically."""
    value = json.loads(canonical)
    if text(value) != canonical:
        raise ValueError("This JSON is not in canonical form.")
    return value


def whole(number: int | None) -> int | str | None:
    """A whole number as JSON keeps it exactly."""
    return number if number is None or abs(number) <= EXACT else str(number)


def _plain(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError("Names in canonical JSON are text.")
            _plain(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _plain(item)
    elif value is not None and not isinstance(value, str | int):
        raise ValueError(f"{type(value).__name__} has no exact canonical form.")
