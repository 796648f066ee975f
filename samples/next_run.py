"""The run that proves or disproves decisions: week 40, with everything applied that the decision feed had released.

Decisions that agree with the known truth are proved by absence: the pipeline has nothing left to ask. For those that
do not, the national registry answered after the decision, and the set is reported again with its identifiers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from samples.hospital import Key, Record, at, iso
from samples.lines import excerpts, merge_line
from samples.packages import LISTED, Content, encoded
from samples.people import SEED, rng
from samples.review import WAVE_ONE, ReviewSet, arrival, compared, review_sets
from samples.story import RUN_FOUR, started, write
from triage.intake.population_lines import PopulationLine
from triage.merges.lines import MergeLine

WEEK = 4
Keys = frozenset[Key]


def build(
    out: Path,
    decisions: Sequence[Mapping[str, Any]],
    *,
    seed: int = SEED,
    wave: str = WAVE_ONE,
    run_id: str = RUN_FOUR,
) -> Path:
    """Write the package of week 40 under ``out`` and return its directory.

    ``decisions`` are items of the decision feed with ``position``, ``verdict`` and ``records`` (pairs of system and
    id). The last item about the same records counts; verdicts other than LINK and NO_MATCH settle nothing. Items about
    other waves or unknown records are passed over. ``seed`` picks the right decision that is reported again when none
    is wrong.
    """
    lines, sets = remaining(decisions, seed=seed, wave=wave)
    late = not_extracted(decisions, [found.keys for found in sets], wave=wave)
    looked_at = [PopulationLine(*record.key) for record in at(WEEK) if record.key != late]
    contents = [
        Content("merges-01.ndjson.gz", "merges", encoded(lines)),
        Content("records-01.ndjson.zst", "records", encoded(excerpts(sets))),
        Content("population-01.ndjson.zst", "population", encoded(looked_at)),
    ]
    applied = last_position(decisions)
    return write(out / run_id, contents, week=WEEK, wave=wave, sets=sets, decisions_applied=applied, examined=LISTED)


def not_extracted(decisions: Sequence[Mapping[str, Any]], asked: Iterable[Keys], *, wave: str = WAVE_ONE) -> Key | None:
    """Return the record that the extraction of week 40 missed: its decision is not proved. None without a decision.

    It is of the last pair that was decided to be two people and is not ``asked`` about again.
    """
    silent = {keys: verdict for keys, verdict in _settled(decisions, wave).items() if keys not in set(asked)}
    apart = sorted(sorted(keys) for keys, verdict in silent.items() if verdict == "NO_MATCH")
    return apart[-1][0] if apart else None


def remaining(
    decisions: Sequence[Mapping[str, Any]], *, seed: int = SEED, wave: str = WAVE_ONE
) -> tuple[list[MergeLine], list[ReviewSet]]:
    """Return what is still to be asked once the pipeline has applied ``decisions`` (see ``build``): lines and sets."""
    verdicts = _settled(decisions, wave)
    reported = {found.keys: found for found in review_sets(WEEK, wave)}
    wrong = [keys for keys, verdict in verdicts.items() if not agrees(_set_of(keys), verdict)]
    again = wrong or _one_of(verdicts, seed)
    undecided = [found for keys, found in reported.items() if keys not in verdicts]
    answered = [_with_registry(_set_of(keys)) for keys in again]
    lines: list[MergeLine] = [
        merge_line(found, week=WEEK, reasons=["registry_identifier", *contradicts(found, verdicts)])
        for found in answered
    ]
    lines += [merge_line(found, week=WEEK) for found in undecided]
    sets = [*answered, *undecided]
    return lines, sets


def last_position(decisions: Iterable[Mapping[str, Any]]) -> int:
    """Return the last position of the feed that ``decisions`` reach; 0 without any."""
    return max((int(item["position"]) for item in decisions), default=0)


def agrees(found: ReviewSet, verdict: str) -> bool:
    """Say whether a verdict fits the known truth; a set that mixes people fits neither LINK nor NO_MATCH."""
    return found.persons == (1 if verdict == "LINK" else len(found.records))


def contradicts(found: ReviewSet, verdicts: Mapping[Keys, str]) -> list[str]:
    """Name the contradiction between the registry and a decision, if there is one."""
    return [] if agrees(found, verdicts[found.keys]) else ["contradicts_decision"]


def _settled(decisions: Iterable[Mapping[str, Any]], wave: str) -> dict[Keys, str]:
    """Return the verdict that stands for each set of known records of ``wave``, in feed order."""
    known = {record.key for record in at(WEEK)}
    verdicts: dict[Keys, str] = {}
    for item in sorted(decisions, key=lambda item: int(item["position"])):
        keys = frozenset((str(system), str(key)) for system, key in item["records"])
        if len(keys) > 1 and keys <= known and any(arrival(key)[0] == wave for key in keys):
            verdicts[keys] = str(item["verdict"])
    return {keys: verdict for keys, verdict in verdicts.items() if verdict in ("LINK", "NO_MATCH")}


def _one_of(verdicts: Mapping[Keys, str], seed: int) -> list[Keys]:
    """Pick one decision by seed, a LINK if there is one."""
    ordered = sorted(verdicts, key=sorted)
    links = [keys for keys in ordered if verdicts[keys] == "LINK"]
    return [rng("again", seed).choice(links or ordered)] if ordered else []


def _set_of(keys: Keys) -> ReviewSet:
    records = tuple(sorted((record for record in at(WEEK) if record.key in keys), key=lambda record: record.key))
    return ReviewSet(records, compared(records))


def _with_registry(found: ReviewSet) -> ReviewSet:
    """Return the set after the registry gave each person's identifier, or the birth date if that was known."""
    day = (started(WEEK) - dt.timedelta(days=2)).date()
    known = all(record.national_id == record.registry_id for record in found.records)
    answered: tuple[Record, ...] = tuple(
        replace(
            record,
            national_id=record.registry_id,
            birth_date=iso(record.born) if known else record.birth_date,
            verified_at=day,
        )
        for record in found.records
    )
    return ReviewSet(answered, compared(answered))
