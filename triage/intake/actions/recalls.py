"""Recall a run, with a reason, or retry one that was quarantined or failed."""

from __future__ import annotations

from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.errors import Invalid
from console.people.models import User
from console.people.permissions import require
from console.waves import locks as wave_locks
from triage.cases.actions import following, outcomes, proving, waves
from triage.cases.actions.outcomes import Withdrawn
from triage.causes import RunCause
from triage.intake import queries, rules, wake
from triage.intake.line_handlers import is_loadable
from triage.runs.models import FileState, Run, RunFile, RunState


def recall(*, run: Run, reason: str, by: User) -> Withdrawn:
    """Withdraw unsettled cases that only this run opened; undo its verifications and what it replaced.

    Other settled cases stay as they are, and so do those that it reopened: people look at them.
    Raises Denied; Stale when there is nothing left to recall; Invalid without a reason.
    """
    require(by, "runs.recall_run", run.source, to="recall a run of this source")
    reason = reason.strip()
    if not 0 < len(reason) <= 500:
        raise Invalid("Enter a reason (at most 500 characters).", reason="missing or too long")
    with log.transaction(by=by, purpose="recall"):
        wave_locks.lock_shared([run.wave_id])
        locked = Run.objects.select_for_update().get(pk=run.pk)
        rules.may_recall(locked.state).require()
        # Its state first: a case that another recalled run reported counts as known by this one only.
        locked.state, locked.settled_at = RunState.RECALLED, locked.settled_at or timezone.now()
        locked.recalled_at, locked.recalled_by, locked.recall_reason = timezone.now(), by, reason
        found = outcomes.withdraw(locked)
        back = following.go_back(locked)
        proving.forget(locked)
        left = waves.leave(locked)
        locked.withdrawn = found.withdrawn
        locked.save(update_fields=["state", "settled_at", "recalled_at", "recalled_by", "recall_reason", "withdrawn"])
        facts = {
            "run": locked.run_id,
            "withdrawn": found.withdrawn,
            "settled": found.settled,
            "known_elsewhere": found.known_elsewhere,
            "unverified": found.unverified,
            "left_wave": left,
            "moved_back": back.moved,
            "not_moved_back": back.stayed,
        }
        log.record("run.recalled", subject=locked, by=by, facts=facts)
        fact_changes.publish(RunCause.RECALLED, waves=[locked.wave_id], by=by, about=locked.run_id)
        if waiting := queries.next_waiting(locked):
            wake.take_in(waiting)
    return found


def retry(*, run: Run, by: User) -> Run:
    """Retry a quarantined or failed run: check it again and load from where it stopped. Raises Denied, Stale."""
    require(by, "runs.push_run", run.source, to="retry a run of this source")
    with log.transaction(by=by, purpose="retry"):
        locked = Run.objects.select_for_update().get(pk=run.pk)
        rules.may_retry(locked.state).require()
        locked.state, locked.problem, locked.settled_at, locked.attempts = RunState.ANNOUNCED, "", None, 0
        locked.save(update_fields=["state", "problem", "settled_at", "attempts"])
        unfinished = [file.pk for file in locked.files.exclude(state=FileState.LOADED) if is_loadable(file.kind)]
        RunFile.objects.filter(pk__in=unfinished).update(
            state=FileState.WAITING, attempts=0, lease_until=None, lease_holder=""
        )
        log.record("run.retried", subject=locked, by=by, facts={"run": locked.run_id, "files": len(unfinished)})
        wake.take_in(locked.pk)
    return locked
