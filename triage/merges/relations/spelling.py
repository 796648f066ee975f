"""What letters are to each other: accents, marks, scripts, sounds. For notes about a difference, not for agreement."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

import jellyfish
from anyascii import anyascii

from triage.desk.folding import script, scripts

#: Scripts whose marks are accents or optional vowels. Elsewhere marks are vowels: राम and रिमा share consonants alone.
_ACCENTED: Final = frozenset({"LATIN", "GREEK", "CYRILLIC"})
_POINTED: Final = frozenset({"ARABIC", "HEBREW", "SYRIAC", "THAANA"})
_KATAKANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def plain(text: str) -> str:
    """Letters without accents and optional vowel marks: ``müller`` → ``muller``, ``ł`` → ``l``, ``ß`` → ``ss``."""
    if text.isascii():
        return text
    return "".join(map(_plain, unicodedata.normalize("NFC", text)))


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    if character.isascii():
        return character
    parts = unicodedata.normalize("NFD", character)
    base = parts[0]
    if len(parts) == 1 and unicodedata.category(character) == "Mn":
        return (
            "" if unicodedata.name(character, "").startswith(("ARABIC", "HEBREW", "COMBINING", "SYRIAC")) else character
        )
    kind = script(base)
    if kind == "LATIN":
        return anyascii(base).lower()  # letters without a decomposition: ł, đ, ø, ß, dotless i
    return base if kind in _ACCENTED | _POINTED else character


def marks_note(text: str) -> str:
    """What to call a difference in marks of these letters."""
    return "marks differ" if scripts(text) & _POINTED else "accents differ"


def visible(text: str) -> str:
    """Without characters that show nothing: direction marks, joiners, soft hyphens."""
    return "".join(character for character in text if unicodedata.category(character) not in {"Cf", "Cc", "Co", "Cn"})


def hiragana(text: str) -> str:
    """Katakana as hiragana: two ways to write one reading."""
    return text.translate(_KATAKANA)


def latin(text: str) -> str:
    """A rough transliteration into lower-case ASCII."""
    return anyascii(text).lower()


def mixed(left: str, right: str) -> bool:
    """True if the two look the same because one borrows letters of another script: a Cyrillic а in Kato."""
    one, two = scripts(left), scripts(right)
    return one != two and bool(one & two) and latin(left) == latin(right) and max(len(one), len(two)) > 1


def sounds_alike(left: str, right: str) -> bool:
    """True if two names in Latin letters have one Metaphone code, which was made for English sounds."""
    if scripts(left) != {"LATIN"} or scripts(right) != {"LATIN"}:
        return False
    one, two = jellyfish.metaphone(plain(left)), jellyfish.metaphone(plain(right))
    return bool(one) and one == two
