"""The critical sets of wave 1: what the reviewers answer, which stay open for the board's day, and who comes late.

A set that is one person, or as many people as records, has an answer by the known truth. A set that mixes both has
none: the reviewer suspects an overlay, and the pipeline holds its records.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from samples.demo_decisions import demo_decisions
from samples.hospital import Key, Record, at
from samples.lines import CHART_CONFLICTS, CONFLICTS, merge_line
from samples.people import CLINIC_EPR, LEGACY_PAS, rng
from samples.review import WAVE_ONE, ReviewSet, arrival, compared, review_sets

#: With the decision that week 40 disproves, which is critical when it comes back, three critical cases are open.
LEFT_OPEN: Final = 2
WEEKS: Final = (1, 2, 4)
LATEST: Final = 4

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
    """Answers to every critical set that a run of wave 1 reports in ``week``, but those that stay open.

    Sets that the demonstration decides anyway (``demo_decisions``) are not among them.
    """
    spoken_for = {frozenset(decision.records) for decision in demo_decisions()}
    spoken_for |= {found.keys for found in left_open()}
    return [answer(found) for found in review_sets(week, WAVE_ONE) if critical(found) and found.keys not in spoken_for]


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


@lru_cache(maxsize=1)
def left_open() -> tuple[ReviewSet, ...]:
    """Critical pairs that nobody has decided: reported alike every week, and about no record of another set.

    Each is told by another contradiction where there are as many.
    """
    weeks = [{found.keys: found for found in review_sets(week, WAVE_ONE)} for week in WEEKS]
    uses = Counter(key for found in weeks[-1].values() for key in found.keys)
    steady = [
        found
        for keys, found in weeks[0].items()
        if len(keys) == 2
        and all(keys in week and week[keys].records == found.records for week in weeks)
        and all(uses[key] == 1 for key in keys)
        and critical(found)
    ]
    chosen: list[ReviewSet] = []
    told: set[str] = set()
    for found in steady:
        contradictions = (CONFLICTS | CHART_CONFLICTS) & set(merge_line(found, week=LATEST).reasons)
        if not contradictions <= told:
            chosen.append(found)
            told |= contradictions
    chosen += [found for found in steady if found not in chosen]
    return tuple(chosen[:LEFT_OPEN])


def newcomer(number: int) -> ReviewSet:
    """The ``number``-th critical set that nobody has seen before (1 is the first): a twin who comes to Emergency.

    Derived, like the twins of ``people``: surname, birth date and phone of somebody whose own registration the matcher
    had nothing to ask about, under another given name, written down by night.
    """
    reviewed = {key for found in review_sets(LATEST, WAVE_ONE) for key in found.keys}
    known = [
        record
        for record in at(LATEST)
        if record.system == LEGACY_PAS and arrival(record.key)[0] == WAVE_ONE and record.key not in reviewed
    ]
    names = sorted({record.given for record in known if record.given and record.given.isalpha()})
    found = 0
    for record in known:
        if record.phone and record.birth_date and record.family and record.given:
            pair = _with_twin(record, names)
            found += critical(pair)
            if found == number:
                return pair
    raise ValueError(f"There are no {number} newcomers in this hospital.")


def _with_twin(record: Record, names: list[str]) -> ReviewSet:
    chance = rng("newcomer", *record.key)
    twin = replace(
        record,
        system=CLINIC_EPR,
        id=f"E9{chance.randrange(100_000, 1_000_000)}",
        facility="Emergency",
        given=chance.choice([name for name in names if name != record.given]),
        national_id=None,
        art_number=None,
        verified_at=None,
        history=(),
        person=f"{record.person}-newcomer",
        origin="newcomer",
    )
    records = tuple(sorted((record, twin), key=lambda one: one.key))
    return ReviewSet(records, compared(records))


def _first(reasons: dict[str, str], said: list[str], otherwise: str) -> str:
    return next((reasons[word] for word in reasons if word in said), otherwise)
