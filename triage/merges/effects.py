"""What the verdicts about groups do, said of the records by their letters: which are linked, which are kept apart.

``static/js/partition.js`` says the same while groups are being chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.ui.text import plural
from triage.desk.effects import Effect
from triage.merges import groups
from triage.merges.groups import Positions, letters
from triage.merges.reasons import LINK, NO_MATCH, PARTITION

_NUMBERS: Final = ("", "", "both", "three", "four", "five", "six", "seven", "eight")


def effects(size: int) -> Mapping[str, Effect]:
    """The effects of the verdicts about persons on a case of ``size`` records, before any group is chosen."""
    everyone = list(range(size))
    return {
        LINK: effect([everyone]),
        NO_MATCH: effect([[place] for place in everyone]),
        PARTITION: Effect("", ("Put the records of one person into one group.",)),
    }


def effect(found: Positions) -> Effect:
    """What these groups do."""
    numbers = {place: number for number, group in enumerate(found, 1) for place in group}
    return Effect(
        _sentence(found),
        _notes(len(groups.together(found)), len(groups.apart(found))),
        tuple(numbers[place] for place in sorted(numbers)),
    )


def _sentence(found: Positions) -> str:
    """``Link B and C; keep A apart``."""
    size = sum(map(len, found))
    if size == 2:
        return "Link A and B" if len(found) == 1 else "Keep A and B apart"
    if len(found) == 1:
        return f"Link all {_NUMBERS[size]} records"
    if len(found) == size:
        return f"Keep all {_NUMBERS[size]} apart"
    linked = [f"link {letters(group)}" for group in found if len(group) > 1]
    alone = [group[0] for group in found if len(group) == 1]
    said = "; ".join([*linked, *([f"keep {letters(alone)} apart"] if alone else [])])
    return said[:1].upper() + said[1:]


def _notes(linked: int, apart: int) -> tuple[str, ...]:
    found = []
    if linked:
        found.append(f"{plural(linked, 'pair')} linked by the pipeline.")
    if apart:
        found.append(f"{plural(apart, 'pair')} remembered as different people.")
    return tuple(found)
