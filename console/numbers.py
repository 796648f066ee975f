"""Whole numbers as they stand in addresses and forms: digits, and nothing that merely looks like them."""

from __future__ import annotations

import re
from typing import Final

#: The largest key that the database holds.
BIGGEST: Final = 2**63 - 1


def whole(text: str, *, most: int = BIGGEST) -> int | None:
    """The number that ``text`` writes in at most 19 ASCII digits, from 0 to ``most``; None for anything else.

    ``str.isdigit`` alone says yes to “²”, and ``int`` refuses thousands of digits: both would be faults of ours.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(BIGGEST))):
        return None
    number = int(text)
    return number if number <= most else None


def numbered(text: str, prefix: str) -> int | None:
    """Return the number in a name such as ``EX-1042`` as people type it: in any case, without its prefix or hyphen.

    None for anything else, and for numbers that no row has.
    """
    match = re.fullmatch(rf"(?:{re.escape(prefix)}[- ]?)?0*([1-9][0-9]{{0,18}})", text, re.ASCII | re.IGNORECASE)
    number = int(match[1]) if match else 0
    return number if 0 < number <= BIGGEST else None
