"""Comparison of two patient records: normalisation, and one comparison level a field.

A level is a named outcome such as ``exact`` or ``close``; the weights of levels are estimated in ``linkage``.
"""

from __future__ import annotations

from dataclasses import dataclass

import jellyfish

from samples.hospital import Key, Record

NAME_LEVELS = ("exact", "close (Jaro-Winkler 0.92)", "similar (Jaro-Winkler 0.85)", "swapped", "different", "missing")
LEVELS: dict[str, tuple[str, ...]] = {
    "family": NAME_LEVELS,
    "given": NAME_LEVELS,
    "birth_date": (
        "exact",
        "transposed",
        "one character differs",
        "same year, one estimated",
        "one year apart, one estimated",
        "same year",
        "different",
        "missing",
    ),
    "sex": ("exact", "different", "missing"),
    "phone": ("exact", "one or two characters differ", "different", "missing"),
    "national_id": ("exact", "one or two characters differ", "different", "missing"),
    "art_number": ("exact", "one or two characters differ", "different", "missing"),
}
FIELDS = tuple(LEVELS)
Pattern = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Normal:
    """A record reduced to what is compared. Empty text means missing."""

    key: Key
    family: str
    given: str
    birth_date: str
    sex: str
    phone: str
    national_id: str
    art_number: str


def normal(record: Record) -> Normal:
    """Reduce a record: lower-case letters only in names, digits in dates and phones, capitals in identifiers."""
    sex = record.sex or ""
    return Normal(
        key=record.key,
        family=_letters(record.family),
        given=_letters(record.given),
        birth_date=(record.birth_date or "").replace("-", ""),
        sex=sex if sex in ("female", "male") else "",
        phone="".join(filter(str.isdigit, record.phone or "")),
        national_id=_capitals(record.national_id),
        art_number=_capitals(record.art_number),
    )


def compare(left: Normal, right: Normal) -> Pattern:
    """Return the level reached by each field, as positions in ``LEVELS``, in the order of ``FIELDS``."""
    swapped = _swapped(left, right)
    return (
        3 if swapped else _name(left.family, right.family),
        3 if swapped else _name(left.given, right.given),
        _birth_date(left.birth_date, right.birth_date),
        _sex(left.sex, right.sex),
        _identifier(left.phone, right.phone),
        _identifier(left.national_id, right.national_id),
        _identifier(left.art_number, right.art_number),
    )


def level(field: str, pattern: Pattern) -> str:
    """Return the name of the level that ``field`` reached."""
    return LEVELS[field][pattern[FIELDS.index(field)]]


def _letters(text: str | None) -> str:
    return "".join(filter(str.isalpha, (text or "").lower()))


def _capitals(text: str | None) -> str:
    return "".join(filter(str.isalnum, (text or "").upper()))


def _swapped(left: Normal, right: Normal) -> bool:
    if not (left.family and left.given and right.family and right.given) or left.family == right.family:
        return False
    crosswise = jellyfish.jaro_winkler_similarity
    return crosswise(left.family, right.given) >= 0.92 and crosswise(left.given, right.family) >= 0.92


def _name(left: str, right: str) -> int:
    if not left or not right:
        return 5
    if left == right:
        return 0
    likeness = jellyfish.jaro_winkler_similarity(left, right)
    return 1 if likeness >= 0.92 else 2 if likeness >= 0.85 else 4


def _birth_date(left: str, right: str) -> int:
    if not left or not right:
        return 7
    if left == right:
        return 0
    estimated = left.endswith("0101") or right.endswith("0101")
    if left[:4] == right[:4] and left[4:] == right[6:] + right[4:6]:
        return 1
    return _near_date(left, right, estimated=estimated)


def _near_date(left: str, right: str, *, estimated: bool) -> int:
    """Tell typing errors from estimates: clerks write the first of January when only an age is known."""
    distance = jellyfish.damerau_levenshtein_distance(left, right)
    same_year = left[:4] == right[:4]
    if distance == 1 and not (estimated and same_year):
        return 1 if sorted(left) == sorted(right) else 2
    if same_year:
        return 3 if estimated else 5
    years = left[:4].isdigit() and right[:4].isdigit() and abs(int(left[:4]) - int(right[:4]))
    return 4 if estimated and years == 1 else 6


def _sex(left: str, right: str) -> int:
    if not left or not right:
        return 2
    return 0 if left == right else 1


def _identifier(left: str, right: str) -> int:
    if not left or not right:
        return 3
    if left == right:
        return 0
    return 1 if jellyfish.damerau_levenshtein_distance(left, right) <= 2 else 2
