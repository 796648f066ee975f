"""Stage one chunk of a file, land it on cases, count and log it, in one transaction."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.fact_changes import Cause
from console.people.models import User
from console.waves import locks as wave_locks
from triage.cases import arrivals, staging
from triage.cases.actions import lost_claims
from triage.cases.actions.systems import keep_systems
from triage.cases.arrivals import Landed
from triage.causes import RunCause
from triage.intake import queries
from triage.intake.actions.leases import UNTIL, Lease
from triage.intake.causes import IntakeCause
from triage.intake.line_handlers import AnyHandler
from triage.intake.parsing import KEPT, Parsed, refused
from triage.line_handlers import LineHandler, Origin
from triage.runs.models import FileState, Run, RunFile, RunState

_COPY_REJECTED = "COPY runs_rejectedline (run_id, file_id, line_no, reason, detail, excerpt) FROM STDIN"
_EXCERPTS_AT_ONCE = 1000


def land(*, lease: Lease, parsed: Parsed | None, handler: AnyHandler, done: bool, by: User) -> bool:
    """Take in one chunk, or mark the file as done when there is none left. Exactly once, even when called twice.

    ``done``: this is the file's last chunk. False: the lease is lost, the run was recalled, or these lines are in
    already; the caller stops.
    """
    while True:
        try:
            return _land_once(lease, parsed, handler, done, by)
        except arrivals.OtherWaves as found:  # few chunks, if any: later ones of the file lock these at once
            lease.other_waves.update(found.waves)


def _land_once(lease: Lease, parsed: Parsed | None, handler: AnyHandler, done: bool, by: User) -> bool:
    with log.transaction(by=by, purpose="land"):
        locked: set[int] = set()
        if parsed is not None and (handler is not None or parsed.rejections):  # chart excerpts are no facts of a wave
            locked = {*queries.waves_of_file(lease.key), *lease.other_waves}
            wave_locks.lock_shared(locked)
        file = _leased(lease, parsed)
        if file is None:
            return False
        landed, kept = Landed(), 0
        if parsed is not None:
            with connection.cursor() as cursor:
                if not done:
                    cursor.execute("SET LOCAL synchronous_commit = off")  # what is lost is done again
                landed = _land(cursor, file, parsed, handler, by, locked)
                kept = _keep_rejected(cursor, file, parsed)
            _count(file, parsed, landed, excerpts=handler is None)
            log.record("run.chunk_loaded", subject=file.run, by=by, facts=_facts(file, parsed, landed))
        _advance(file, parsed, landed, kept=kept, done=done)
        if parsed is not None and (cause := _cause(parsed, landed, handler)):
            waves = {file.run.wave_id, *landed.waves}
            fact_changes.publish(cause, waves=waves, by=by, about=file.run.run_id)
    return True


def _cause(parsed: Parsed, landed: Landed, handler: AnyHandler) -> Cause | None:
    """What of the wave's facts the chunk changed; None when there was nothing in it."""
    if landed.waves:
        return RunCause.EXCEPTIONS_ARRIVED
    if parsed.decoded:
        return IntakeCause.EXCERPTS_ARRIVED if handler is None else handler.arrived
    return IntakeCause.LINES_REJECTED if parsed.rejections else None


def _leased(lease: Lease, parsed: Parsed | None) -> RunFile | None:
    """The locked file if this chunk is its next one. The run's row is held against a recall, not against its files."""
    file = RunFile.objects.select_for_update(no_key=True).filter(pk=lease.key, lease_holder=lease.holder).first()
    if file is None or file.state != FileState.LOADING:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM runs_run WHERE id = %s FOR KEY SHARE", [file.run_id])
        if cursor.fetchone()[0] != RunState.LOADING:
            return None
    if parsed is not None and file.lines != parsed.first - 1:
        return None
    file.run = Run.objects.select_related("wave").get(pk=file.run_id)
    return file


def _land(cursor: Any, file: RunFile, parsed: Parsed, handler: AnyHandler, by: User, locked: Iterable[int]) -> Landed:
    if handler is None:
        _keep_excerpts(cursor, file, parsed)
        return Landed()
    if isinstance(handler, LineHandler):
        _hand_out(file.run, parsed, handler, by)
        return Landed()
    if not parsed.staged:
        return Landed()
    keep_systems(parsed.systems)
    stage = staging.take(cursor, members=handler.has_members)
    cursor.copy_expert(stage.copy, io.BytesIO(parsed.copy), len(parsed.copy))
    now = timezone.now()
    landed = arrivals.land(cursor, stage=stage, run=file.run, file_id=file.pk, kind=handler, now=now, locked=locked)
    if landed.claimed:
        lost_claims.moved(landed.claimed, by=by)
    return landed


def _hand_out(run: Run, parsed: Parsed, handler: LineHandler, by: User) -> None:
    """Give the lines to their handler; those that it refuses are rejected."""
    if parsed.decoded:
        origin = Origin(run.pk, run.run_id, run.wave_id, run.finished_at)
        refusals = handler.keep(run=origin, lines=parsed.decoded, by=by)
        for line in refused(parsed, refusals):
            parsed.reject(line)
        parsed.rejected.sort(key=lambda line: line.line_no)


def _keep_excerpts(cursor: Any, file: RunFile, parsed: Parsed) -> None:
    """The newest run's word counts, in whatever order runs are loaded. By ascending key, to avoid deadlocks."""
    rows = sorted(parsed.excerpts.items())
    for start in range(0, len(rows), _EXCERPTS_AT_ONCE):
        part = rows[start : start + _EXCERPTS_AT_ONCE]
        columns = [[key for key, _ in part], *([row[place] for _, row in part] for place in range(3))]
        cursor.execute(
            "INSERT INTO runs_recordexcerpt AS kept (record_key, system, record_id, payload, run_id) "
            "SELECT key, system, id, payload, %s "
            "FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS given (key, system, id, payload) "
            "ON CONFLICT (record_key) DO UPDATE SET payload = excluded.payload, run_id = excluded.run_id "
            "WHERE kept.run_id <= excluded.run_id AND kept.payload <> excluded.payload",
            [file.run_id, *columns],
        )


def _keep_rejected(cursor: Any, file: RunFile, parsed: Parsed) -> int:
    """Keep rejected lines while the file has room for more; returns how many are kept."""
    kept = parsed.rejected[: max(0, KEPT - file.rejected_kept)]
    if not kept:
        return 0
    # Every part is free of tabs, newlines and backslashes but for what is escaped here: details quote no values.
    head = f"{file.run_id}\t{file.pk}"
    lines = [f"{head}\t{line.line_no}\t{line.reason}\t{_plain(line.detail)}\t{_plain(line.excerpt)}\n" for line in kept]
    cursor.copy_expert(_COPY_REJECTED, io.BytesIO("".join(lines).encode()))
    return len(kept)


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", " ").replace("\n", " ").replace("\r", " ").replace("\x00", " ")


def _count(file: RunFile, parsed: Parsed, landed: Landed, *, excerpts: bool) -> None:
    """Add the chunk to the run's counts. Two files of a run add to one row: the last statement before the entry."""
    run = Run.objects.select_for_update(no_key=True).only("rejected_by").get(pk=file.run_id)
    Run.objects.filter(pk=run.pk).update(
        lines=F("lines") + parsed.last - parsed.first + 1,
        opened=F("opened") + landed.opened,
        known=F("known") + landed.known + landed.duplicates,
        reopened=F("reopened") + landed.reopened,
        returned=F("returned") + landed.returned,
        rejected=F("rejected") + parsed.rejections,
        repeated=F("repeated") + landed.repeated,
        excerpts=F("excerpts") + (parsed.staged if excerpts else 0),
        rejected_by=dict(Counter(run.rejected_by) + parsed.counts),
    )


def _facts(file: RunFile, parsed: Parsed, landed: Landed) -> dict[str, Any]:
    return {
        "run": file.run.run_id,
        "file": file.path,
        "first": parsed.first,
        "last": parsed.last,
        "sha256": parsed.sha256,
        "opened": landed.opened,
        "known": landed.known + landed.duplicates,
        "reopened": landed.reopened,
        "returned": landed.returned,
        "changed": landed.changed,
        "rejected": parsed.rejections,
        "cases": list(landed.cases),
        "exceptions": list(landed.exceptions),
    }


def _advance(file: RunFile, parsed: Parsed | None, landed: Landed, *, kept: int, done: bool) -> None:
    changes: dict[str, Any] = {"attempts": 0, "lease_until": UNTIL}
    if parsed is not None:
        changes |= {
            "lines": parsed.last,
            "opened": F("opened") + landed.opened,
            "known": F("known") + landed.known + landed.duplicates,
            "reopened": F("reopened") + landed.reopened,
            "returned": F("returned") + landed.returned,
            "rejected": F("rejected") + parsed.rejections,
            "rejected_kept": F("rejected_kept") + kept,
        }
    if done:
        changes |= {"state": FileState.LOADED, "lease_until": None, "lease_holder": ""}
    RunFile.objects.filter(pk=file.pk).update(**changes)
