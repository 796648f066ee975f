"""Cases of other kinds that a decision opens, in its own transaction and by the same path as the lines of a run."""

from __future__ import annotations

import io
from typing import Final

import msgspec
from django.db import OperationalError, connection
from psycopg2.errors import DeadlockDetected

from console import fact_changes
from console.audit import log
from console.errors import Invalid, Stale
from console.people.models import User
from triage.cases import arrivals, kinds, staging
from triage.cases.actions import lost_claims
from triage.cases.actions.systems import keep_systems
from triage.cases.arrivals import Landed
from triage.cases.kinds import AnyKind, LineRefused, Opening, StagedLine
from triage.cases.models import Case, Decision, MigrationException
from triage.causes import RunCause
from triage.runs.models import Run

#: Occurrences name a file and a line; what a decision opened stands in no file.
NO_FILE: Final = 0


def open_cases(case: Case, decision: Decision, *, by: User) -> None:
    """Open what the case's kind opens on this decision: routed, due, logged; once a problem, by its fingerprint.

    The case counts as reported by the run whose evidence was decided on. Raises Invalid for a line that its kind
    refuses or no queue takes, Stale when another transaction is changing the same cases.
    """
    kind = kinds.get(case.kind)
    if not kind.opens_cases:
        return
    seen = MigrationException.objects.select_related("run__wave", "run__source").get(pk=decision.seen_exception_id)
    found = kind.openings(case, decision, seen.payload.encode())
    try:
        landed = [_open(one, case, decision, seen.run, by) for one in found]
    except OperationalError as error:  # this case is locked; another transaction may hold that one and wait for this
        if isinstance(error.__cause__, DeadlockDetected):
            raise Stale("Others are changing the same cases at this moment. Try again.") from None
        raise
    if waves := {wave for one in landed for wave in one.waves}:
        fact_changes.publish(RunCause.EXCEPTIONS_ARRIVED, waves=waves, by=by, about=case.ref)


def _open(opening: Opening, case: Case, decision: Decision, run: Run, by: User) -> Landed:
    kind = kinds.get(opening.kind)
    line, row = _row(kind, opening.line)
    keep_systems(line.systems)
    with connection.cursor() as cursor:
        stage = staging.take(cursor, members=kind.has_members)
        cursor.copy_expert(stage.copy, io.BytesIO(row))
        landed = arrivals.land(cursor, stage=stage, run=run, file_id=NO_FILE, kind=kind, now=decision.decided_at)
    if landed.claimed:
        lost_claims.moved(landed.claimed, by=by)
    opened = Case.objects.get(kind=kind.code, fingerprint=line.fingerprint)
    facts = {"decision": decision.pk, "origin": case.ref, "queue": opened.queue.slug, "new": bool(landed.opened)}
    log.record("case.opened_by_decision", subject=opened, by=by, facts=facts)
    return landed


def _row(kind: AnyKind, payload: bytes) -> tuple[StagedLine, bytes]:
    """The line as its kind stages it, and as a row of a staging place. Raises Invalid."""
    if b"\n" in payload:
        raise Invalid("A case cannot be opened by more than one line.")
    try:
        line = kind.staged(payload)
    except (msgspec.DecodeError, LineRefused) as refusal:
        why = refusal.detail if isinstance(refusal, LineRefused) else "it does not fit its schema"
        raise Invalid(f"This decision opens a case of the type “{kind.label}” that cannot be taken in: {why}") from None
    return line, (staging.member_row if kind.has_members else staging.row)(1, line, payload)
