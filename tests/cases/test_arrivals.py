"""Lines arriving on cases: opened, remembered, changed, reopened, returned, proven, withdrawn."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.db import connection
from django.utils import timezone

from console.errors import Invalid, Stale
from console.people.queries import system
from tests import factories
from tests.cases.landing import SYSTEMS, Line, case_of, land
from triage.cases import actions, arrivals, queries, sequencer
from triage.cases.actions import outcomes, proving
from triage.cases.models import (
    Case,
    Claim,
    FeedItem,
    HeldRecord,
    MigrationException,
    Occurrence,
    QueueTally,
    ReleaseDue,
    Reopening,
    State,
)
from triage.queues.models import RoutingRule, SlaPolicy
from triage.runs.models import Run, RunFile, RunState

pytestmark = pytest.mark.django_db

#: What a run states that examined every record that lines of tests are about.
WHOLE = factories.examined(*SYSTEMS)


@pytest.fixture(autouse=True)
def queue(db):
    return factories.make_queue()


def counts(landed: arrivals.Landed) -> dict[str, int]:
    names = ("opened", "known", "reopened", "returned", "duplicates")
    return {name: getattr(landed, name) for name in names if getattr(landed, name)}


def decide(name: str, by, verdict: str = "LINK", *, release: bool = True) -> Case:
    case = case_of(name)
    actions.claim(case=case, by=by)
    actions.decide(case=case, verdict=verdict, reason="other", seen=case.revision, by=by)
    if release:
        sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))
    return case_of(name)


def with_file(run):
    RunFile.objects.create(run=run, path="merges.ndjson", kind="merges", rows=1, bytes=1, sha256="0" * 64)
    return run


def test_new_problems_open_cases_with_their_exception(queue) -> None:
    run = factories.make_run()
    landed = land(run, Line("one"), Line("two", severity=4, reasons=("a", "b"), score=None))
    assert counts(landed) == {"opened": 2}
    case = case_of("two")
    assert (case.state, case.queue, case.wave, case.opened_run) == (State.OPEN, queue, run.wave, run)
    assert (case.severity, case.priority, case.reasons, case.score) == (4, 400, ["a", "b"], None)
    exception = MigrationException.objects.get(pk=case.latest_exception_id)
    assert (exception.case, exception.run, exception.evidence) == (case, run, case.evidence)
    assert '"two-a"' in exception.payload
    occurrence = Occurrence.objects.get(case=case)
    assert (occurrence.exception_id, occurrence.line_no, occurrence.file_id) == (exception.pk, 2, 1)
    assert landed.cases == (min(c.pk for c in Case.objects.all()), max(c.pk for c in Case.objects.all()))
    assert actions.__name__  # the stage is empty again
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_staged_0")
        assert cursor.fetchone()[0] == 0


def test_the_same_lines_ten_times_are_the_same_cases() -> None:
    lines = [Line(str(number)) for number in range(20)]
    land(factories.make_run(), *lines)
    before = list(Case.objects.order_by("pk").values())
    for _ in range(9):
        assert counts(land(factories.make_run(), *lines)) == {"known": 20}
    assert list(Case.objects.order_by("pk").values()) == before
    assert MigrationException.objects.count() == 20
    assert Occurrence.objects.count() == 200


def test_of_several_lines_about_one_problem_the_last_speaks() -> None:
    landed = land(factories.make_run(), Line("x", "a"), Line("x", "b"), Line("x", "c"), Line("x", "c"), Line("y"))
    assert counts(landed) == {"opened": 2, "duplicates": 3}
    case = case_of("x")
    assert '"x-c"' in MigrationException.objects.get(pk=case.latest_exception_id).payload
    assert MigrationException.objects.filter(case=case).count() == 3
    assert Occurrence.objects.filter(case=case).count() == 4
    assert case.revision == 1


def test_other_evidence_on_an_open_case_is_shown_and_makes_what_was_seen_stale(ana) -> None:
    land(factories.make_run(), Line("x"))
    case = case_of("x")
    actions.claim(case=case, by=ana)
    landed = land(factories.make_run(), Line("x", "b", severity=4, reasons=("new",)))
    assert counts(landed) == {"known": 1}
    assert landed.changed == 1
    again = case_of("x")
    assert (again.state, again.revision, again.severity, again.priority, again.reasons) == (
        "claimed",
        2,
        4,
        400,
        ["new"],
    )
    assert again.latest_exception_id != case.latest_exception_id
    with pytest.raises(Stale):
        actions.decide(case=case, verdict="LINK", reason="other", seen=1, by=ana)


@pytest.mark.parametrize("verdict", ["LINK", "NO_MATCH"])
def test_a_decision_is_remembered_while_the_evidence_stays(ana, verdict) -> None:
    land(factories.make_run(), Line("x"))
    decide("x", ana, verdict)
    assert counts(land(factories.make_run(), Line("x"))) == {"known": 1}
    assert case_of("x").state == State.RELEASED


def test_other_evidence_reopens_and_says_what_it_was_decided_on(ana) -> None:
    land(factories.make_run(), Line("x"))
    before = decide("x", ana, "NO_MATCH")
    run = factories.make_run()
    assert counts(land(run, Line("x", "b"))) == {"reopened": 1}
    case = case_of("x")
    assert (case.state, case.decision, case.reopened, case.revision) == (State.OPEN, None, 1, 2)
    reopening = Reopening.objects.get()
    assert (reopening.cause, reopening.run, reopening.decision_id) == ("evidence_changed", run, before.decision_id)
    assert (reopening.before_exception_id, reopening.after_exception_id) == (
        before.latest_exception_id,
        case.latest_exception_id,
    )


def test_a_decision_overtaken_before_its_release_is_never_released(ana) -> None:
    land(factories.make_run(), Line("x"))
    decide("x", ana, release=False)
    assert ReleaseDue.objects.count() == 1
    land(factories.make_run(), Line("x", "b"))
    assert case_of("x").state == State.OPEN
    assert sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1)).count == 0
    assert not FeedItem.objects.exists()


def test_a_link_that_was_applied_and_is_reported_again_was_wrong(ana) -> None:
    land(factories.make_run(), Line("link"), Line("apart"), Line("late"))
    decide("link", ana)
    decide("apart", ana, "NO_MATCH")
    applied = queries.last_position()
    decide("late", ana)
    run = with_file(factories.make_run(decisions_applied=applied, manifest=WHOLE))
    assert counts(land(run, Line("link"), Line("apart"), Line("late"))) == {"reopened": 1, "known": 2}
    assert Reopening.objects.get().cause == "applied_but_reported"
    assert [case_of(name).state for name in ("link", "apart", "late")] == [State.OPEN, State.RELEASED, State.RELEASED]
    assert proving.prove(run) == 0


def at(position: int | None, source: str) -> Run:
    """A run of this source that had applied the feed as far as ``position``."""
    run = factories.make_run(source=factories.make_source(source), decisions_applied=position, manifest=WHOLE)
    return with_file(run)


@pytest.mark.parametrize(
    ("before", "since", "reported_by", "disproved"),
    [
        ((), (), "pas", True),
        ((), (), "lab", False),
        (("lab",), (), "lab", True),
        (("lab",), (), "pas", True),
        ((), ("lab",), "lab", False),
        ((), ("lab", "lab"), "lab", False),
        ((), ("lab",), "pas", True),
        ((), ("lab from the start",), "lab", True),
    ],
    ids=[
        "by the source that was given it",
        "by another source, for the first time",
        "by another source that had reported it before the decision",
        "by the first of two sources that had reported it",
        "by another source that had read past the decision when it first reported it",
        "the same, at its third report",
        "by the first source, after another one came to it",
        "by another source that read the feed from the start after its first report",
    ],
)
def test_a_link_is_disproved_only_by_a_source_that_was_given_it(ana, before, since, reported_by, disproved) -> None:
    land(at(None, "pas"), Line("link"))
    for source in before:
        land(at(None, source), Line("link"))
    decide("link", ana)
    applied = queries.last_position()
    for source in since:
        name, _, start = source.partition(" ")
        land(at(None if start else applied, name), Line("link"))
    landed = land(at(applied, reported_by), Line("link"))
    assert counts(landed) == ({"reopened": 1} if disproved else {"known": 1})
    assert case_of("link").state == (State.OPEN if disproved else State.RELEASED)
    assert Occurrence.objects.filter(case=case_of("link")).count() == 2 + len(before) + len(since)


def test_what_a_run_that_applied_it_reports_no_more_is_proven(ana, pipe) -> None:
    land(factories.make_run(), Line("one"), Line("two"), Line("still"), Line("later"), Line("open"))
    decide("one", ana)
    decide("two", ana, "NO_MATCH")
    decide("still", ana, "NO_MATCH")
    applied = queries.last_position()
    actions.acknowledge(source=factories.make_source(), through=1, by=pipe)
    decide("later", ana)
    run = with_file(factories.make_run(decisions_applied=applied, manifest=WHOLE))
    land(run, Line("still"))
    assert proving.prove(run) == 2
    states = {name: case_of(name).state for name in ("one", "two", "still", "later", "open")}
    assert states == {
        "one": State.VERIFIED,
        "two": State.VERIFIED,
        "still": State.RELEASED,
        "later": State.RELEASED,
        "open": State.OPEN,
    }


def test_a_run_proves_nothing_that_it_did_not_look_at(ana) -> None:
    land(factories.make_run(), Line("x"))
    decide("x", ana)
    applied = queries.last_position()
    assert proving.prove(factories.make_run(decisions_applied=applied, manifest=WHOLE)) == 0, "it carried no merges"
    assert proving.prove(with_file(factories.make_run(manifest=WHOLE))) == 0, "it applied nothing"
    other = factories.make_wave("wave-2")
    assert proving.prove(with_file(factories.make_run(wave=other, decisions_applied=applied, manifest=WHOLE))) == 0, (
        "another wave"
    )
    assert case_of("x").state == State.RELEASED


def test_recalling_a_run_withdraws_what_only_it_reported(ana, ben) -> None:
    run, other = factories.make_run(), factories.make_run()
    land(run, Line("only"), Line("held"), Line("both"), Line("done"))
    land(other, Line("both"))
    actions.claim(case=case_of("held"), by=ben)
    decide("done", ana)
    assert outcomes.preview(run) == outcomes.Withdrawn(withdrawn=2, settled=1, known_elsewhere=1)
    assert outcomes.withdraw(run) == outcomes.Withdrawn(withdrawn=2, settled=1, known_elsewhere=1)
    states = [case_of(name).state for name in ("only", "held", "both", "done")]
    assert states == [State.WITHDRAWN, State.WITHDRAWN, State.OPEN, State.RELEASED]
    assert not Claim.objects.exists()
    assert not HeldRecord.objects.exists()
    run.state = RunState.RECALLED
    run.save()
    back = factories.make_run()
    assert counts(land(back, Line("only"))) == {"returned": 1}
    assert (case_of("only").state, case_of("only").opened_run) == (State.OPEN, back)


def test_routing_due_times_and_priority_come_from_the_rules(queue) -> None:
    severe = factories.make_queue("severe")
    RoutingRule.objects.create(
        order=1, name="r", kind="merge", conditions={"severity_at_least": 4}, queue=severe, priority=9
    )
    SlaPolicy.objects.create(queue=severe, severity=None, minutes=30)
    now = timezone.now()
    land(factories.make_run(), Line("x", severity=4), Line("y", severity=1))
    assert (case_of("x").queue, case_of("x").priority) == (severe, 409)
    assert abs(case_of("x").due_at - now - dt.timedelta(minutes=30)) < dt.timedelta(seconds=30)
    assert (case_of("y").queue, case_of("y").priority) == (queue, 100)


def test_a_case_that_comes_back_or_is_reported_otherwise_is_routed_again(queue, ana) -> None:
    severe = factories.make_queue("severe")
    conditions = {"severity_at_least": 4}
    RoutingRule.objects.create(order=1, name="r", kind="merge", conditions=conditions, queue=severe)
    land(factories.make_run(), Line("x", severity=2), Line("y", severity=2))
    decide("x", ana)
    land(factories.make_run(), Line("x", "b", severity=4), Line("y", "b", severity=4))
    assert [case_of(name).queue for name in "xy"] == [severe, severe]


def test_a_case_that_was_handed_on_comes_back_where_it_was_sent(queue, ana) -> None:
    specialists = factories.make_queue("specialists")
    factories.make_queue(queue.slug, targets={"escalation": specialists})
    RoutingRule.objects.create(order=1, name="r", kind="merge", conditions={}, queue=queue)
    land(factories.make_run(), Line("x"))
    Case.objects.update(queue=specialists)
    decide("x", ana)
    land(factories.make_run(), Line("x", "b"))
    assert case_of("x").queue.slug == "specialists"


def test_without_a_queue_nothing_lands_and_the_sentence_says_why(queue) -> None:
    queue.active = False
    queue.save()
    with pytest.raises(Invalid, match="No active queue accepts"):
        land(factories.make_run(), Line("x"))
    assert not Case.objects.exists()


def test_a_model_of_cases_and_the_database_agree_over_random_runs() -> None:
    """Random chunks with repeats: cases, exceptions and occurrences are as a few dictionaries say."""
    random.seed(7)
    evidence: dict[str, str] = {}
    lines_seen = 0
    for _ in range(25):
        chunk = [Line(str(random.randrange(30)), random.choice("aab")) for _ in range(random.randrange(1, 25))]
        landed = land(factories.make_run(), *chunk)
        new = {line.name for line in chunk} - set(evidence)
        evidence |= {line.name: line.evidence for line in chunk}
        lines_seen += len(chunk)
        assert landed.opened == len(new)
        assert landed.opened + landed.known + landed.duplicates == len(chunk)
        assert landed.known == sum(line.name not in new for line in chunk)
    assert Occurrence.objects.count() == lines_seen
    for name, latest in evidence.items():
        payload = MigrationException.objects.get(pk=case_of(name).latest_exception_id).payload
        assert f'"{name}-{latest}"' in payload
    assert sum(QueueTally.objects.filter(state="open").values_list("delta", flat=True)) == len(evidence)
