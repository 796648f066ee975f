"""The demonstration, step by step: the hospital is set up, its runs arrive, reviewers decide, a later run proves them.

Runs go the way of any other run: into the inbox of a directory source, found by the poll, taken in by the workers.
Every step looks first what is there already, so an interrupted demonstration goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone

from console.people.models import User
from console.waves import actions as waves
from console.waves.models import Wave
from samples import adjudication, critical, handing, next_run, rehearsal, story
from samples.board import story as board
from samples.cast import PIPELINE
from samples.critical import CriticalAnswer
from samples.demo_decisions import demo_decisions
from samples.review import WAVE_ONE, WAVE_TWO
from samples.talk import talk
from triage.cases import actions as cases
from triage.cases import feed as decision_feed
from triage.cases import keys, queries
from triage.cases.models import Case, ReleaseDue, State
from triage.cases.models.decision import CUTOVER
from triage.intake import actions as intake
from triage.intake.tasks import poll_sources
from triage.queues.actions.standard import make_standard_queues
from triage.queues.models import Queue, Severity
from triage.runs.models import Run, RunState, Source, SourceKind

Say = Callable[[str], None]
SOURCE: Final = "legacy-pas"
UNDO_SECONDS: Final = 30
SETTLED: Final = {RunState.LOADED, RunState.QUARANTINED, RunState.FAILED, RunState.RECALLED}
PATIENCE_SECONDS: Final = 300
ADJUDICATED: Final = "Two of the records are one person, as decided before. The third is a namesake."


class Stuck(Exception):
    """Something that workers should have done has not happened; the message says what to look at."""


def set_up(*, by: User) -> None:
    """Waves with their planned days, the standard queues, who answers for them, and the source of the legacy system.

    The cast is there already.
    """
    today = timezone.localdate()
    for slug, name, days in ((WAVE_ONE, "Wave 1: outpatients", 4), (WAVE_TWO, "Wave 2: maternity", 46)):
        if not Wave.objects.filter(slug=slug).exists():
            waves.make_wave(slug=slug, name=name, planned_for=today + dt.timedelta(days=days), by=by)
    if not Queue.objects.exists():
        make_standard_queues(time_zone="Africa/Kampala", undo_seconds=UNDO_SECONDS, by=by)
    handing.name_responsible(by=by)
    if not Source.objects.filter(name=SOURCE).exists():
        intake.make_source(
            name=SOURCE, title="Legacy patient administration", kind=SourceKind.DIRECTORY, path=SOURCE, by=by
        )
    (Path(settings.INBOX_ROOT) / SOURCE).mkdir(parents=True, exist_ok=True)


def deliver(build: Callable[[Path], Path], name: str, say: Say) -> Run:
    """Put one run package into the inbox, as a pipeline would, have it looked for, and watch it being taken in."""
    if not Run.objects.filter(run_id=name).exists():
        inbox = Path(settings.INBOX_ROOT) / SOURCE
        with tempfile.TemporaryDirectory(dir=settings.CONCORD_HOME) as draft:
            package = build(Path(draft))
            if not (inbox / name).exists():
                shutil.move(package, inbox / name)
        poll_sources.delay()
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
        case = _case_of(wanted.records)
        if case is not None and case.state == State.OPEN and not case.decisions.exists():
            _answer(case, wanted.verdict, wanted.reason, by=people[number % len(people)])
            made += 1
    say(f"  {made} decisions made, released {UNDO_SECONDS} seconds later")


def settle_critical(*weeks: int, first: User, second: User, say: Say) -> None:
    """What these weeks' runs reported as critical is decided by the known truth.

    ``first`` answers; a suspected overlay goes on to a queue of its own, where ``second`` confirms it.
    """
    _settle([answer for week in weeks for answer in critical.answers(week)], first, second, say)


def settle_disproved(*, first: User, second: User, say: Say) -> None:
    """What week 40 disproved is decided once more, the other way round."""
    disproved = [decision for decision in demo_decisions() if not decision.right]
    _settle([critical.second_answer(decision) for decision in disproved], first, second, say)


def partition(*, by: User, say: Say) -> None:
    """A cluster of week 38 that is one person and another is put in groups."""
    found = adjudication.cluster()
    case = _case_of(adjudication.records_of(found))
    if case is not None and case.state == State.OPEN:
        _answer(case, "PARTITION", "demographics_agree", by=by, content=adjudication.groups(found, "namesakes"))
        say("  1 cluster put in groups")


def contradict(*, first: User, adjudicator: User, say: Say) -> None:
    """``first`` decides against a link of week 38: the verdict is refused, and ``adjudicator`` settles the case."""
    found = adjudication.contested()
    case = _case_of(adjudication.records_of(found))
    if case is not None and case.state == State.OPEN and not case.decisions.exists():
        case = _answer(case, "NO_MATCH", "namesakes", by=first)
    if case is not None and case.state == State.OPEN:
        content = adjudication.groups(found, "namesakes")
        _answer(case, "PARTITION", "demographics_agree", by=adjudicator, content=content, note=ADJUDICATED)
        say("  1 contradictory verdict refused, and the case adjudicated")


def defer_past_cutover(*, first: User, second: User, say: Say) -> None:
    """Two cases of high severity are left for after the cutover: ``second`` agrees to one, the other one waits."""
    if Case.objects.filter(Q(past_cutover=True) | Q(proposal__isnull=False)).exists():
        return
    of_wave = Case.objects.filter(wave__slug=WAVE_ONE, severity=Severity.HIGH, state=State.OPEN)
    left = of_wave.filter(decisions__isnull=True).order_by("-pk")[:2]
    asked = [_answer(case, "DEFER", "later_run_expected", by=first, until=CUTOVER) for case in left]
    for case in asked[:1]:
        _answer(case, "DEFER", "later_run_expected", by=second, until=CUTOVER)
    say(f"  {len(asked)} cases left for after the cutover, of which one waits for a second reviewer")


def _settle(answers: list[CriticalAnswer], first: User, second: User, say: Say) -> None:
    made = 0
    for wanted in answers:
        case = _case_of(wanted.records)
        for reviewer in (first, second):
            if case is not None and case.state == State.OPEN:
                case = _answer(case, wanted.verdict, wanted.reason, by=reviewer)
                made += 1
    if made:
        say(f"  {made} decisions made on critical cases")


def _answer(case: Case, verdict: str, reason: str, *, by: User, **more: Any) -> Case:
    """Open, claim and decide a case as a reviewer does, who reads every warning; give it as it then stands."""
    cases.opened(case=case, by=by)
    claimed = cases.claim(case=case, by=by)
    seen = claimed.case.revision
    return cases.decide(case=case, verdict=verdict, reason=reason, seen=seen, by=by, confirmed=True, **more).case


def _case_of(records: Iterable[tuple[str, str]]) -> Case | None:
    record_keys = sorted(keys.record_key(system, record) for system, record in records)
    return Case.objects.filter(record_keys=record_keys).first()


def acknowledge(*, by: User) -> None:
    """The pipeline has applied what the feed has released: everything that has been decided so far."""
    last = ReleaseDue.objects.aggregate(last=Max("release_at"))["last"]
    for _ in _patiently("the decisions to be released"):
        if last is None or not ReleaseDue.objects.filter(release_at__lte=last).exists():
            break
    cases.acknowledge(source=Source.objects.get(name=SOURCE), through=queries.last_position(), by=by)


def proof(say: Say) -> None:
    """The run that had the decisions applied: it proves most of them and disputes one."""
    deliver(lambda out: next_run.build(out, feed(queries.last_position())), story.RUN_FOUR, say)


def validation(say: Say) -> None:
    """The run of wave 1 that the board validates, with the same decisions applied."""
    deliver(lambda out: rehearsal.validation(out, _applied(), now=timezone.now()), rehearsal.VALIDATION, say)


def dress_rehearsal(say: Say) -> None:
    """The dress rehearsal of wave 1, which ended a little while ago: three critical matches are new in it."""
    deliver(lambda out: rehearsal.dress(out, _applied(), now=timezone.now()), rehearsal.DRESS, say)


def next_delta() -> Path:
    """Put the next package after the dress rehearsal into the inbox, in one move, and give its place.

    It reports one critical match that no one has seen before. Raises Stuck while there was no dress rehearsal.
    """
    if not Run.objects.filter(run_id=rehearsal.DRESS).exists():
        raise Stuck("There was no dress rehearsal yet. Set the demonstration up first: manage.py seed_demo.")
    inbox, number = Path(settings.INBOX_ROOT) / SOURCE, 1
    while (inbox / rehearsal.DELTA.format(number=number)).exists():
        number += 1
    with tempfile.TemporaryDirectory(dir=settings.CONCORD_HOME) as draft:
        package = rehearsal.delta(Path(draft), _applied(), number=number, now=timezone.now())
        return Path(shutil.move(package, inbox / package.name))


def feed(through: int) -> list[dict[str, Any]]:
    """Items of the decision feed up to a position, as the builders of packages take them."""
    items = [item for item in decision_feed.page(0, 1000).items if item.position <= through]
    told = decision_feed.tell(items)
    return [
        {"position": item.position, "verdict": item.decision.verdict, "records": told[item.position].outcome["records"]}
        for item in items
        if item.decision.verdict in {"LINK", "NO_MATCH"}
    ]


def _applied() -> list[dict[str, Any]]:
    """What week 40 had applied."""
    return feed(Run.objects.get(run_id=story.RUN_FOUR).decisions_applied or 0)


def run(people: dict[str, User], *, by: User, say: Say) -> None:
    """The whole story."""
    set_up(by=by)
    say("Loading four weekly runs, a validation run and a dress rehearsal:")
    deliver(story.run_one, story.RUN_ONE, say)
    deliver(story.run_two, story.RUN_TWO, say)
    decide([people["ben"], people["lena"], people["ana"]], say)
    settle_critical(1, 2, first=people["ben"], second=people["lena"], say=say)
    deliver(story.run_three, story.RUN_THREE, say)
    deliver(story.run_five, story.RUN_FIVE, say)
    acknowledge(by=people[PIPELINE])
    proof(say)
    settle_critical(4, first=people["ben"], second=people["lena"], say=say)
    settle_disproved(first=people["ben"], second=people["lena"], say=say)
    partition(by=people["ben"], say=say)
    contradict(first=people["ben"], adjudicator=people["rita"], say=say)
    talk(people=people, say=say, by=by)
    handing.hand_over(people=people, say=say)
    defer_past_cutover(first=people["ben"], second=people["lena"], say=say)
    validation(say)
    board.prepare(people, say)
    dress_rehearsal(say)


def _patiently(what: str) -> Iterator[None]:
    """Yield twice a second until the caller stops asking. Raises Stuck after five minutes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        yield
        time.sleep(0.5)
    raise Stuck(f"Waited {PATIENCE_SECONDS // 60} minutes for {what}. Are the workers running?")
