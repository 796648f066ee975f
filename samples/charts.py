"""Chart excerpts: what hangs on each record, dealt by seed from public synthetic charts (``data/synthea``).

Every person gets the chart of one Synthea patient of the same sex and nearest age; each of their records holds a part
of it. Synthea has no blood types; they are drawn. Dates are moved forward so that the charts end in summer 2026.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from samples.hospital import Record
from samples.people import rng
from triage.intake.records import ChartEntry, RecordExcerpt

DATA = Path(__file__).parent / "data" / "synthea"
MOVED = dt.timedelta(days=930)
BLOOD_TYPES = {"O+": 50, "A+": 22, "B+": 20, "AB+": 4, "O-": 2, "A-": 1, "B-": 1}
BLOOD_TYPE_KNOWN = 0.45
BLOOD_TYPE_WRONG = 0.01
ALLERGY_KEPT = 0.85
ENTRIES = 6


@dataclass
class Chart:
    """One Synthea patient: sex, year of birth, entries by domain, and what is still prescribed."""

    sex: str
    year: int
    entries: list[ChartEntry] = field(default_factory=list)
    active: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Shelf:
    """Every chart, and every allergy that occurs in them."""

    charts: tuple[Chart, ...]
    allergies: tuple[str, ...]


@lru_cache(maxsize=1)
def shelf() -> Shelf:
    """Read the Synthea tables once."""
    charts: dict[str, Chart] = {}
    for row in _rows("patients"):
        charts[row["Id"]] = Chart({"F": "female", "M": "male"}[row["GENDER"]], int(row["BIRTHDATE"][:4]))
    for table, domain in (("encounters", "encounter"), ("conditions", "condition"), ("medications", "medication")):
        for row in _rows(table):
            if row["DESCRIPTION"].endswith("(finding)"):
                continue  # social findings say nothing about identity and do not belong on a summary
            chart = charts[row["PATIENT"]]
            chart.entries.append(ChartEntry(domain, row["DESCRIPTION"], _day(row["START"])))
            if domain == "medication" and not row["STOP"]:
                chart.active.append(row["DESCRIPTION"])
    for chart in charts.values():
        chart.entries.sort(key=lambda entry: (entry.on or dt.date.min, entry.domain, entry.text))
    seen = [chart for _, chart in sorted(charts.items()) if len(chart.entries) >= ENTRIES]
    return Shelf(tuple(seen), tuple(sorted({row["DESCRIPTION"] for row in _rows("allergies")})))


def excerpt(record: Record) -> RecordExcerpt:
    """Return the excerpt of one record's chart; the same record always has the same."""
    person, mine = rng("chart", record.person), rng("excerpt", *record.key)
    chart = _nearest(record)
    allergies = person.sample(shelf().allergies, k=person.choice([0, 0, 0, 0, 0, 1, 1, 2]))
    (blood,) = person.choices(list(BLOOD_TYPES), weights=list(BLOOD_TYPES.values()))
    if mine.random() < BLOOD_TYPE_WRONG:
        blood = mine.choice([other for other in BLOOD_TYPES if other != blood])
    born = int(record.born[:4]) if record.born[:4].isdigit() else 0
    lived = [entry for entry in chart.entries if entry.on and entry.on.year >= born]
    known = sorted(mine.sample(range(len(lived)), k=len(lived) * mine.randint(3, 8) // 10))
    held = [lived[position] for position in known]
    visits = [entry for entry in held if entry.domain == "encounter"]
    active = [text for text in chart.active if mine.random() < 0.5]
    return RecordExcerpt(
        system=record.system,
        id=record.id,
        encounters=len(visits),
        last_seen=visits[-1].on if visits else None,
        active_orders=len(active),
        allergies=[text for text in allergies if mine.random() < ALLERGY_KEPT],
        blood_type=blood if mine.random() < BLOOD_TYPE_KNOWN else None,
        consents=mine.choice([0, 0, 0, 1, 1, 2]),
        portal_account=mine.random() < 0.12,
        entries=_summary(held),
    )


def _summary(held: list[ChartEntry]) -> list[ChartEntry]:
    """The latest of each kind of entry, no more than half of them of one domain, oldest first."""
    by_domain: dict[str, list[ChartEntry]] = defaultdict(list)
    said: set[str] = set()
    for entry in reversed(held):
        if len(by_domain[entry.domain]) < ENTRIES // 2 and entry.text not in said:
            said.add(entry.text)
            by_domain[entry.domain].append(entry)
    chosen = [entry for entries in by_domain.values() for entry in entries]
    return sorted(chosen, key=lambda entry: (entry.on or dt.date.min, entry.domain, entry.text))[-ENTRIES:]


def _nearest(record: Record) -> Chart:
    """One of the four charts of the person's sex and nearest in age, drawn for the person."""
    sex = record.sex if record.sex in ("female", "male") else "female"
    year = int(record.born[:4]) if record.born[:4].isdigit() else 1980
    same = [chart for chart in shelf().charts if chart.sex == sex]
    return rng("nearest", record.person).choice(sorted(same, key=lambda chart: abs(chart.year - year))[:4])


def _rows(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _day(stamp: str) -> dt.date:
    return dt.date.fromisoformat(stamp[:10]) + MOVED
