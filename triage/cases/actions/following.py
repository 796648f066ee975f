"""Cases follow records that a run replaced: keys, fingerprint and evidence, with decision and all. Used by intake.

``follow`` before any line of the run lands, ``go_back`` when the run is recalled; both inside the caller's transaction,
which logs what they did. Every record is renamed at once: of a run that says "2 replaces 1, 3 replaces 2", a case
about 1 is about 2 afterwards, and never about 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from triage.cases import kinds
from triage.cases.actions.replacing import CONCERNED, DOUBLED, HOLD, LET_GO, MOVE, PARK, RANGE, STUCK
from triage.cases.kinds import LineRefused, StagedLine
from triage.cases.models import Replacement
from triage.runs.models import Run

_AT_ONCE: Final = 500  # cases whose lines are in memory
_FORTH: Final = {"from": "before", "to": "after"}
_BACK: Final = {"from": "after", "to": "before"}


@dataclass(frozen=True, slots=True)
class Followed:
    """How many cases moved, and the range of their numbers (0, 0 without any); how many stayed as they were."""

    moved: int = 0
    stayed: int = 0
    first: int = 0
    last: int = 0


def follow(run: Run) -> Followed:
    """Take the cases about records that the run replaced to the later records.

    A case stays when a case about the later records is there already, or when it would be about one record twice.
    """
    for batch in _concerned(run):
        Replacement.objects.bulk_create(_replacements(run, batch))
    return _move(run, _FORTH)


def go_back(run: Run) -> Followed:
    """Take the cases that followed a recalled run's records back to the earlier ones, and forget about the others.

    A case stays when a later run took it further, or when a case about the earlier records is there by now.
    """
    Replacement.objects.filter(run=run, followed=False).delete()
    found = _move(run, _BACK)
    Replacement.objects.filter(run=run, followed=True).delete()
    Replacement.objects.filter(run=run).update(followed=True)  # what could not go back is where the run took it
    return found


def _concerned(run: Run) -> Iterator[list[tuple[Any, ...]]]:
    """The cases about replaced records, locked, with their latest lines: a few at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off")
    with connection.chunked_cursor() as cursor:
        cursor.execute(CONCERNED, {"run": run.pk})
        while batch := cursor.fetchmany(_AT_ONCE):
            yield batch
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = DEFAULT; SET LOCAL enable_hashjoin = DEFAULT")


def _replacements(run: Run, batch: Sequence[tuple[Any, ...]]) -> list[Replacement]:
    earlier: dict[int, list[Replacement]] = {}
    ids = [row[0] for row in batch]
    for one in Replacement.objects.filter(case_id__in=ids, followed=True).order_by("pk"):
        earlier.setdefault(one.case_id, []).append(one)
    return [_replacement(run, row, earlier.get(row[0], ())) for row in batch]


def _replacement(run: Run, row: tuple[Any, ...], earlier: Sequence[Replacement]) -> Replacement:
    number, kind, keys, fingerprint, evidence, payload, records = row
    after = _after(kind, payload.encode(), keys, records, earlier)
    return Replacement(
        case_id=number,
        run=run,
        followed=after is not None,
        records=[[before, *(later if count == 1 else (None, "", ""))] for before, count, *later in records],
        before_keys=keys,
        after_keys=after.record_keys if after else [],
        before_fingerprint=fingerprint,
        after_fingerprint=after.fingerprint if after else None,
        before_evidence=evidence,
        after_evidence=after.evidence if after else None,
    )


def _after(
    kind: str, line: bytes, keys: list[int], records: list[list[Any]], earlier: Sequence[Replacement]
) -> StagedLine | None:
    """What intake would keep of the case's line about the later records; None when the case cannot be about them."""
    found = kinds.find(kind)
    if found is None or any(count != 1 for _, count, *_ in records):
        return None
    renamed = {before: after for before, _, after, *_ in records}
    try:
        names = found.staged(line).record_keys
        since = _since(names, keys, earlier)
        if since is None:
            return None
        return found.renamed(line, {name: renamed.get(key, key) for name, key in since.items()})
    except LineRefused:
        return None


def _since(names: list[int], keys: list[int], earlier: Sequence[Replacement]) -> dict[int, int] | None:
    """The case's key of each record that its line names: an earlier run may have replaced it since.

    None when the earlier replacements do not lead from the line to the case.
    """
    for start in range(len(earlier), -1, -1):
        now = {name: name for name in names}
        for one in earlier[start:]:
            step: Mapping[int, int] = {before: after for before, after, *_ in one.records}
            now = {name: step.get(key, key) for name, key in now.items()}
        if sorted(now.values()) == sorted(keys):
            return now
    return None


def _move(run: Run, way: Mapping[str, str]) -> Followed:
    """Move the cases that may, and count; what must stay is marked as such first."""
    values = {"run": run.pk}
    with connection.cursor() as cursor:
        for statement in (DOUBLED, STUCK, PARK, MOVE):
            cursor.execute(statement.format(**way), values)
        cursor.execute(LET_GO, values)
        cursor.execute(HOLD, values)
        for kind in kinds.registered():
            kind.carry(cursor, run=run.pk, recalled=way is _BACK)
        cursor.execute(RANGE, values)
        return Followed(*cursor.fetchone())
