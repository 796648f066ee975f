"""What a name that tells things apart may be made of: a reader must see all of it.

Two identifiers that look alike on the page and are not, or an identifier of nothing but blanks, make unrelated things
one or one thing two. So an identifier has a letter, digit or sign in it, no control, format or invisible character, and
no blank at either end. Blanks inside it are allowed: some systems print their numbers in groups.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Letters and signs that Unicode counts as printable and that leave nothing to be seen: fillers, joiners, selectors.
_HIDDEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U0001d159\U000e0100-\U000e01ef]"
)
_SEEN: Final = frozenset("LNPS")

_NOT: Final = (
    r"\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u2800\u3000\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
#: The rule as far as a JSON Schema can say it.
PATTERN: Final = rf"^[^ {_NOT}](?:[^{_NOT}]*[^ {_NOT}])?$"


def is_plain(text: str) -> bool:
    """Say whether a text is of visible ASCII characters alone: the usual identifier, told at a glance."""
    return text.isascii() and text.isprintable() and " " not in text


def fault(text: str) -> str:
    """What is wrong with an identifier, to follow its name in a sentence; empty when nothing is."""
    if text.isspace() or not text:
        return "is blank"
    if not text.isprintable() or _HIDDEN.search(text):
        return "holds an invisible or control character"
    if text[0] == " " or text[-1] == " ":
        return "begins or ends with a blank"
    if not any(unicodedata.category(char)[0] in _SEEN for char in text):
        return "has no visible character"
    return ""
