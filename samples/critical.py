"""The critical sets of wave 1: what the reviewers answer, and who comes late, when the board is about to meet.

A set that is one person, or as many people as records, has an answer by the known truth. A set that mixes both has
none: the reviewer suspects an overlay, and the pipeline holds its records.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from samples.demo_decisions import DemoDecision, demo_decisions
from samples.hospital import Key, Record, at
from samples.lines import CHART_CONFLICTS, merge_line
from samples.people import CLINIC_EPR, LEGACY_PAS, rng
from samples.review import WAVE_ONE, ReviewSet, arrival, compared, review_sets

LATEST: Final = 4
NEWCOMER: Final = "newcomer"
OTHER_SEX: Final = {"female": "male", "male": "female"}

#: Why two records are two people, by what the line says, the most telling first.
APART: Final = {
    "possible_twin": "twins_or_siblings",
    "conflicting_identifier": "identifiers_conflict",
    "same_household": "same_household",
    "conflicting_birth_date": "birth_dates_conflict",
    "allergy_conflict": "charts_conflict",
    "blood_type_conflict": "charts_conflict",
}
ALIKE: Final = {"name_swap": "recording_error", "estimated_birth_date": "recording_error"}


@dataclass(frozen=True, slots=True)
class CriticalAnswer:
    """What a reviewer answers to one critical set, and why."""

    records: tuple[Key, ...]
    verdict: str
    reason: str


def answers(week: int) -> list[CriticalAnswer]:
    """Answers to every critical set that a run of wave 1 reports in ``week``.

    Sets that the demonstration decides anyway (``demo_decisions``) are not among them.
    """
    spoken_for = {frozenset(decision.records) for decision in demo_decisions()}
    return [answer(found) for found in review_sets(week, WAVE_ONE) if critical(found) and found.keys not in spoken_for]


def second_answer(decision: DemoDecision) -> CriticalAnswer:
    """The answer to a decision that week 40 disproved, now that the registry has spoken."""
    verdict = "NO_MATCH" if decision.verdict == "LINK" else "LINK"
    reason = "identifiers_conflict" if verdict == "NO_MATCH" else "identifiers_agree"
    return CriticalAnswer(decision.records, verdict, reason)


def answer(found: ReviewSet) -> CriticalAnswer:
    """The answer that the known truth gives."""
    keys, said = tuple(record.key for record in found.records), merge_line(found, week=LATEST).reasons
    if found.persons == 1:
        return CriticalAnswer(keys, "LINK", _first(ALIKE, said, "demographics_agree"))
    if found.persons == len(found.records):
        return CriticalAnswer(keys, "NO_MATCH", _first(APART, said, "namesakes"))
    charts = bool(CHART_CONFLICTS & set(said))
    return CriticalAnswer(keys, "OVERLAY_SUSPECTED", "charts_conflict" if charts else "two_people_one_record")


def critical(found: ReviewSet) -> bool:
    """Whether the line about this set is critical."""
    return merge_line(found, week=LATEST).severity == "critical"


def newcomer(number: int) -> ReviewSet:
    """The ``number``-th critical set that no run before the dress rehearsal reports (1 is the first).

    Derived from a record that the matcher had nothing to ask about: someone comes to Emergency by night and is written
    down as in one of ``WRITTEN_DOWN``, in turn.
    """
    found = 0
    for record in _settled_alone():
        chance = rng("newcomer", *record.key)
        pair = _with_newcomer(record, WRITTEN_DOWN[found % len(WRITTEN_DOWN)](record, chance), chance)
        found += critical(pair)
        if critical(pair) and found == number:
            return pair
    raise ValueError(f"There are no {number} newcomers in this hospital.")


@lru_cache(maxsize=1)
def _settled_alone() -> tuple[Record, ...]:
    """Whole records of wave 1 that stand in no set."""
    reviewed = {key for found in review_sets(LATEST, WAVE_ONE) for key in found.keys}
    return tuple(
        record
        for record in at(LATEST)
        if record.system == LEGACY_PAS
        and arrival(record.key)[0] == WAVE_ONE
        and record.key not in reviewed
        and record.phone
        and record.given
        and record.family
        and record.sex in OTHER_SEX
        and len(record.birth_date or "") == 10
    )


def _twin(record: Record, chance: random.Random) -> dict[str, Any]:
    """The patient's twin, whose given name is another: someone else."""
    names = sorted({other.given for other in _settled_alone() if other.given and other.given.isalpha()})
    given = chance.choice([name for name in names if name != record.given])
    return {"given": given, "person": f"{record.person}-newcomer"}


def _other_sex(record: Record, chance: random.Random) -> dict[str, Any]:
    """The patient, with the wrong sex ticked: the same person."""
    return {"sex": OTHER_SEX[str(record.sex)]}


def _namesake_at_home(record: Record, chance: random.Random) -> dict[str, Any]:
    """A child or parent of the same name who gave the family's phone: someone else."""
    year = int(str(record.birth_date)[:4])
    apart = chance.randint(17, 30) * (1 if year < 1995 else -1)
    born = f"{year + apart}-{chance.randint(1, 12):02d}-{chance.randint(2, 28):02d}"
    return {"birth_date": born, "born": born.replace("-", ""), "person": f"{record.person}-newcomer"}


WRITTEN_DOWN: Final = (_twin, _other_sex, _namesake_at_home)


def _with_newcomer(record: Record, changes: dict[str, Any], chance: random.Random) -> ReviewSet:
    came = replace(
        record,
        system=CLINIC_EPR,
        id=f"E9{chance.randrange(100_000, 1_000_000)}",
        facility="Emergency",
        history=(),
        origin=NEWCOMER,
        **{"national_id": None, "art_number": None, "verified_at": None} | changes,
    )
    records = tuple(sorted((record, came), key=lambda one: one.key))
    return ReviewSet(records, compared(records))


def _first(reasons: dict[str, str], said: list[str], otherwise: str) -> str:
    return next((reasons[word] for word in reasons if word in said), otherwise)
