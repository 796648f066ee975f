"""The weeks of the demonstration: which run reports what. All runs come from the same hospital and the same model.

Week 37: wave 1 is rehearsed. Week 38: rehearsed again; most sets are known, some are new, some have changed.
Week 39: wave 2, through an exporter that breaks lines. Week 40: wave 1 with decisions applied (``next_run``), and a
run of wave 2 whose manifest does not add up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from samples.adjudication import contested
from samples.broken import BREAKAGES, after_a_bom
from samples.hospital import WEEK_ONE, Key, Record
from samples.lines import excerpts, merge_line
from samples.packages import EVERYTHING, Content, encoded, fresh, stages, write_file, write_manifest
from samples.review import WAVE_ONE, WAVE_TWO, ReviewSet, extracted, review_sets
from triage.intake.manifest import Examined, PackageFile, Purpose, Stage

RUN_ONE = "2026-w37-wave-1"
RUN_TWO = "2026-w38-wave-1"
RUN_THREE = "2026-w39-wave-2"
RUN_FOUR = "2026-w40-wave-1"
RUN_FIVE = "2026-w40-wave-2"


def started(week: int) -> dt.datetime:
    """Return when the run of ``week`` (1 is the first) began: a Monday evening, UTC."""
    return WEEK_ONE + dt.timedelta(weeks=week - 1)


def run_one(out: Path) -> Path:
    """Week 37, wave 1, rehearsal: nothing has been decided."""
    sets = review_sets(1, WAVE_ONE)
    lines = encoded(merge_line(found, week=1) for found in sets)
    middle = len(lines) // 2
    contents = [
        Content("merges-01.ndjson.gz", "merges", lines[:middle]),
        Content("merges-02.ndjson", "merges", lines[middle:]),
        Content("records-01.ndjson.zst", "records", encoded(excerpts(sets))),
    ]
    return write(out / RUN_ONE, contents, week=1, wave=WAVE_ONE, sets=sets)


def run_two(out: Path) -> Path:
    """Week 38, wave 1 again: late records have arrived and some evidence has changed."""
    sets = review_sets(2, WAVE_ONE)
    contents = [
        Content("merges-01.ndjson.zst", "merges", encoded(merge_line(found, week=2) for found in sets)),
        Content("records-01.ndjson.gz", "records", encoded(excerpts(sets))),
    ]
    return write(out / RUN_TWO, contents, week=2, wave=WAVE_ONE, sets=sets)


def run_three(out: Path) -> Path:
    """Week 39, wave 2, from an exporter in trouble: one file after a byte order mark, one with broken lines.

    One set holds a pair that was linked the week before (``adjudication``).
    """
    sets = review_sets(3, WAVE_TWO)
    lines = encoded(merge_line(found, week=3) for found in sets)
    lines[10] = after_a_bom(lines[10])
    extra = contested()
    contents = [
        Content("merges-00.ndjson", "merges", encoded([merge_line(extra, week=3)])),
        Content("merges-01.ndjson.gz", "merges", lines[:10]),
        Content("merges-02.ndjson", "merges", lines[10:25]),
        Content("merges-03.ndjson", "merges", with_breakages(lines[25:], sets[25:])),
        Content("records-01.ndjson.zst", "records", encoded(excerpts([*sets, extra]))),
    ]
    return write(out / RUN_THREE, contents, week=3, wave=WAVE_TWO, sets=[*sets, extra])


def with_breakages(lines: list[bytes], sets: Sequence[ReviewSet]) -> list[bytes]:
    """Break every second line in the next way until each way has been used, and write one sound line twice."""
    named = [at for at, found in enumerate(sets) if all(record.family for record in found.records)]
    result = list(lines)
    for at, breakage in zip(named[::2], BREAKAGES, strict=False):
        result[at] = breakage(lines[at])
    twice = next(line for line, sound in zip(reversed(result), reversed(lines), strict=True) if line is sound)
    return [*result, twice]


def run_five(out: Path) -> Path:
    """Week 40, wave 2: the manifest promises 40 rows that the file does not hold, and loses records in a stage."""
    sets = review_sets(3, WAVE_TWO)[:20]
    directory = fresh(out / RUN_FIVE)
    content = Content("merges-01.ndjson.gz", "merges", encoded(merge_line(found, week=4) for found in sets))
    file = write_file(directory, content)
    counted = count(week=4, wave=WAVE_TWO, sets=sets)
    lost = msgspec.structs.replace(counted[1], out=counted[1].out - 17)
    return write_manifest(
        directory,
        wave=WAVE_TWO,
        started_at=started(4),
        files=[PackageFile(file.path, file.kind, file.rows + 40, file.bytes, file.sha256)],
        stages=[counted[0], lost, *counted[2:]],
    )


def write(
    directory: Path,
    contents: Sequence[Content],
    *,
    week: int,
    wave: str,
    sets: Sequence[ReviewSet],
    decisions_applied: int | None = None,
    times: tuple[dt.datetime, dt.datetime] | None = None,
    purpose: Purpose = "history",
    examined: Examined = EVERYTHING,
) -> Path:
    """Write one package whose manifest adds up; return its directory. ``times``: when it began and ended."""
    fresh(directory)
    return write_manifest(
        directory,
        wave=wave,
        started_at=times[0] if times else started(week),
        files=[write_file(directory, content) for content in contents],
        stages=count(week=week, wave=wave, sets=sets),
        decisions_applied=decisions_applied,
        finished_at=times[1] if times else None,
        purpose=purpose,
        examined=examined,
    )


def count(*, week: int, wave: str, sets: Sequence[ReviewSet]) -> list[Stage]:
    """Count the records of a run through its stages; those in ``sets`` wait for a person."""
    held: set[Key] = {record.key for found in sets for record in found.records}
    read = extracted(week, wave)
    there = {record.key for record in read}
    read += [record for found in sets for record in found.records if record.key not in there]
    return stages([record.key for record in read], unreadable(read) - held, held)


def unreadable(records: Iterable[Record]) -> set[Key]:
    """The records that the transformation cannot make a patient of."""
    return {record.key for record in records if _unusable(record)}


def _unusable(record: Record) -> bool:
    """A record without a name, or without surname and birth date, cannot become a patient."""
    return not (record.family or record.given) or not (record.family or record.birth_date)
