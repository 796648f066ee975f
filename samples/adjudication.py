"""A cluster that is one person and another, and a set that a reviewer decides against an earlier decision.

The second is reported in week 39 alone: both records of a pair that was linked in week 38, and one more of wave 2.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from samples.demo_decisions import demo_decisions
from samples.hospital import at
from samples.lines import merge_line
from samples.people import MATERNITY
from samples.review import WAVE_ONE, ReviewSet, compared, review_sets

WEEK: Final = 3
NEWCOMER: Final = "newcomer"


def cluster() -> ReviewSet:
    """The first set of wave 1 that mixes people, is not critical, and is reported alike in every week."""
    weeks = [{found.keys: found for found in review_sets(week, WAVE_ONE)} for week in (1, 2, 4)]
    return next(
        found
        for keys, found in weeks[0].items()
        if 1 < found.persons < len(found.records)
        and all(keys in week and week[keys].records == found.records for week in weeks)
        and merge_line(found, week=1).severity != "critical"
    )


@lru_cache(maxsize=1)
def contested() -> ReviewSet:
    """A linked pair of wave 1 with a record of wave 2: the daughter, of the same name, who gave the family's phone."""
    linked = next(one for one in demo_decisions() if one.right and one.verdict == "LINK")
    there = {record.key: record for record in at(WEEK)}
    pair = [there[key] for key in linked.records]
    born = f"{int(pair[0].born[:4]) + 21}-03-14"
    daughter = replace(
        pair[0],
        system=MATERNITY,
        id="M900114",
        facility="Maternity",
        birth_date=born,
        born=born.replace("-", ""),
        national_id=None,
        art_number=None,
        verified_at=None,
        history=(),
        person=f"{pair[0].person}-daughter",
        origin=NEWCOMER,
    )
    records = tuple(sorted((*pair, daughter), key=lambda record: record.key))
    return ReviewSet(records, compared(records))


def groups(found: ReviewSet, reason: str) -> dict[str, Any]:
    """The content of a partition of the set by the known truth."""
    by_person: dict[str, list[int]] = {}
    for place, record in enumerate(found.records):
        by_person.setdefault(record.person, []).append(place)
    return {"groups": sorted(by_person.values()), "apart_reason": reason}


def records_of(found: ReviewSet) -> list[tuple[str, str]]:
    """The set's records by system and id."""
    return [record.key for record in found.records]
