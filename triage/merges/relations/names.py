"""Names of people: words, order, initials, accents, titles, nicknames, scripts, sounds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from nicknames import NickNamer

from triage.desk.folding import scripts, tokens
from triage.merges.relations import spelling
from triage.merges.relations.distances import apart, similarity, transposed
from triage.merges.relations.relation import DIFFERENT, REWRITTEN, SAME, Note, Relation, first

#: Names to which nicknames belong.
GIVEN: Final = frozenset({"given", "middle", "full_name"})

_ALIKE: Final = 0.85

#: Words beside a name, not of it: titles, honorifics, generations. Folded, without punctuation.
TITLES: Final = frozenset(
    {
        *("mr", "mrs", "ms", "miss", "mx", "master", "mstr", "sir", "dame", "lord", "lady", "hon", "esq"),
        *("dr", "doctor", "prof", "professor", "phd", "md", "rev", "reverend", "fr", "father", "sr", "sister"),
        *("capt", "maj", "col", "gen", "sgt", "lt", "jr", "junior", "snr", "senior", "ii", "iii", "iv"),
        *("herr", "frau", "sig", "signor", "signora", "dott", "mme", "mlle", "monsieur", "madame"),
        *("don", "dona", "doña", "sra", "srta", "dra", "mwalimu", "mzee", "bwana", "bi", "bibi", "ndugu"),
        *("sheikh", "shaikh", "sheik", "haji", "hajji", "hajj", "hajia", "alhaji", "alhaja"),
        *("shri", "sri", "smt", "kumari", "pandit", "begum", "sahib", "khun", "daw"),
        *("श्री", "श्रीमती", "นาย", "นาง", "นางสาว", "السيد", "السيدة", "الشيخ", "الحاج"),
    }
)
_INITIAL_SCRIPTS: Final = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "ARABIC", "HEBREW"})

Words = tuple[str, ...]


def relate(one: str, two: str, *, given: bool) -> Relation:
    """Relate two folded names. ``given``: names that may have short forms, Bill for William."""
    left, right = tokens(one), tokens(two)
    if left == right:
        return SAME if one == two else REWRITTEN
    if not left or not right:
        return DIFFERENT
    if _contradicting_initial(left, right):
        return DIFFERENT
    return first(_notes(left, right, given=given)) or _alike(" ".join(left), " ".join(right))


def _notes(left: Words, right: Words, *, given: bool) -> Iterator[Note]:
    one, two = "".join(left), "".join(right)
    yield "same letters, divided differently", lambda: one == two
    yield "invisible characters differ", lambda: spelling.visible(one) == spelling.visible(two)
    yield "letters of another script in one", lambda: spelling.mixed(one, two)
    yield spelling.marks_note(one + two), lambda: spelling.plain(one) == spelling.plain(two)
    yield "hiragana and katakana", lambda: spelling.hiragana(one) == spelling.hiragana(two)
    yield "same names, different order", lambda: sorted(left) == sorted(right)
    yield "a title in one only", lambda: _untitled(left) == _untitled(right) != ()
    yield "an initial only", lambda: _initials(left, right)
    yield "one has an extra name", lambda: set(left) < set(right) or set(right) < set(left)
    yield "two letters transposed", lambda: transposed(" ".join(left), " ".join(right))
    yield "a nickname", lambda: given and _nicknames(left, right)


def _alike(left: str, right: str) -> Relation:
    if not scripts(left) & scripts(right) and scripts(left) and scripts(right):
        return _across_scripts(left, right)
    if similarity(left, right) >= _ALIKE:
        return Relation("partial", apart(left, right, "letter"))
    return Relation("partial", "sounds alike") if spelling.sounds_alike(left, right) else DIFFERENT


def _across_scripts(left: str, right: str) -> Relation:
    """Names in two scripts can be compared by their Latin letters alone, and never agree more than in part."""
    one, two = spelling.latin(left), spelling.latin(right)
    if one and two and similarity(one, two) >= _ALIKE:
        return Relation("partial", "different scripts, alike in Latin letters")
    return Relation("disagree", "different scripts")


def _untitled(words: Words) -> Words:
    return tuple(word for word in words if word not in TITLES)


def _is_initial(short: str, long: str) -> bool:
    return len(short) == 1 and len(long) > 1 and long.startswith(short) and scripts(short) <= _INITIAL_SCRIPTS


def _initials(left: Words, right: Words) -> bool:
    """True if word by word the names are the same or one has an initial; a single initial may stand for them all."""
    short, long = sorted((left, right), key=len)
    if len(short) != len(long) and not (len(short) == 1 and len(short[0]) == 1):
        return False
    pairs = list(zip(short, long, strict=False))
    return all(one == two or _is_initial(one, two) or _is_initial(two, one) for one, two in pairs)


def _contradicting_initial(left: Words, right: Words) -> bool:
    """True if one is an initial alone, and not of the other."""
    short, long = sorted((" ".join(left), " ".join(right)), key=len)
    return len(short) == 1 and scripts(short) <= _INITIAL_SCRIPTS and not long.startswith(short)


@cache
def _namer() -> NickNamer:
    return NickNamer()


def _nicknames(left: Words, right: Words) -> bool:
    """True if the first names belong together, and the others, if both have any, are the same."""
    if left[1:] and right[1:] and left[1:] != right[1:]:
        return False
    one, two = left[0], right[0]
    return one != two and two in _related(one)


@cache
def _related(name: str) -> frozenset[str]:
    namer = _namer()
    return frozenset(namer.nicknames_of(name) | namer.canonicals_of(name))
