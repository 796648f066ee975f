"""What the fields of a source record are: their labels, and the sort of value they hold."""

from __future__ import annotations

import enum
import unicodedata
from functools import lru_cache

from console.ui.dates import day
from console.ui.text import nhs_number
from triage.desk.columns import canonical
from triage.desk.written_dates import Order, read_date


class Sort(enum.Enum):
    """What sort of value a field holds: how it is compared, shown and masked follows from it."""

    NAME = "name"
    DATE = "date"
    IDENTIFIER = "identifier"
    CODE = "code"
    TEXT = "text"


LABELS: dict[str, str] = {
    "family": "Family name",
    "given": "Given name",
    "middle": "Middle name",
    "maiden": "Maiden name",
    "full_name": "Full name",
    "mother": "Mother’s name",
    "mother_maiden": "Mother’s maiden name",
    "birth_date": "Birth date",
    "birth_year": "Birth year",
    "death_date": "Date of death",
    "sex": "Sex",
    "phone": "Phone",
    "national_id": "National id",
    "nhs_number": "NHS number",
    "ssn": "Social security number",
    "art_number": "ART number",
    "mrn": "Record number",
    "postcode": "Postcode",
}

_SORTS: dict[str, Sort] = {
    "family": Sort.NAME,
    "given": Sort.NAME,
    "middle": Sort.NAME,
    "maiden": Sort.NAME,
    "mother": Sort.NAME,
    "mother_maiden": Sort.NAME,
    "sex": Sort.CODE,
    "title": Sort.CODE,
    "blood_type": Sort.CODE,
    "deceased": Sort.CODE,
    "marital_status": Sort.CODE,
    "birth_year": Sort.DATE,
    "id": Sort.IDENTIFIER,
    "mrn": Sort.IDENTIFIER,
    "ssn": Sort.IDENTIFIER,
    "postcode": Sort.IDENTIFIER,
}
_BEGINNINGS: tuple[tuple[tuple[str, ...], Sort], ...] = ((("date_of_", "date_", "dob_"), Sort.DATE),)
_ENDINGS: tuple[tuple[tuple[str, ...], Sort], ...] = (
    (("_date", "_on", "_dt", "_dob", "birthdate", "birthday"), Sort.DATE),
    (("name",), Sort.NAME),
    (
        ("_id", "_number", "_no", "phone", "mobile", "_tel", "_fax", "insurance", "_postcode", "_zip"),
        Sort.IDENTIFIER,
    ),
)

#: The order of fields that no comparison weighs.
ORDER = (
    "family",
    "given",
    "middle",
    "birth_date",
    "sex",
    "national_id",
    "nhs_number",
    "art_number",
    "phone",
    "address",
)


@lru_cache(maxsize=4096)
def sort_of(field: str) -> Sort:
    """Return the sort of value that ``field`` holds, whatever its column is called; an unknown name holds text."""
    name = canonical(field)
    known = _SORTS.get(name)
    if known:
        return known
    begins = (sort for beginnings, sort in _BEGINNINGS if name.startswith(beginnings))
    return next(begins, next((sort for endings, sort in _ENDINGS if name.endswith(endings)), Sort.TEXT))


def label(field: str) -> str:
    """The field's name for people."""
    return LABELS.get(field) or field.replace("_", " ").replace(".", " ").strip().capitalize()


def rank(field: str) -> tuple[int, str]:
    """Sorts fields that no comparison weighs."""
    return (ORDER.index(field) if field in ORDER else len(ORDER), field)


def shown(field: str, value: str | None, order: Order = "") -> str:
    """The value as people read it: dates as ``02-Jan-1970``, and no character that hides or turns the others around.

    Missing (None, empty, only spaces) gives ``""``. ``order``: which number of ``03/04/1970`` is the day, if known.
    """
    text = " ".join((value or "").split())
    if not text:
        return ""
    if sort_of(field) is Sort.DATE:
        return visible(_day(text, order))
    return visible(nhs_number(text) if canonical(field) == "nhs_number" else text)


def _day(text: str, order: Order) -> str:
    """A whole date without doubt in the form that staff read; anything else as it was sent."""
    readings = read_date(text, order)
    only = readings[0] if len(readings) == 1 and not readings[0].about else None
    return day(only.whole) if only and only.whole else text


def visible(text: str) -> str:
    """Control and direction characters as their names, so that a value cannot pretend to be another."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _harmless(character) else f"⟨U+{ord(character):04X}⟩" for character in text)


def _harmless(character: str) -> bool:
    joins = character in "\u200c\u200d"  # Persian and Indic names are spelled with joiners
    return joins or unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cn", "Zl", "Zp"}
