"""What may be asked of the audit log."""

from __future__ import annotations

import re
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid

# A subject is a name that Concord gave (``EX-1042``, ``runs.run:7``), never anything that a chart might hold: queries
# appear in addresses, and are themselves logged.
_SUBJECT: Final = re.compile(r"[A-Z]{1,4}-\d{1,19}|[a-z]{1,30}\.[a-z]{1,60}:\d{0,19}|book|sign-in")
_CORRELATION: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_RECEIPT: Final = re.compile(r"[0-9a-f]{8,64}")


def is_subject(text: str) -> Answer:
    """Is this the name of something in Concord?"""
    if _SUBJECT.fullmatch(text):
        return Allowed()
    return Forbidden("A subject is a name such as EX-1042 or runs.run:7.", Invalid)


def is_correlation(text: str) -> Answer:
    """Is this a correlation id?"""
    if _CORRELATION.fullmatch(text):
        return Allowed()
    return Forbidden("A correlation id has 8 to 64 letters, digits, dots and dashes.", Invalid)


def is_receipt(text: str) -> Answer:
    """Is this a receipt, or the beginning of one that is long enough to look up?"""
    if _RECEIPT.fullmatch(text):
        return Allowed()
    return Forbidden("Enter a receipt: 64 hexadecimal digits, or at least its first 8.", Invalid)
