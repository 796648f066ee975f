"""Wave 1 before its cutover: the run that is validated, the dress rehearsal of this day, and what arrives after it.

All come from the hospital of week 40 with the same decisions applied; only their times are those of the day on which
the demonstration is set up, because a board asks what is true now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from samples import next_run, operations, reconciling
from samples.critical import LATEST, NEWCOMER, newcomer
from samples.lines import excerpts, merge_line
from samples.packages import EVERYTHING, LISTED, Content, encoded
from samples.review import WAVE_ONE, ReviewSet, extracted
from samples.story import unreadable, write
from triage.intake.manifest import Purpose

VALIDATION: Final = "wave-1-validation"
DRESS: Final = "wave-1-dress-rehearsal"
DELTA: Final = "wave-1-delta-{number:02d}"
#: How long before the demonstration is set up the runs ended, and how long they took.
VALIDATED_AGO: Final = dt.timedelta(days=3)
ENDED_AGO: Final = dt.timedelta(minutes=40)
LASTED: Final = dt.timedelta(hours=2, minutes=20)
DELTA_LASTS: Final = dt.timedelta(minutes=11)
#: Critical sets that the dress rehearsal reports and no run before it.
NEWCOMERS: Final = 3

Items = Sequence[Mapping[str, Any]]


def validation(out: Path, decisions: Items, *, now: dt.datetime) -> Path:
    """Write the package of the run that the board validated, three days before ``now``: nothing new is asked in it.

    ``decisions`` are the items of the decision feed that week 40 had applied, as ``next_run.build`` takes them.
    """
    return _run(out / VALIDATION, decisions, newcomers=0, ended=now - VALIDATED_AGO, purpose="validation")


def dress(out: Path, decisions: Items, *, now: dt.datetime) -> Path:
    """Write the dress rehearsal's package: the same questions, and ``NEWCOMERS`` critical ones."""
    return _run(out / DRESS, decisions, newcomers=NEWCOMERS, ended=now - ENDED_AGO, purpose="rehearsal")


def delta(out: Path, decisions: Items, *, number: int, now: dt.datetime) -> Path:
    """Write the ``number``-th package after the rehearsal: all questions so far, and one critical one more."""
    ended = now.replace(microsecond=0)
    directory = out / DELTA.format(number=number)
    contents, sets = _questions(decisions, NEWCOMERS + number)
    return _written(directory, contents, sets, decisions, (ended - DELTA_LASTS, ended), "delta")


def _run(directory: Path, decisions: Items, *, newcomers: int, ended: dt.datetime, purpose: Purpose) -> Path:
    """A whole run of the wave, with what it reconciled and what was measured meanwhile."""
    ended = ended.replace(microsecond=0)
    contents, sets = _questions(decisions, newcomers)
    came = [record for found in sets for record in found.records if record.origin == NEWCOMER]
    read = [*extracted(LATEST, WAVE_ONE), *came]
    checks = [check.line() for check in reconciling.reconciled(read, unreadable(read))]
    measured = operations.measured(directory.name, ended)
    contents += [
        Content("reconciliation.ndjson", "reconciliation", [msgspec.json.encode(line) for line in checks]),
        Content("measures.ndjson.gz", "measures", [msgspec.json.encode(line) for line in measured]),
    ]
    return _written(directory, contents, sets, decisions, (ended - LASTED, ended), purpose)


def _questions(decisions: Items, newcomers: int) -> tuple[list[Content], list[ReviewSet]]:
    """What is still to be asked, with as many newcomers, and the charts of everybody in it."""
    lines, sets = next_run.remaining(decisions)
    new = [newcomer(number) for number in range(1, newcomers + 1)]
    asked, everybody = [*lines, *(merge_line(found, week=LATEST) for found in new)], [*sets, *new]
    contents = [
        Content("merges-01.ndjson.gz", "merges", encoded(asked)),
        Content("records-01.ndjson.zst", "records", encoded(excerpts(everybody))),
    ]
    return contents, everybody


def _written(
    directory: Path,
    contents: Sequence[Content],
    sets: Sequence[ReviewSet],
    decisions: Items,
    times: tuple[dt.datetime, dt.datetime],
    purpose: Purpose,
) -> Path:
    """A delta looks at what came since, so it is no proof of what it does not report."""
    applied, examined = next_run.last_position(decisions), LISTED if purpose == "delta" else EVERYTHING
    return write(
        directory,
        contents,
        week=LATEST,
        wave=WAVE_ONE,
        sets=sets,
        decisions_applied=applied,
        times=times,
        purpose=purpose,
        examined=examined,
    )
