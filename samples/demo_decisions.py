"""The decisions that the demonstration's reviewers make on the cases of the first two runs: all right but one.

They are chosen from what the matcher found and from the known truth, so that the run of week 40 can prove most of
them and disprove one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from samples.hospital import Key
from samples.lines import merge_line
from samples.review import WAVE_ONE, ReviewSet, review_sets

LINKS = 7
NO_MATCHES = 4
SAME = {"name_swap": "recording_error", "estimated_birth_date": "recording_error"}
OTHER = {
    "possible_twin": "twins_or_siblings",
    "same_household": "same_household",
    "conflicting_birth_date": "birth_dates_conflict",
}


@dataclass(frozen=True, slots=True)
class DemoDecision:
    """One decision to make: which records, which verdict, why; and whether the known truth agrees."""

    records: tuple[Key, ...]
    verdict: str
    reason: str
    right: bool


def demo_decisions() -> list[DemoDecision]:
    """Return twelve decisions in the order in which they are made; exactly one of them is wrong."""
    steady = _steady_pairs()
    same = [found for found in steady if found.persons == 1]
    apart = [found for found in steady if found.persons == 2]
    misleading = max(apart, key=lambda found: found.pairs[0].score)
    right = [_decision(found, "LINK") for found in same[:LINKS]]
    right += [_decision(found, "NO_MATCH") for found in apart if found is not misleading][:NO_MATCHES]
    made = sorted(right, key=lambda decision: decision.records)
    return [*made[:8], _decision(misleading, "LINK"), *made[8:]]


def as_feed(decisions: list[DemoDecision]) -> list[dict[str, Any]]:
    """Return the decisions as items of the decision feed, in positions from 1."""
    return [
        {"position": position, "verdict": one.verdict, "records": [list(key) for key in one.records]}
        for position, one in enumerate(decisions, 1)
    ]


def _steady_pairs() -> list[ReviewSet]:
    """Pairs reported alike in every week of wave 1, whose records stand in no other set, and not critical."""
    weeks = [{found.keys: found for found in review_sets(week, WAVE_ONE)} for week in (1, 2, 4)]
    uses = Counter(key for found in weeks[2].values() for key in found.keys)
    return [
        found
        for keys, found in weeks[0].items()
        if len(keys) == 2
        and all(keys in week and week[keys].records == found.records for week in weeks)
        and all(uses[key] == 1 for key in keys)
        and merge_line(found, week=1).severity != "critical"
    ]


def _decision(found: ReviewSet, verdict: str) -> DemoDecision:
    line = merge_line(found, week=1)
    words, otherwise = (SAME, "demographics_agree") if verdict == "LINK" else (OTHER, "namesakes")
    reason = next((words[said] for said in words if said in line.reasons), otherwise)
    keys = tuple(record.key for record in found.records)
    return DemoDecision(keys, verdict, reason, right=(found.persons == 1) == (verdict == "LINK"))
