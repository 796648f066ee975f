"""The demonstration, step by step: the hospital is set up, its runs arrive, reviewers decide, a later run proves them.

Runs go the way of any other run: into the inbox of a directory source, found by the poll, taken in by the workers.
Every step looks first what is there already, so an interrupted demonstration goes on where it stopped.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

from console.people.models import User
from console.waves import actions as waves
from console.waves.models import Wave
from samples import next_run, story
from samples.cast import PIPELINE
from samples.demo_decisions import DemoDecision, demo_decisions
from samples.review import WAVE_ONE, WAVE_TWO
from triage.cases import actions as cases
from triage.cases import keys, queries
from triage.cases.actions.standard import make_standard_queues
from triage.cases.models import Case, FeedItem, Queue, State
from triage.intake import actions as intake
from triage.runs.models import Run, RunState, Source, SourceKind

Say = Callable[[str], None]
SOURCE: Final = "legacy-pas"
UNDO_SECONDS: Final = 30
SETTLED: Final = {RunState.LOADED, RunState.QUARANTINED, RunState.FAILED, RunState.RECALLED}
PATIENCE_SECONDS: Final = 300


class Stuck(Exception):
    """Something that workers should have done has not happened; the message says what to look at."""


def set_up(*, by: User) -> None:
    """Waves, the standard queues and the directory source of the legacy system."""
    for slug, name in ((WAVE_ONE, "Wave 1: outpatients"), (WAVE_TWO, "Wave 2: maternity")):
        if not Wave.objects.filter(slug=slug).exists():
            waves.make_wave(slug=slug, name=name, by=by)
    if not Queue.objects.exists():
        make_standard_queues(time_zone="Africa/Kampala", undo_seconds=UNDO_SECONDS, by=by)
    if not Source.objects.filter(name=SOURCE).exists():
        intake.make_source(
            name=SOURCE, title="Legacy patient administration", kind=SourceKind.DIRECTORY, path=SOURCE, by=by
        )
    (Path(settings.INBOX_ROOT) / SOURCE).mkdir(parents=True, exist_ok=True)


def deliver(build: Callable[[Path], Path], name: str, say: Say) -> Run:
    """Put one run package into the inbox, as a pipeline would, and watch it being taken in."""
    if not Run.objects.filter(run_id=name).exists():
        inbox = Path(settings.INBOX_ROOT) / SOURCE
        with tempfile.TemporaryDirectory(dir=settings.CONCORD_HOME) as draft:
            package = build(Path(draft))
            if not (inbox / name).exists():
                shutil.move(package, inbox / name)
    return _watch(name, say)


def _watch(name: str, say: Say) -> Run:
    run: Run | None = None
    for _ in _patiently(f"run {name} to be taken in"):
        run = Run.objects.filter(run_id=name).first()
        if run and run.state in SETTLED:
            break
    assert run is not None
    say(
        f"  {name}: {run.get_state_display().lower()}, {run.lines:,} lines, {run.opened:,} cases opened, "
        f"{run.known:,} known, {run.reopened} reopened, {run.verified} verified, {run.rejected} lines rejected"
    )
    return run


def decide(people: list[User], say: Say) -> None:
    """The reviewers decide the cases that the demonstration knows answers to, in turn; one of them wrongly."""
    made = 0
    for number, wanted in enumerate(demo_decisions()):
        case = _case_of(wanted)
        if case is not None and case.state == State.OPEN and not case.decisions.exists():
            reviewer = people[number % len(people)]
            cases.opened(case=case, by=reviewer)
            claimed = cases.claim(case=case, by=reviewer)
            cases.decide(
                case=case, verdict=wanted.verdict, reason=wanted.reason, seen=claimed.case.revision, by=reviewer
            )
            made += 1
    say(f"  {made} decisions made, released {UNDO_SECONDS} seconds later")


def _case_of(wanted: DemoDecision) -> Case | None:
    record_keys = sorted(keys.record_key(system, record) for system, record in wanted.records)
    return Case.objects.filter(record_keys=record_keys).first()


def acknowledge(*, by: User) -> None:
    """The pipeline has applied what the feed has released."""
    expected = len(demo_decisions())
    for _ in _patiently("the decisions to be released"):
        if FeedItem.objects.count() >= expected:
            break
    cases.acknowledge(through=queries.last_position(), by=by)


def proof(say: Say) -> None:
    """The run that had the decisions applied: it proves most of them and disputes one."""
    items = queries.feed(0, 1000)
    outcomes = queries.outcomes(items)
    feed = [
        {"position": item.position, "verdict": item.decision.verdict, "records": outcomes[item.position]["records"]}
        for item in items
        if item.decision.verdict in {"LINK", "NO_MATCH"}
    ]
    deliver(lambda out: next_run.build(out, feed), story.RUN_FOUR, say)


def run(people: dict[str, User], *, by: User, say: Say) -> None:
    """The whole story."""
    set_up(by=by)
    say("Four weeks of runs arrive in the inbox:")
    deliver(story.run_one, story.RUN_ONE, say)
    deliver(story.run_two, story.RUN_TWO, say)
    decide([people["ben"], people["lena"]], say)
    deliver(story.run_three, story.RUN_THREE, say)
    deliver(story.run_five, story.RUN_FIVE, say)
    acknowledge(by=people[PIPELINE])
    proof(say)


def _patiently(what: str) -> Iterator[None]:
    """Yield twice a second until the caller stops asking. Raises Stuck after five minutes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        yield
        time.sleep(0.5)
    raise Stuck(f"Waited {PATIENCE_SECONDS // 60} minutes for {what}. Are the workers running?")
