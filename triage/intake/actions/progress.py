"""How a run's intake goes on: its check passed or not, its files done, or something in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.db.models import Sum
from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.people.models import User
from console.ui.text import plural
from console.waves import locks as wave_locks
from triage.cases.actions import following, proving
from triage.cases.actions.following import Followed
from triage.causes import RunCause
from triage.intake import checks, queries, wake
from triage.intake.line_handlers import first_kinds, is_loadable
from triage.runs.models import FileState, Run, RunFile, RunState


def pass_check(
    *, run_id: int, holder: str, sums: Sequence[checks.Sum], continues: Run | None = None, by: User
) -> Run | None:
    """Everything adds up: begin to load. None if the lease was lost meanwhile.

    ``continues``: the run that it follows, which its manifest names.
    """
    with log.transaction(by=by, purpose="pass_check"):
        run = _checking(run_id, holder)
        if run is None:
            return None
        run.state, run.loading_at, run.sums = RunState.LOADING, timezone.now(), [item.row() for item in sums]
        files = list(run.files.all())
        loadable = [file for file in files if is_loadable(file.kind)]
        kept = [file.pk for file in files if not is_loadable(file.kind)]
        RunFile.objects.filter(pk__in=kept).update(state=FileState.KEPT)
        run.lines_expected = sum(file.rows for file in loadable)
        first = [file for file in loadable if file.kind in first_kinds() and file.state != FileState.LOADED]
        run.populating, run.continues = run.populating or bool(first), continues
        fields = ["state", "loading_at", "sums", "lines_expected", "populating", "continues"]
        run.save(update_fields=[*fields, *_let_go(run)])
        facts = {"run": run.run_id, "sums": len(sums), "files": len(loadable), "kept": len(kept)}
        log.record("run.checked", subject=run, by=by, facts=facts)
        for file in first or loadable:
            wake.load_file(file.pk)
    return run


def populate(*, run_id: int, by: User) -> Run | None:
    """Once all files that name the examined records are in, go on to the others. None if not yet, or done before."""
    with log.transaction(by=by, purpose="populate"):
        run = Run.objects.select_for_update().filter(pk=run_id, state=RunState.LOADING, populating=True).first()
        if run is None or not queries.population_is_in(run):
            return None
        run.populating, followed = False, following.follow(run)
        run.notes = [*run.notes, *_told(followed)]
        run.save(update_fields=["populating", "notes"])
        files = run.files.filter(kind__in=first_kinds()).aggregate(lines=Sum("lines"), rejected=Sum("rejected"))
        facts = {"run": run.run_id, "records": (files["lines"] or 0) - (files["rejected"] or 0)}
        log.record("run.populated", subject=run, by=by, facts=facts | asdict(followed))
        for file in run.files.filter(state=FileState.WAITING):
            wake.load_file(file.pk)
    return run


def quarantine(*, run_id: int, holder: str, sums: Sequence[checks.Sum], problem: str, by: User) -> Run | None:
    """The manifest does not add up: nothing of the run is loaded. None if the lease was lost meanwhile."""
    with log.transaction(by=by, purpose="quarantine"):
        run = _checking(run_id, holder)
        if run is None:
            return None
        run.state, run.settled_at, run.problem = RunState.QUARANTINED, timezone.now(), problem
        run.sums = [item.row() for item in sums]
        run.save(update_fields=["state", "settled_at", "problem", "sums", *_let_go(run)])
        wrong = [f"{item.where}: {item.what}" for item in sums if not item.fits]
        log.record("run.quarantined", subject=run, by=by, facts={"run": run.run_id, "wrong": wrong[:20]})
        _wake_next(run)
    return run


def settle(*, run_id: int, by: User) -> Run | None:
    """If every file is done, prove the decisions that the run had applied and call it loaded. None if not yet."""
    with log.transaction(by=by, purpose="settle"):
        wave_locks.lock_shared(queries.waves_of(run_id))
        run = Run.objects.select_for_update().filter(pk=run_id, state=RunState.LOADING).first()
        if run is None or run.populating or run.files.filter(state__in=[FileState.WAITING, FileState.LOADING]).exists():
            return None
        run.verified, unproven = proving.prove(run), proving.reservations(run)
        proving.forget(run)
        run.notes = [*run.notes, *unproven]
        run.state, run.settled_at, run.problem = RunState.LOADED, timezone.now(), ""
        run.save(update_fields=["verified", "notes", "state", "settled_at", "problem"])
        counts = ("lines", "opened", "known", "verified", "reopened", "returned", "rejected", "excerpts")
        facts = {"run": run.run_id, "unproven": unproven} | {name: getattr(run, name) for name in counts}
        log.record("run.loaded", subject=run, by=by, facts=facts)
        fact_changes.publish(RunCause.LOADED, waves=[run.wave_id], by=by, about=run.run_id)
        _wake_next(run)
    return run


def _told(followed: Followed) -> list[str]:
    """What happened to cases about records that the run replaced, in sentences."""
    moved, stayed = followed.moved, followed.stayed
    told = [f"{plural(moved, 'case')} {'follows' if moved == 1 else 'follow'} records that this run replaced."]
    why = "a case about the later records is there already, or no single record replaces the earlier one"
    kept = [f"{plural(stayed, 'case')} about records that this run replaced did not follow: {why}."]
    return told * bool(moved) + kept * bool(stayed)


def fail(*, run_id: int, problem: str, by: User) -> Run | None:
    """Intake cannot go on. What was loaded stays and is said; a retry goes on from there. None if it is settled."""
    with log.transaction(by=by, purpose="fail"):
        unsettled = [RunState.ANNOUNCED, RunState.CHECKING, RunState.LOADING]
        run = Run.objects.select_for_update().filter(pk=run_id, state__in=unsettled).first()
        if run is None:
            return None
        run.state, run.settled_at, run.problem = RunState.FAILED, timezone.now(), problem
        run.save(update_fields=["state", "settled_at", "problem", *_let_go(run)])
        log.record("run.failed", subject=run, by=by, facts={"run": run.run_id, "problem": problem, "lines": run.lines})
        _wake_next(run)
    return run


def _checking(run_id: int, holder: str) -> Run | None:
    mine = Run.objects.select_for_update().filter(pk=run_id, state=RunState.CHECKING, lease_holder=holder)
    return mine.first()


def _let_go(run: Run) -> list[str]:
    run.lease_until, run.lease_holder = None, ""
    return ["lease_until", "lease_holder"]


def _wake_next(run: Run) -> None:
    """Runs of one source go one after the other: the next one may begin."""
    if waiting := queries.next_waiting(run):
        wake.take_in(waiting)
