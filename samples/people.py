"""The people behind the demonstration hospital, and how they came to be registered more than once.

Public synthetic client records (``data/uganda-clients``) are the registrations. Because those records carry complete
identifiers, almost every true pair in them would be settled by a machine alone; real legacy systems are not so kind.
What this module adds is named ``origin`` on each registration and is described, with every rate, in ``README.md``.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import jellyfish

SEED = 20260907
DATA = Path(__file__).parent / "data" / "uganda-clients"
CLIENTS = DATA / "uganda_data_v21_20201501.csv"

LEGACY_PAS = "LEGACY-PAS"
CLINIC_EPR = "CLINIC-EPR"
MATERNITY = "MATERNITY-REG"

THIRD_REGISTRATIONS = 130
TWINS = 110
HOUSEHOLD = 150
NAMESAKES = 100


@dataclass(frozen=True, slots=True)
class Registration:
    """One person as first written down in one system, before the system lost or changed anything.

    ``birth_date`` has eight digits as in the source, or a typing error, or is empty. ``origin`` says where the row
    comes from: ``client`` and ``client-duplicate`` are rows of the data set, all others are derived.
    """

    person: str
    system: str
    origin: str
    family: str
    given: str
    birth_date: str
    sex: str
    phone: str
    national_id: str
    art_number: str


def rng(*parts: object) -> random.Random:
    """Return a generator that depends on the hospital's seed and on nothing but ``parts``."""
    return random.Random(":".join([str(SEED), *map(str, parts)]))


def registrations() -> list[Registration]:
    """Return every registration of the hospital: those of the data set first, then the derived ones."""
    clients = list(_clients())
    firsts = [item for item in clients if item.origin == "client"]
    women = [item for item in firsts if item.sex == "f" and "19700101" <= item.birth_date <= "20081231"]
    pool = rng("derive").sample(firsts, k=TWINS + HOUSEHOLD + NAMESAKES)
    derived = [_again(item) for item in rng("thirds").sample(women, k=THIRD_REGISTRATIONS)]
    derived += [_twin(item, firsts) for item in pool[:TWINS]]
    derived += [_household(item, firsts) for item in pool[TWINS : TWINS + HOUSEHOLD]]
    derived += [_namesake(item) for item in pool[TWINS + HOUSEHOLD :]]
    return clients + derived


def _clients() -> Iterator[Registration]:
    with CLIENTS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            _, person, kind, *_ = row["rec_id"].split("-")
            yield Registration(
                person=person,
                system=LEGACY_PAS if kind == "org" else CLINIC_EPR,
                origin="client" if kind == "org" else "client-duplicate",
                family=row["surname"],
                given=row["given_name"],
                birth_date=row["date_of_birth"],
                sex=row["sex"],
                phone=row["phone_number"],
                national_id=row["uganda_nin"],
                art_number=row["art_number"],
            )


def _again(item: Registration) -> Registration:
    """The same woman registered once more, by the maternity ward."""
    return replace(item, system=MATERNITY, origin="third-registration")


def _other_person(item: Registration, origin: str, chance: random.Random, *, sex: str) -> Registration:
    """Someone else who shares much with ``item``; keeps name, birth date and phone for the caller to change."""
    ward = MATERNITY if sex == "f" and chance.random() < 0.25 else CLINIC_EPR
    digits, letters = f"{chance.randrange(10**8):08d}", "".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=4))
    return replace(
        item,
        person=f"{item.person}-{origin}",
        system=LEGACY_PAS if chance.random() < 0.2 else ward,
        origin=origin,
        sex=sex,
        national_id=f"C{sex.upper()}{digits}{letters}",
        art_number=f"{item.art_number[:3]}-{chance.randrange(100000, 1000000)}",
    )


def _twin(item: Registration, firsts: Sequence[Registration]) -> Registration:
    """A twin: surname, birth date and phone of the family are the same; half the given names sound alike."""
    chance = rng("twin", item.person)
    sex = item.sex if chance.random() < 0.7 else chance.choice("fm")
    names = [other.given for other in chance.sample(firsts, k=200) if other.given and other.given != item.given]
    given = max(names, key=lambda name: jellyfish.jaro_winkler_similarity(name, item.given))
    return replace(
        _other_person(item, "twin", chance, sex=sex),
        given=given if chance.random() < 0.5 else names[0],
    )


def _household(item: Registration, firsts: Sequence[Registration]) -> Registration:
    """A child named after its parent, or a brother or sister a few years apart, on the family's phone."""
    chance = rng("household", item.person)
    relative = _other_person(item, "household", chance, sex=chance.choice("fm"))
    if chance.random() < 0.5:
        return replace(relative, birth_date=shifted(item.birth_date, years=chance.randint(17, 30), chance=chance))
    years = chance.choice([-3, -2, -1, 1, 2, 3])
    given = chance.choice([other.given for other in chance.sample(firsts, k=20) if other.given])
    return replace(relative, given=given, birth_date=shifted(item.birth_date, years=years, chance=chance))


def _namesake(item: Registration) -> Registration:
    """A stranger of the same name and about the same age, with a phone of their own."""
    chance = rng("namesake", item.person)
    stranger = _other_person(item, "namesake", chance, sex=item.sex or "f")
    return replace(
        stranger,
        birth_date=shifted(item.birth_date, years=chance.choice([-1, 0, 0, 1]), chance=chance),
        phone=new_phone(chance),
    )


def shifted(birth_date: str, *, years: int, chance: random.Random) -> str:
    """Return another day ``years`` later, or the text unchanged when it is no date."""
    if len(birth_date) != 8 or not birth_date.isdigit():
        return birth_date
    year = min(int(birth_date[:4]) + years, 2024)
    day = dt.date(year, 1, 1) + dt.timedelta(days=chance.randrange(1, 365))
    return day.strftime("%Y%m%d")


def new_phone(chance: random.Random) -> str:
    """Return a phone number in the form of the data set; drawn, so no one's."""
    return f"7{chance.choice('0175')}{chance.choice('24')} {chance.randrange(100000, 1000000)}"
