"""What two spellings have in common, in every script: letter case, composition and width, and nothing that has meaning.

Vowel signs, accents and other marks count, so do invisible characters: राम and रिमा are two names. Normalisation is
Unicode's NFC, and of its compatibility forms (UAX 15) only those that are another shape of the same letter: widths,
Arabic presentation forms, ligatures. ``²`` stays apart from ``2``, and ``½`` from ``1/2``.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

APOSTROPHE: Final = "'"
HYPHEN: Final = "-"

#: Compatibility forms that are one letter in another shape; not ``<super>``, ``<sub>``, ``<fraction>``, ``<font>``.
_SHAPES: Final = ("<wide>", "<narrow>", "<initial>", "<medial>", "<final>", "<isolated>", "<noBreak>", "<compat>")
_APOSTROPHES: Final = frozenset("\u2018\u2019\u201b\u02bb\u02bc\u02b9\u00b4\u0060\u2032\uff07")
_HYPHENS: Final = frozenset("\u2212\ufe63\uff0d\u30fb")
_STRETCHED: Final = "\u0640"  # Arabic tatweel lengthens a word for layout
_SHARP_S: Final = frozenset("\u00df\u1e9e")


def fold(text: str) -> str:
    """``text`` without letter case, width, kind of digit, apostrophe or dash, and with single spaces; composed."""
    if text.isascii():
        return " ".join(text.lower().replace("`", APOSTROPHE).split())
    folded = "".join(map(_folded, unicodedata.normalize("NFC", text)))
    return " ".join(unicodedata.normalize("NFC", folded).split())


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    if character in _SHARP_S:  # "ss" in capitals, but not the same letters: Weiß and Weiss are two family names
        return "\u00df"
    if character in _APOSTROPHES:
        return APOSTROPHE
    if character == _STRETCHED:
        return ""
    if character in _HYPHENS or unicodedata.category(character) == "Pd":
        return HYPHEN
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if unicodedata.decomposition(character).startswith(_SHAPES):
        character = unicodedata.normalize("NFKC", character)
    return character.casefold()


def tokens(text: str) -> tuple[str, ...]:
    """The words of ``text``, folded. Punctuation parts words, but for what stands between two digits: ``12/3``."""
    folded = fold(text)
    found, word = [], ""
    for place, character in enumerate(folded):
        if _carries(character) or _between_digits(folded, place):
            word += character
        elif word:
            found.append(word)
            word = ""
    return (*found, word) if word else tuple(found)


@lru_cache(maxsize=8192)
def _carries(character: str) -> bool:
    """True for letters, marks, digits, symbols and invisible characters: all but punctuation and spaces."""
    return not character.isspace() and not unicodedata.category(character).startswith(("P", "Z")) and character != "`"


def _between_digits(text: str, place: int) -> bool:
    if not 0 < place < len(text) - 1 or text[place].isspace():
        return False
    return text[place - 1].isdecimal() and text[place + 1].isdecimal()


def says_something(text: str) -> bool:
    """True if ``text`` holds a letter, a digit or a picture; dashes, dots and question marks alone say nothing."""
    return any(
        unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "So" for character in text
    )


def scripts(text: str) -> frozenset[str]:
    """The scripts of the letters of ``text`` as their Unicode names begin: ``LATIN``, ``ARABIC``, ``DEVANAGARI``."""
    return frozenset(filter(None, map(script, text)))


@lru_cache(maxsize=8192)
def script(character: str) -> str:
    """The script of one letter; nothing for what is no letter."""
    if not unicodedata.category(character).startswith("L"):
        return ""
    return unicodedata.name(character, "").partition(" ")[0]
