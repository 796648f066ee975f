"""Lines arriving on cases: the set-based SQL that takes a staged chunk to cases, exceptions and occurrences.

Used by intake, inside its transaction, once a chunk::

    stage = staging.take(cursor)
    cursor.copy_expert(stage.copy, lines)                      # staging.COLUMNS, text format
    landed = arrivals.land(cursor, stage=stage, run=run, file_id=file.pk, kind=kind, now=now)

What a line does to its case:

| the case is | reported as before | same evidence, reported differently | other evidence |
|---|---|---|---|
| not there | opened | opened | opened |
| open, claimed, deferred, waiting | one more occurrence | changed | changed |
| decided … verified | one more occurrence (remembered) * | noted beside the decision * | reopened |
| withdrawn | returned | returned | returned |

\\* reopened when the verdict does not hold, see below.

*Changed*: the new line is shown, its severity, reasons and domain hold, the case is routed again unless people handed
it on, it is due at the earlier of the two times, and its revision rises. A paused case that becomes critical wakes.
Docs: ``docs/decisions/0019-reports-are-heard.md``.

A verdict says itself whether it holds (``kinds.Verdict``): one that is ``disproved_by_report`` is reopened by a run
that reports the case although it had applied the decision, which the feed had given to its source; one that is not
``remembered`` by any run started after it.

Lines of a kind with members (``Kind.has_members``) may name one: the line is kept in ``cases_member``, once for a case
and a member's evidence, and turns its case in neither of the ways above, but for bringing a withdrawn one back.

Every statement joins in one way only, which is forced: the planner has no statistics of a chunk that was copied a
moment ago, and one guess of "one row" would turn seconds into hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from console.errors import Stale
from console.waves import locks as wave_locks
from triage.cases import landing, staging
from triage.cases.kinds import AnyKind
from triage.cases.staging import Stage
from triage.queues import plans
from triage.runs.models import Run

_READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Landed:
    """What one chunk did. The five counts add up to its lines; id ranges are inclusive, (0, 0) when nothing is new.

    ``known`` lines stand on cases that were there before, ``duplicates`` on cases which another line of the chunk
    opened. ``reopened`` and ``returned`` count cases, ``members`` the members that were not known,
    ``joined`` the cases that were reported in this wave for the first time, ``repeated`` the lines about what another
    line of the run is about too (but for members). ``waves`` are those whose facts changed,
    ``claimed`` the cases that changed under a claim, whose holders may not work the queue that they are in now.
    """

    opened: int = 0
    known: int = 0
    reopened: int = 0
    returned: int = 0
    duplicates: int = 0
    changed: int = 0
    members: int = 0
    joined: int = 0
    repeated: int = 0
    claimed: tuple[int, ...] = ()
    waves: tuple[int, ...] = ()
    cases: tuple[int, int] = (0, 0)
    exceptions: tuple[int, int] = (0, 0)


class OtherWaves(Exception):
    """Lines change cases that count in waves which the transaction did not lock: start it again with these as well."""

    def __init__(self, waves: Iterable[int]) -> None:
        super().__init__()
        self.waves = frozenset(waves)


def land(
    cursor: Any,
    *,
    stage: Stage,
    run: Run,
    file_id: int,
    kind: AnyKind,
    now: dt.datetime,
    locked: Iterable[int] | None = None,
) -> Landed:
    """Take the staged lines to their cases and empty the stage.

    ``locked`` are the waves that the transaction holds, if it can be started again with others: raises OtherWaves when
    lines change cases of others. Without it they are locked here. Raises Stale, and Invalid when no queue takes this.
    """
    plan = plans.read(kind.code, wave=run.wave.slug, source=run.source.name, now=now)
    values = _values(run, file_id, kind, now) | plan.parameters
    cursor.execute("SET LOCAL work_mem = '32MB'")
    landed, lines = _open(cursor, stage, plan, values)
    if landed.opened < lines:
        values["first_new"] = landed.cases[0] or None
        _read_again(cursor, stage, kind, values)
        landed = _meet(cursor, stage, plan, values, landed, locked)
        if landed.reopened and kind.ledger is not None:
            kind.ledger.end(_reopened(cursor, stage))
    members = _keep_members(cursor, stage, values) if stage.members else 0
    staging.clear(cursor, stage)
    return replace(landed, members=members)


def _values(run: Run, file_id: int, kind: AnyKind, now: dt.datetime) -> dict[str, Any]:
    """What every statement may ask of the run and of the kind of its lines."""
    return {
        "kind": kind.code,
        "run": run.pk,
        "wave": run.wave_id,
        "source": run.source_id,
        "file": file_id,
        "now": now,
        "applied": run.decisions_applied,
        "started": run.started_at,
        "disprovable": kind.disprovable,
        "forgotten": kind.forgotten,
    }


def _meet(
    cursor: Any, stage: Stage, plan: plans.Plan, values: dict[str, Any], landed: Landed, locked: Iterable[int] | None
) -> Landed:
    """Take the lines about cases that are there to them. Raises as ``land``."""
    wave = values["wave"]
    found, duplicates, turning, joining, repeated = _remember(cursor, stage, values)
    if turning or joining:
        _lock_cases(cursor, stage, values)
    waves = set(landed.waves)
    reopened = returned = changed = 0
    claimed: tuple[int, ...] = ()
    if turning:
        turned = _turning(cursor, stage, plan, values)
        _lock_waves({wave} if locked is None else locked, turned, again=locked is not None)
        reopened, returned, changed, claimed = _turn(cursor, stage, values)
        waves.update(turned)
    # After the turning: a case that it makes less severe must not count as having become so in this wave.
    joined = _join_wave(cursor, stage, values) if joining else 0
    if joined or returned:
        waves.add(wave)
    return replace(
        landed,
        repeated=repeated,
        known=found - duplicates - reopened - returned,
        reopened=reopened,
        returned=returned,
        duplicates=duplicates,
        changed=changed,
        joined=joined,
        claimed=claimed,
        waves=tuple(sorted(waves)),
    )


def _open(cursor: Any, stage: Stage, plan: plans.Plan, values: dict[str, Any]) -> tuple[Landed, int]:
    """Open a case for every problem not known yet; the last line about it speaks for it. Returns the lines as well."""
    # Sorted by fingerprint: two chunks that open the same cases wait for each other instead of dead-locking, and
    # the index on fingerprints is filled in its own order.
    with _joins(cursor, nestloop=False):
        cursor.execute(landing.OPEN.format(staged=stage.table, route=plan.route), values)
        opened, lines, *ranges = cursor.fetchone()
    first, last, *exceptions = (number or 0 for number in ranges)
    waves = (values["wave"],) if opened else ()
    return Landed(opened, waves=waves, cases=(first, last), exceptions=(exceptions[0], exceptions[1])), lines


def _read_again(cursor: Any, stage: Stage, kind: AnyKind, values: dict[str, Any]) -> None:
    """Name the evidence of cases of the version before as it is named now, when they are first reported again.

    Done here and not in a migration, which would rewrite every case there is: each costs one more look and update,
    once. A line that today's rules refuse is compared by its bytes.
    """
    cursor.execute(landing.ANY_UNREAD, values)
    while cursor.fetchone()[0]:
        with _joins(cursor, nestloop=True):
            cursor.execute(landing.UNREAD.format(staged=stage.table, most=_READ_AT_ONCE), values)
            rows = cursor.fetchall()
        if not rows:
            return
        names = [kind.names(payload.encode()) for _, payload in rows]
        columns = [[number for number, _ in rows], [str(one) for one, _ in names], [str(other) for _, other in names]]
        cursor.execute(landing.READ, columns)
        cursor.execute(landing.ANY_UNREAD, values)


def _lock_waves(locked: Iterable[int], turned: Iterable[int], *, again: bool) -> None:
    """See that all waves are locked in which turned cases count. Raises OtherWaves, Stale."""
    others = frozenset(turned) - frozenset(locked)
    if others and again:
        raise OtherWaves(others)
    if others and not wave_locks.try_shared(others):
        raise Stale("Others are working on the same waves at this moment. Try again.")


def _join_wave(cursor: Any, stage: Stage, values: dict[str, Any]) -> int:
    """Let the cases count in the wave of this run, which reports them too; returns how many do so from now on."""
    with _joins(cursor, nestloop=True):
        cursor.execute(landing.JOIN_WAVE.format(staged=stage.table), values)
        return int(cursor.rowcount)


def _remember(cursor: Any, stage: Stage, values: dict[str, Any]) -> tuple[int, int, int, int, int]:
    """Note one occurrence for each line whose case knows what it says.

    Counts lines: all, those on cases that the chunk opened, that turn their case, that join it, that the run repeats.
    """
    with _joins(cursor, nestloop=True):
        cursor.execute(landing.REMEMBER.format(staged=stage.table), values)
        found, duplicates, turning, joining, repeated = cursor.fetchone()
    return found, duplicates, turning, joining, repeated


def _lock_cases(cursor: Any, stage: Stage, values: dict[str, Any]) -> None:
    with _joins(cursor, nestloop=True):
        cursor.execute(landing.LOCK_TURNING.format(staged=stage.table), values)


def _turning(cursor: Any, stage: Stage, plan: plans.Plan, values: dict[str, Any]) -> tuple[int, ...]:
    """Work out what the lines do to their locked cases; returns the waves in which those that change count."""
    names = {"staged": stage.table, "turned": stage.turned}
    with _joins(cursor, nestloop=True):
        cursor.execute(landing.TURNED.format(**names, route=plan.route), values)
        cursor.execute(landing.WAVES_TURNED.format(**names))
        found = cursor.fetchall()
    return tuple(wave for (wave,) in found)


def _turn(cursor: Any, stage: Stage, values: dict[str, Any]) -> tuple[int, int, int, tuple[int, ...]]:
    """Change, reopen or return the cases whose lines say something new; count them, and name those under a claim."""
    names = {"staged": stage.table, "turned": stage.turned}
    with _joins(cursor, nestloop=False):
        cursor.execute(landing.KEEP_TURNED.format(**names), values)
    with _joins(cursor, nestloop=True):
        cursor.execute(landing.REPORTED.format(**names), values)
        cursor.execute(landing.REOPENINGS.format(**names), values)
        cursor.execute(landing.RELEASE_NO_MORE.format(**names), values)
        cursor.execute(landing.TURN_CASES.format(**names), values)
        cursor.execute(landing.NOTE_CASES.format(**names), values)
        cursor.execute(landing.COUNT_TURNED.format(**names), values)
        reopened, returned, changed = cursor.fetchone()
        cursor.execute(landing.CLAIMED_TURNED.format(**names))
        claimed = tuple(case for (case,) in cursor.fetchall())
    return reopened, returned, changed, claimed


def _reopened(cursor: Any, stage: Stage) -> list[int]:
    """The cases whose decisions stand no longer."""
    cursor.execute(landing.REOPENED.format(turned=stage.turned))
    return [case for (case,) in cursor.fetchall()]


def _keep_members(cursor: Any, stage: Stage, values: dict[str, Any]) -> int:
    """Keep the lines that name a member of their case which was not known; returns how many."""
    with _joins(cursor, nestloop=True):
        cursor.execute(landing.KEEP_MEMBERS.format(staged=stage.table), values)
        return int(cursor.rowcount)


@contextmanager
def _joins(cursor: Any, *, nestloop: bool) -> Iterator[None]:
    """Join by index row by row (``nestloop``), or by hashing, and in no other way, while the block runs."""
    off = ("hashjoin", "mergejoin") if nestloop else ("nestloop", "mergejoin")
    cursor.execute("; ".join(f"SET LOCAL enable_{method} = off" for method in off))
    yield
    cursor.execute("; ".join(f"SET LOCAL enable_{method} = DEFAULT" for method in off))
