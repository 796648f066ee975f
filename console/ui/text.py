"""Texts about people and numbers, written the way hospital staff read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def nhs_number(value: str) -> str:
    """``943 476 5919``: ten digits grouped 3-3-4; anything else is returned as it is."""
    digits = "".join(character for character in value if character.isdigit())
    if len(digits) != 10 or len(value.replace(" ", "").replace("-", "")) != 10:
        return value
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def person_name(family: str, given: str = "") -> str:
    """``SURNAME, Given``; a missing part is left out."""
    return ", ".join(part for part in (family.strip().upper(), given.strip()) if part)


def count(value: Any) -> str:
    """``1,284,000``; None gives an en dash."""
    if value is None:
        return "–"
    return f"{value:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """``1 case``, ``2 cases``, ``1,284 cases``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def joined(items: Sequence[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``; empty without any."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def clip(words: str, most: int) -> str:
    """At most so many characters; what is cut off shows as an ellipsis."""
    return words if len(words) <= most else f"{words[: most - 2].rstrip()} …"


def bits(weight: float) -> str:
    """A match weight with its sign, a true minus and one decimal: ``+7.4``, ``−2.0``, ``0.0`` bits."""
    rounded = round(weight, 1)
    if rounded == 0:
        return "0.0"
    return f"+{rounded:.1f}" if rounded > 0 else f"\N{MINUS SIGN}{abs(rounded):.1f}"
