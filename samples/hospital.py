"""What each system of the demonstration hospital holds in each week: the records that the matcher sees.

Every loss and every drift is drawn with a seed per record; the rates are constants here and stated in ``README.md``.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace
from functools import lru_cache

from samples.people import CLINIC_EPR, LEGACY_PAS, MATERNITY, Registration, new_phone, registrations, rng

Key = tuple[str, str]

WEEK_ONE = dt.datetime(2026, 9, 7, 20, 0, tzinfo=dt.UTC)

MISSING: dict[str, dict[str, float]] = {
    LEGACY_PAS: {"national_id": 0.80, "art_number": 0.85, "phone": 0.50, "birth_date": 0.05},
    CLINIC_EPR: {"national_id": 0.70, "art_number": 0.60, "phone": 0.25, "birth_date": 0.03},
    MATERNITY: {"national_id": 0.75, "art_number": 0.75, "phone": 0.30, "birth_date": 0.03},
}
AGE_ESTIMATED = 0.17
DAY_AND_MONTH_SWAPPED = 0.03
NAMES_SWAPPED = 0.04
PHONE_CHANGED = 0.20
MARRIED_NAME = 0.09
HISTORY_KEPT = 0.5
VERIFIED = 0.35
EDITED: dict[int, float] = {2: 0.06, 3: 0.02, 4: 0.02}


@dataclass(frozen=True, slots=True)
class Former:
    """A former value of one field and the dates it was valid, either of which may be unknown."""

    field: str
    value: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Record:
    """One patient record of one system. The last four fields are truth and never enter a package."""

    system: str
    id: str
    facility: str
    family: str | None
    given: str | None
    birth_date: str | None
    sex: str | None
    phone: str | None
    national_id: str | None
    art_number: str | None
    verified_at: dt.date | None
    history: tuple[Former, ...]
    person: str
    origin: str
    registry_id: str
    born: str

    @property
    def key(self) -> Key:
        """System and id."""
        return (self.system, self.id)


@lru_cache(maxsize=1)
def records() -> tuple[Record, ...]:
    """Return every record of the hospital as of week 1, ordered by system and id."""
    rows = registrations()
    surnames = sorted({row.family for row in rows if row.origin == "client" and row.family.isalpha()})
    registry = {row.person: row.national_id for row in rows if row.origin != "client-duplicate"}
    numbers = rng("ids").sample(range(100_000, 1_000_000), k=len(rows))
    made = [_record(row, number, surnames, registry[row.person]) for row, number in zip(rows, numbers, strict=True)]
    return tuple(sorted(made, key=lambda record: record.key))


@lru_cache(maxsize=4)
def at(week: int) -> tuple[Record, ...]:
    """Return every record as it stands in ``week`` (1 is the first): each week's edits on top of the last."""
    if week <= 1:
        return records()
    return tuple(_edited(record, week) for record in at(week - 1))


def _record(row: Registration, number: int, surnames: list[str], registry_id: str) -> Record:
    chance, born = rng("record", row.person, row.system, row.origin), row.birth_date
    row, history = _drift(row, chance, surnames)
    lost = {field for field, share in MISSING[row.system].items() if chance.random() < share}
    kept = {
        name: None if name in lost or not getattr(row, name) else str(getattr(row, name))
        for name in ("phone", "national_id", "art_number", "birth_date")
    }
    prefix = {LEGACY_PAS: "P", CLINIC_EPR: "E", MATERNITY: "M"}[row.system]
    verified = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(900)) if chance.random() < VERIFIED else None
    return Record(
        system=row.system,
        id=f"{prefix}{number}",
        facility=_facility(row, chance),
        family=row.family.title() or None,
        given=row.given.title() or None,
        birth_date=iso(kept["birth_date"]),
        sex={"f": "female", "m": "male", "": None}.get(row.sex, row.sex),
        phone=kept["phone"],
        national_id=kept["national_id"],
        art_number=kept["art_number"],
        verified_at=verified,
        history=history,
        person=row.person,
        origin=row.origin,
        registry_id=registry_id,
        born=born,
    )


def _edited(record: Record, week: int) -> Record:
    """A clerk meets the patient: a new phone, an identity card shown, or a birth date asked again."""
    chance = rng("edit", week, *record.key)
    if chance.random() > EDITED.get(week, 0.0):
        return record
    what = chance.choice(["phone", "national_id", "birth_date"])
    if what == "phone":
        day = (WEEK_ONE + dt.timedelta(weeks=week - 1, days=-3)).date()
        former = (Former("phone", record.phone, None, day),) if record.phone else ()
        return replace(record, phone=new_phone(chance), history=record.history + former)
    if what == "national_id":
        return replace(record, national_id=record.registry_id)
    return replace(record, birth_date=iso(record.born) or record.birth_date)


def _drift(row: Registration, chance: random.Random, surnames: list[str]) -> tuple[Registration, tuple[Former, ...]]:
    """Age the registration: names marry or swap, phones change, birth dates are estimated or mistyped."""
    history: list[Former] = []
    moved = row.system != LEGACY_PAS
    if moved and row.phone and row.origin != "namesake" and chance.random() < PHONE_CHANGED:
        history += _former("phone", row.phone, chance)
        row = replace(row, phone=new_phone(chance))
    if moved and row.sex == "f" and row.family and chance.random() < MARRIED_NAME:
        history += _former("family", row.family.title(), chance)
        row = replace(row, family=chance.choice(surnames))
    if chance.random() < NAMES_SWAPPED:
        row = replace(row, family=row.given, given=row.family)
    date = row.birth_date
    if len(date) == 8 and date.isdigit():
        if chance.random() < AGE_ESTIMATED:
            row = replace(row, birth_date=f"{int(date[:4]) + chance.choice([-1, 0, 0, 0, 1]):04d}0101")
        elif int(date[6:]) <= 12 and chance.random() < DAY_AND_MONTH_SWAPPED:
            row = replace(row, birth_date=date[:4] + date[6:] + date[4:6])
    return row, tuple(history)


def _former(field: str, value: str, chance: random.Random) -> list[Former]:
    if chance.random() > HISTORY_KEPT:
        return []
    until = dt.date(2019, 1, 1) + dt.timedelta(days=chance.randrange(2500))
    since = until - dt.timedelta(days=chance.randrange(400, 4000)) if chance.random() < 0.6 else None
    return [Former(field, value, since, until)]


def _facility(row: Registration, chance: random.Random) -> str:
    if row.system == MATERNITY:
        return "Maternity ward"
    if row.system == CLINIC_EPR:
        return f"Clinic {row.art_number[:3].strip() or 'KMC'}"
    return chance.choice(["Central outpatients", "Central outpatients", "Eastern outpatients", "Emergency"])


def iso(date: str | None) -> str | None:
    """Write eight characters as a date; anything else stays the typing error it is, and nothing is missing."""
    if not date or len(date) != 8:
        return date or None
    return f"{date[:4]}-{date[4:6]}-{date[6:]}"
