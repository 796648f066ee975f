"""How two values of one field relate, and what a trained eye would notice about them. Never what follows from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import jellyfish

from triage.desk.fields import Sort, as_date, sort_of
from triage.merges.evidence import normal

Kind = Literal["agree", "partial", "disagree", "missing_one", "missing_both", "conflict_in_time"]

_NAMES_ALIKE = 0.85
_TEXTS_ALIKE = 0.5
_SHORT_IDENTIFIER = 6


@dataclass(frozen=True, slots=True)
class Relation:
    """How two values relate; ``hint`` is a few words about the difference, or nothing."""

    kind: Kind
    hint: str = ""


def relate(
    field: str,
    left: str | None,
    right: str | None,
    *,
    left_former: Sequence[str] = (),
    right_former: Sequence[str] = (),
) -> Relation:
    """Relate two values of ``field``. The former values of both records tell a change in time from a conflict."""
    one, two = normal(left or ""), normal(right or "")
    if not one or not two:
        return Relation("missing_one" if one or two else "missing_both")
    if one == two:
        return Relation("agree")
    if _bare(one) == _bare(two) and _bare(one):
        return Relation("agree", "written differently")
    if one in map(normal, right_former):
        return Relation("conflict_in_time", "the first is a former value of the second")
    if two in map(normal, left_former):
        return Relation("conflict_in_time", "the second is a former value of the first")
    return _COMPARERS[sort_of(field)](one, two)


def _bare(text: str) -> str:
    """Letters and digits only."""
    return "".join(filter(str.isalnum, text))


def _plain(text: str) -> str:
    """Letters without their accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def _name(left: str, right: str) -> Relation:
    one, two = left.rstrip("."), right.rstrip(".")
    short, long = sorted((one, two), key=len)
    if len(short) == 1:
        return Relation("partial", "an initial only") if long.startswith(short) else Relation("disagree")
    notes = {
        "accents differ": _bare(_plain(one)) == _bare(_plain(two)),
        "same names, different order": sorted(one.split()) == sorted(two.split()),
        "one has an extra name": set(short.split()) < set(long.split()),
        "two letters transposed": _transposed(one, two),
    }
    return _first(notes) or _alike(one, two)


def _alike(left: str, right: str) -> Relation:
    if jellyfish.jaro_winkler_similarity(left, right) >= _NAMES_ALIKE:
        return Relation("partial", _apart(left, right, "letter"))
    return Relation("partial", "sounds alike") if _sounds_alike(left, right) else Relation("disagree")


def _first(notes: dict[str, bool]) -> Relation | None:
    """Partial, with the first note that holds; None when none does."""
    return next((Relation("partial", note) for note, holds in notes.items() if holds), None)


def _date(left: str, right: str) -> Relation:
    one, two = as_date(left), as_date(right)
    if one is None or two is None:
        return _date_text(left, right)
    year, month, day = one.year == two.year, one.month == two.month, one.day == two.day
    estimated = (1, 1) in {(one.month, one.day), (two.month, two.day)}
    notes = {
        "day and month swapped": year and (one.day, one.month) == (two.month, two.day),
        "two digits transposed": _transposed(left, right),
        "only the day differs": year and month,
        "only the month differs": year and day,
        "only the year differs": month and day,
        "same year, one is 1 January": year and estimated,
        "only the year agrees": year,
        "one year apart, one is 1 January": abs(one.year - two.year) == 1 and estimated,
    }
    return _first(notes) or Relation("disagree")


def _date_text(left: str, right: str) -> Relation:
    """At least one is no whole date: a year alone, or something mistyped."""
    short, long = sorted((left, right), key=len)
    if len(short) >= 4 and long.startswith(short):
        return Relation("partial", "one is less precise")
    return _identifier(left, right)


def _identifier(left: str, right: str) -> Relation:
    one, two = _bare(left), _bare(right)
    if _transposed(one, two):
        return Relation("partial", "two characters transposed")
    if min(len(one), len(two)) >= _SHORT_IDENTIFIER:
        if one.endswith(two) or two.endswith(one):
            return Relation("partial", "one has a further prefix")
        if jellyfish.damerau_levenshtein_distance(one, two) <= 2:
            return Relation("partial", _apart(one, two, "character"))
    return Relation("disagree")


def _code(_left: str, _right: str) -> Relation:
    return Relation("disagree")


def _text(left: str, right: str) -> Relation:
    one, two = set(left.split()), set(right.split())
    if len(one & two) / len(one | two) >= _TEXTS_ALIKE:
        return Relation("partial", "some words differ")
    if jellyfish.jaro_winkler_similarity(left, right) >= 0.9:
        return Relation("partial", _apart(left, right, "character"))
    return Relation("disagree")


_COMPARERS = {
    Sort.NAME: _name,
    Sort.DATE: _date,
    Sort.IDENTIFIER: _identifier,
    Sort.CODE: _code,
    Sort.TEXT: _text,
}


def _transposed(left: str, right: str) -> bool:
    """True if two neighbours changed places and nothing else differs."""
    if len(left) != len(right):
        return False
    unlike = [place for place, pair in enumerate(zip(left, right, strict=True)) if pair[0] != pair[1]]
    if len(unlike) != 2 or unlike[1] != unlike[0] + 1:
        return False
    first, second = unlike
    return left[first] == right[second] and left[second] == right[first]


def _apart(left: str, right: str, unit: str) -> str:
    distance = jellyfish.damerau_levenshtein_distance(left, right)
    if distance > 3:
        return f"several {unit}s differ"
    return f"{('one', 'two', 'three')[distance - 1]} {unit}{'s differ' if distance > 1 else ' differs'}"


def _sounds_alike(left: str, right: str) -> bool:
    one, two = jellyfish.metaphone(_plain(left)), jellyfish.metaphone(_plain(right))
    return bool(one) and one == two
