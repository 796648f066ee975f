"""Wave 1 before its cutover: the dress rehearsal of this day, and what arrives after it.

Both come from the hospital of week 40 with the same decisions applied; only their times are those of the day on which
the demonstration is set up, because a board asks what is true now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from samples import next_run, operations, reconciling
from samples.critical import LATEST, newcomer
from samples.lines import excerpts, merge_line
from samples.packages import Content, encoded
from samples.review import WAVE_ONE, ReviewSet, extracted
from samples.story import unreadable, write
from triage.merges.lines import MergeLine

DRESS_REHEARSAL: Final = "wave-1-dress-rehearsal"
DELTA: Final = "wave-1-delta-{number:02d}"
#: How long before the demonstration is set up the dress rehearsal ended, and how long it took.
ENDED_AGO: Final = dt.timedelta(minutes=40)
LASTED: Final = dt.timedelta(hours=2, minutes=20)
DELTA_LASTS: Final = dt.timedelta(minutes=11)

Items = Sequence[Mapping[str, Any]]


def dress(out: Path, decisions: Items, *, now: dt.datetime) -> Path:
    """Write the dress rehearsal's package under ``out``: what is still to be asked, its reconciliation, its measures.

    ``decisions`` are the items of the decision feed that week 40 had applied, as ``next_run.build`` takes them.
    """
    ended = (now - ENDED_AGO).replace(microsecond=0)
    lines, sets = next_run.remaining(decisions)
    read = extracted(LATEST, WAVE_ONE)
    checks = [check.line() for check in reconciling.reconciled(read, unreadable(read))]
    contents = [
        *_questions(lines, sets),
        Content("reconciliation.ndjson", "reconciliation", [msgspec.json.encode(line) for line in checks]),
        Content("measures.ndjson.gz", "measures", [msgspec.json.encode(one) for one in operations.measured(ended)]),
    ]
    return _written(out / DRESS_REHEARSAL, contents, sets, decisions, (ended - LASTED, ended))


def delta(out: Path, decisions: Items, *, number: int, now: dt.datetime) -> Path:
    """Write the ``number``-th package after the rehearsal: the same questions, and one critical one nobody has seen."""
    ended = now.replace(microsecond=0)
    lines, sets = next_run.remaining(decisions)
    new = [newcomer(each) for each in range(1, number + 1)]
    asked = [*lines, *(merge_line(found, week=LATEST) for found in new)]
    contents = _questions(asked, [*sets, *new])
    return _written(out / DELTA.format(number=number), contents, [*sets, *new], decisions, (ended - DELTA_LASTS, ended))


def _questions(lines: Sequence[MergeLine], sets: Sequence[ReviewSet]) -> list[Content]:
    return [
        Content("merges-01.ndjson.gz", "merges", encoded(lines)),
        Content("records-01.ndjson.zst", "records", encoded(excerpts(sets))),
    ]


def _written(
    directory: Path,
    contents: Sequence[Content],
    sets: Sequence[ReviewSet],
    decisions: Items,
    times: tuple[dt.datetime, dt.datetime],
) -> Path:
    applied = next_run.last_position(decisions)
    return write(directory, contents, week=LATEST, wave=WAVE_ONE, sets=sets, decisions_applied=applied, times=times)
