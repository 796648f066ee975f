"""Phone numbers, by the numbering plans of the world (``phonenumbers``) and the country of the source."""

from __future__ import annotations

from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber

from triage.merges.relations import identifiers
from triage.merges.relations.distances import distance, transposed
from triage.merges.relations.relation import REWRITTEN, SAME, Relation

_LONGEST: Final = 40
_ENDINGS: Final = ("phone", "mobile", "tel", "fax", "_cell")


def is_phone(name: str) -> bool:
    """True for a field that holds a phone number, by its canonical name."""
    return name.endswith(_ENDINGS)


def relate(one: str, two: str, country: str) -> Relation:
    """Relate two folded numbers. Without ``country`` national numbers are digits: they agree only if these do."""
    if one == two:
        return SAME
    left, right = parsed(one, country), parsed(two, country)
    if left is not None and right is not None:
        return _two(left, right)
    found = identifiers.relate("phone", one, two)
    if found.kind != "agree" and found.hint != "one has a further prefix" and _same_abroad(one, two):
        return Relation("partial", "the same number if both are of one country")
    return found


def parsed(text: str, country: str) -> PhoneNumber | None:
    """The number; None when it is none, or national and its country is unknown."""
    if len(text) > _LONGEST:
        return None
    for said, region in ((text, country or None), (f"+{text[2:]}" if text.startswith("00") else "", None)):
        try:
            number = phonenumbers.parse(said, region)
        except NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return number
    return None


def _two(left: PhoneNumber, right: PhoneNumber) -> Relation:
    one, two = _digits(left), _digits(right)
    if one == two:
        same = left.extension == right.extension
        return REWRITTEN if same else Relation("partial", "the extension differs")
    if transposed(one, two):
        return Relation("partial", "two characters transposed")
    if left.national_number == right.national_number:
        return Relation("partial", "the country code differs")
    count = distance(one, two)
    if count <= 2:
        return Relation("partial", "one character differs" if count == 1 else "two characters differ")
    return Relation("disagree")


def _digits(number: PhoneNumber) -> str:
    return phonenumbers.format_number(
        PhoneNumber(
            country_code=number.country_code,
            national_number=number.national_number,
            italian_leading_zero=number.italian_leading_zero,
            number_of_leading_zeros=number.number_of_leading_zeros,
        ),
        phonenumbers.PhoneNumberFormat.E164,
    )


def _same_abroad(one: str, two: str) -> bool:
    """True if one is international, and the other, taken as of that country, is the same number."""
    for international, national in ((one, two), (two, one)):
        number = parsed(international, "")
        region = phonenumbers.region_code_for_number(number) if number else None
        other = parsed(national, region) if region else None
        if number and other and _digits(number) == _digits(other):
            return True
    return False
