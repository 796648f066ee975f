"""Which characters of two values differ. Works on characters as people see them: a letter with its accents is one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

Part = tuple[str, bool]
Parts = tuple[Part, ...]

_LONG = 64
_FEW = 2
_ALIKE = 0.5


def clusters(text: str) -> list[str]:
    """The characters of ``text`` as people see them: combining marks and joiners stay with the letter before."""
    found: list[str] = []
    for character in text:
        if found and (unicodedata.category(character) in {"Mn", "Mc", "Me"} or character in "\u200c\u200d\ufe0e\ufe0f"):
            found[-1] += character
        else:
            found.append(character)
    return found


def whole(text: str, *, differs: bool = False) -> Parts:
    """``text`` as one part."""
    return ((text, differs),) if text else ()


def differences(left: str, right: str) -> tuple[Parts, Parts]:
    """Both values in parts, each marked when it has no counterpart in the other value. Letter case does not count.

    Long values are compared by words; values with little in common are marked as a whole, for stray letters in common
    say nothing.
    """
    if not left or not right or left == right:
        return whole(left), whole(right)
    one, two = _units(left), _units(right)
    if len(one) > _LONG or len(two) > _LONG:
        one, two = _words(left), _words(right)
    folded = [unit.casefold() for unit in one], [unit.casefold() for unit in two]
    if len(one) == len(two):
        unlike = [a != b for a, b in zip(*folded, strict=True)]
        if sum(unlike) <= _FEW:  # a slip of the finger: position by position reads best
            return joined(list(zip(one, unlike, strict=True))), joined(list(zip(two, unlike, strict=True)))
    matcher = SequenceMatcher(None, *folded, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return whole(left, differs=True), whole(right, differs=True)
    steps = matcher.get_opcodes()
    return (
        joined([("".join(one[a:b]), tag != "equal") for tag, a, b, _, _ in steps]),
        joined([("".join(two[c:d]), tag != "equal") for tag, _, _, c, d in steps]),
    )


def date_differences(left: str, right: str) -> tuple[Parts, Parts]:
    """Like ``differences`` for two dates of the form ``02-Jan-1970``: day, month and year are each one unit."""
    one, two = left.split("-"), right.split("-")
    if len(one) != 3 or len(two) != 3:
        return differences(left, right)
    unlike = [a != b for a, b in zip(one, two, strict=True)]
    return _dated(one, unlike), _dated(two, unlike)


def joined(parts: Sequence[Part]) -> Parts:
    """Neighbours of one kind as one part; empty ones left out."""
    found: list[Part] = []
    for text, differs in parts:
        if not text:
            continue
        if found and found[-1][1] == differs:
            found[-1] = (found[-1][0] + text, differs)
        else:
            found.append((text, differs))
    return tuple(found)


def _dated(units: Sequence[str], unlike: Sequence[bool]) -> Parts:
    parts: list[Part] = []
    for number, (unit, differs) in enumerate(zip(units, unlike, strict=True)):
        parts.extend([("-", False)] * (number > 0))
        parts.append((unit, differs))
    return joined(parts)


def _units(text: str) -> list[str]:
    return list(text) if text.isascii() else clusters(text)


def _words(text: str) -> list[str]:
    """Words, each with the space that follows it."""
    pieces = text.split(" ")
    return [piece + " " for piece in pieces[:-1]] + pieces[-1:]
