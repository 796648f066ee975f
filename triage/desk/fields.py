"""What the fields of a source record are: their labels, and the sort of value they hold."""

from __future__ import annotations

import datetime as dt
import enum
import unicodedata

from console.ui.dates import day
from console.ui.text import nhs_number


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
    "birth_date": "Birth date",
    "death_date": "Date of death",
    "sex": "Sex",
    "phone": "Phone",
    "national_id": "National id",
    "nhs_number": "NHS number",
    "art_number": "ART number",
    "mrn": "Record number",
    "postcode": "Postcode",
}

_SORTS: dict[str, Sort] = {
    "family": Sort.NAME,
    "given": Sort.NAME,
    "middle": Sort.NAME,
    "mother": Sort.NAME,
    "sex": Sort.CODE,
    "gender": Sort.CODE,
    "title": Sort.CODE,
    "deceased": Sort.CODE,
    "marital_status": Sort.CODE,
    "dob": Sort.DATE,
    "id": Sort.IDENTIFIER,
    "mrn": Sort.IDENTIFIER,
    "ssn": Sort.IDENTIFIER,
    "postcode": Sort.IDENTIFIER,
}
_ENDINGS: tuple[tuple[tuple[str, ...], Sort], ...] = (
    (("_date", "_on"), Sort.DATE),
    (("name",), Sort.NAME),
    (("_id", "_number", "_no", "phone", "mobile", "insurance"), Sort.IDENTIFIER),
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


def sort_of(field: str) -> Sort:
    """Return the sort of value that ``field`` holds; an unknown name holds text."""
    known = _SORTS.get(field)
    if known:
        return known
    return next((sort for endings, sort in _ENDINGS if field.endswith(endings)), Sort.TEXT)


def label(field: str) -> str:
    """The field's name for people."""
    return LABELS.get(field) or field.replace("_", " ").replace(".", " ").strip().capitalize()


def rank(field: str) -> tuple[int, str]:
    """Sorts fields that no comparison weighs."""
    return (ORDER.index(field) if field in ORDER else len(ORDER), field)


def shown(field: str, value: str | None) -> str:
    """The value as people read it: dates as ``02-Jan-1970``, and no character that hides or turns the others around.

    Missing (None, empty, only spaces) gives ``""``.
    """
    text = " ".join((value or "").split())
    if not text:
        return ""
    if sort_of(field) is Sort.DATE:
        return visible(day(text))
    return visible(nhs_number(text) if field == "nhs_number" else text)


def as_date(value: str) -> dt.date | None:
    """The date that an ISO text names; None for anything else."""
    try:
        return dt.date.fromisoformat(value.strip())
    except ValueError:
        return None


def visible(text: str) -> str:
    """Control and direction characters as their names, so that a value cannot pretend to be another."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _harmless(character) else f"⟨U+{ord(character):04X}⟩" for character in text)


def _harmless(character: str) -> bool:
    joins = character in "\u200c\u200d"  # Persian and Indic names are spelled with joiners
    return joins or unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cn", "Zl", "Zp"}
