"""JSON as every entry point of the console reads it: what parsers disagree about is refused, never guessed.

RFC 8259 leaves open what a name that stands twice in one object means, and what becomes of numbers and characters that
a reader cannot hold. Parsers differ: most take the last of two values in silence. Such a text says two things, so it is
refused: in a line of a run package, a manifest, and the body of every request.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, Final, NoReturn

#: How deeply arrays and objects may stand in each other.
DEPTH: Final = 64
_NUL: Final = b"\\u0000"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_PAIR: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


class NotStrict(ValueError):
    """A text that is not JSON, or that readers of JSON would take differently. ``sentence`` quotes no value of it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class HoldsNul(NotStrict):
    """A sound text with a NUL character in it, which PostgreSQL cannot store."""


def loads(raw: bytes) -> Any:
    """Return what ``raw`` says. Raises NotStrict."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise NotStrict(f"It is not valid UTF-8 at byte {error.start}.") from None
    if text.startswith("\ufeff"):
        raise NotStrict("It begins with a byte order mark.")
    if has_nul(raw):
        raise HoldsNul("It holds a NUL character (\\u0000).")
    _refuse_depth(text)
    _refuse_halves(text)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotStrict(f"It is not JSON at character {error.pos}.") from None
    except RecursionError:
        raise NotStrict(_TOO_DEEP) from None


def check(raw: bytes) -> None:
    """Refuse what is not strict. Raises NotStrict."""
    loads(raw)


def has_nul(raw: bytes) -> bool:
    """Say whether a string of this JSON text holds a NUL, which PostgreSQL cannot store.

    An escaped backslash before ``u0000`` is six harmless characters.
    """
    return b"\\" in raw and _NUL in raw and _NUL in raw.replace(b"\\\\", b"")


_TOO_DEEP: Final = f"Its arrays and objects stand in each other more than {DEPTH} deep."


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        shown = f"the key “{twice}”" if _NAME.fullmatch(twice) else "a key"
        raise NotStrict(f"One object has {shown} twice.")
    return found


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotStrict("A number is too large.")
    return value


def _int(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # Python reads 4,300 digits
        raise NotStrict("A number is too large.") from None


def _constant(_: str) -> NoReturn:
    raise NotStrict("NaN and Infinity are not JSON.")


def _refuse_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= DEPTH:
        return
    depth = 0
    for found in _BRACKETS.finditer(text):
        mark = found.group()
        depth += 1 if mark in "[{" else -1 if mark in "]}" else 0
        if depth > DEPTH:
            raise NotStrict(_TOO_DEEP)


def _refuse_halves(text: str) -> None:
    if "\\u" in text and _HALF.search(_PAIR.sub("", text.replace("\\\\", ""))):
        raise NotStrict("A text holds half of a character (a lone surrogate).")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant
)
