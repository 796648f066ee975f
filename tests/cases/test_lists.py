"""Lists: every case once, in order, on pages of any size in both directions; counts without scanning."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import random

import pytest
from django.db import connection
from django.utils import timezone

from console.errors import Invalid, Refusal
from console.keyset import Place
from console.people.queries import system
from tests import factories
from triage.cases import actions, filters, listing, queries, sequencer
from triage.cases.actions import maintenance
from triage.cases.listing import Filters
from triage.cases.models import Case, Occurrence, QueueTally, State
from triage.queues.models import Queue, Severity

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def many():
    """Seventy cases with many ties in priority and due time, in two queues and several states."""
    rng = random.Random(3)
    queues = [factories.make_queue("one"), factories.make_queue("two")]
    run = factories.make_run()
    for _ in range(70):
        severity = rng.randint(1, 4)
        due = NOW + dt.timedelta(hours=rng.randint(-2, 2))
        numbers = rng.randrange(10**9), rng.randrange(10**9)
        line = factories.merge_line(*numbers, reasons=[rng.choice("abc")], domain=rng.choice(["identity", "twins"]))
        state = rng.choice([State.OPEN, State.OPEN, State.OPEN, State.WAITING, State.WITHDRAWN])
        factories.make_case(
            queue=rng.choice(queues),
            run=run,
            line=line,
            severity=severity,
            due_at=due,
            state=state,
            priority=severity * 100 + rng.choice([0, 5]),
        )
    return queues


ORDERS = {
    "priority": lambda c: (-c.priority, c.due_at, c.pk),
    "due": lambda c: (c.due_at, c.pk),
    "newest": lambda c: -c.pk,
}


def expected(wanted: Filters) -> list[int]:
    found = list(Case.objects.filter(queue_id__in=wanted.queues, state__in=listing.GROUPS[wanted.state]))
    if wanted.severity:
        found = [c for c in found if c.severity == wanted.severity]
    if wanted.reason:
        found = [c for c in found if wanted.reason in c.reasons]
    if wanted.domain:
        found = [c for c in found if c.domain == wanted.domain]
    if wanted.wave:
        found = [c for c in found if c.wave_id == wanted.wave]
    if wanted.overdue:
        found = [c for c in found if c.due_at < NOW]
    return [c.pk for c in sorted(found, key=ORDERS[wanted.order])]


FILTERS = (
    {},
    {"state": "all"},
    {"state": "active"},
    {"severity": 3},
    {"reason": "a"},
    {"overdue": True},
    {"severity": 2, "reason": "b"},
    {"reason": "unknown-reason"},
    {"state": "waiting", "severity": 1},
    {"domain": "twins"},
    {"state": "unresolved", "severity": 4, "wave": True},
    {"state": "unresolved", "severity": 4, "wave": True, "domain": "twins", "reason": "a"},
    {"state": "unresolved", "severity": 3, "wave": True},
)


def test_every_case_once_in_both_directions(many) -> None:
    for sort, changes, size in itertools.product(listing.SORTS, FILTERS, (4, 100)):
        wave = {"wave": factories.make_wave().pk} if "wave" in changes else {}
        wanted = Filters(tuple(q.pk for q in many), sort=sort, **changes | wave)
        want = expected(wanted)
        assert forth_and_back(wanted, size) == (want, want), (sort, changes, size)
        assert listing.counted(wanted, now=NOW) == (len(want), False)


def forth_and_back(wanted: Filters, size: int) -> tuple[list[int], list[int]]:
    forth, after, page = [], "", None
    while page is None or page.next:
        page = listing.page(wanted, place=Place(after=after), size=size, now=NOW)
        forth += [row.id for row in page.items]
        after = page.next
    back, before = [row.id for row in page.items], page.before
    while before:
        page = listing.page(wanted, place=Place(before=before), size=size, now=NOW)
        back, before = [row.id for row in page.items] + back, page.before
    return forth, back


def test_a_rare_filter_looks_at_so_many_and_says_so(many, monkeypatch) -> None:
    monkeypatch.setattr(listing, "BUDGET", 10)
    wanted = Filters(tuple(q.pk for q in many), reason="a")
    want, seen, after, pages = expected(wanted), [], "", 0
    while True:
        page = listing.page(wanted, place=Place(after=after), size=50, now=NOW)
        seen += [row.id for row in page.items]
        pages += 1
        if not page.next:
            break
        assert page.exhausted
        after = page.next
    assert seen == want
    assert pages > 2
    assert listing.counted(wanted, now=NOW)[1], "the count says that there may be more"


def test_unresolved_critical_cases_of_a_wave_are_found_whatever_lies_around_them(many, monkeypatch) -> None:
    """A gate's second click: no other case may use up the budget."""
    monkeypatch.setattr(listing, "BUDGET", 8)
    run = factories.make_run(wave=factories.make_wave("other"))
    one, two = many
    rare = [factories.make_case(run=run, queue=one, severity=4), factories.make_case(run=run, queue=two, severity=4)]
    factories.make_case(run=run, queue=one, severity=3)
    for _ in range(20):
        factories.make_case(queue=one, severity=4)
    wanted = Filters((one.pk, two.pk), state="unresolved", severity=Severity.CRITICAL, wave=run.wave_id)
    page = listing.page(wanted, now=NOW)
    assert ([row.id for row in page.items], page.exhausted) == ([case.pk for case in reversed(rare)], False)
    mine = dataclasses.replace(wanted, queues=(two.pk,))
    assert [row.id for row in listing.page(mine, now=NOW).items] == [rare[1].pk]
    sql = listing._looked(wanted, None, forward=True)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", listing._values(wanted, None, size=50, now=NOW))
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "cases_case_critical" in plan


def test_cases_are_listed_by_the_run_or_source_that_reported_them(many) -> None:
    pas, lab = factories.make_source("pas"), factories.make_source("lab")
    first, second = factories.make_run("r-1", source=pas), factories.make_run("r-2", source=pas)
    twin = factories.make_run("r-1", source=lab)
    opened = [factories.make_case(queue=many[0], run=run) for run in (first, second, twin)]
    Occurrence.objects.create(case=opened[0], run=second, exception_id=1, file_id=0, line_no=1)

    def found(**query: str) -> set[int]:
        wanted = filters.read(query, many)
        listed, back = forth_and_back(wanted, 2)
        assert listed == back
        assert listing.counted(wanted, now=NOW) == (len(listed), False)
        return set(listed)

    keys = [case.pk for case in opened]
    assert found(run="r-2") == {keys[0], keys[1]}, "a case that it reported again is among them"
    assert found(run="r-1") == {keys[0], keys[2]}, "two sources may give a run the same name"
    assert found(run="r-1", source="lab") == {keys[2]}
    assert found(source="pas") == {keys[0], keys[1]}
    assert found(source="pas", severity="low") == set()
    assert filters.tidy({"run": "r-1", "source": "lab"}) == "run=r-1&source=lab"


def test_a_kind_is_a_choice_of_queues(many) -> None:
    factories.make_queue("texts", kind="consent")
    queues = list(Queue.objects.order_by("pk"))
    assert filters.read({"kind": "merge"}, queues).queues == tuple(q.pk for q in many)
    assert filters.read({}, queues).queues == tuple(q.pk for q in queues)


def test_new_cases_do_not_move_a_page_that_someone_is_on(many) -> None:
    wanted = Filters(tuple(q.pk for q in many))
    first = listing.page(wanted, size=5, now=NOW)
    second = listing.page(wanted, place=Place(after=first.next), size=5, now=NOW)
    factories.make_case(queue=many[0], severity=4, priority=499)
    again = listing.page(wanted, place=Place(after=first.next), size=5, now=NOW)
    assert [r.id for r in again.items] == [r.id for r in second.items]


@pytest.mark.parametrize("marker", ["x", "1~2~3", "1~20260101T000000.0~99999999999999999999", "9" * 200, "\0"])
def test_a_page_marker_of_someone_else_is_refused(marker) -> None:
    with pytest.raises(Invalid):
        listing.page(Filters((1,)), place=Place(after=marker), now=NOW)


@pytest.mark.parametrize(
    "query",
    [
        {"state": "gone"},
        {"severity": "huge"},
        {"wave": "nowhere"},
        {"kind": "riddle"},
        {"domain": "x" * 65},
        {"sort": "luck"},
        {"reason": "x" * 65},
        {"reason": "\0"},
        {"run": "nowhere"},
        {"run": "x" * 101},
        {"source": "nowhere"},
        {"source": "legacy-pas", "run": "run-of-another-source"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(query) -> None:
    factories.make_source("legacy-pas")
    factories.make_run("run-of-another-source", source=factories.make_source("lab"))
    with pytest.raises(Invalid):
        filters.read(query, [])


VERDICTS = {
    "LINK": {},
    "NO_MATCH": {},
    "ESCALATE": {},
    "OVERLAY_SUSPECTED": {},
    "DEFER": {"until": timezone.now() + dt.timedelta(days=1)},
    "NEEDS_INFO": {"asked_of": "x"},
}
STEPS = (
    lambda case, by, verdict, queues: actions.claim(case=case, by=by),
    lambda case, by, verdict, queues: actions.claim_next(queues=queues, by=by),
    lambda case, by, verdict, queues: actions.release_claim(case=case, by=by),
    lambda case, by, verdict, queues: actions.decide(
        case=case, verdict=verdict, reason="other", seen=case.revision, by=by, **VERDICTS[verdict]
    ),
    lambda case, by, verdict, queues: actions.undo(case=case, by=by),
    lambda case, by, verdict, queues: actions.resume(case=case, by=by),
    lambda case, by, verdict, queues: actions.reverse(case=case, reason="x", by=by),
    lambda case, by, verdict, queues: sequencer.release(by=system()),
)


def test_counts_are_what_counting_would_find(ana, ben, lena) -> None:
    """Over random histories of everything that moves cases, before and after folding."""
    rng = random.Random(11)
    factories.make_mailbox("x")
    overlays = factories.make_queue("overlays")
    queue = factories.make_queue("first", targets={"escalation": overlays, "overlay": overlays}, undo_seconds=0)
    cases = [factories.make_case(queue=queue) for _ in range(12)]
    moves = 0
    for _ in range(260):
        case, by = Case.objects.get(pk=rng.choice(cases).pk), rng.choice([ana, ben, lena])
        verdict = rng.choice(list(VERDICTS))
        step = rng.choice(STEPS)
        try:
            step(case, by, verdict, [queue, overlays])
            moves += 1
        except Refusal:
            continue
    assert moves > 40

    def by_scan():
        return {
            q.pk: {s: Case.objects.filter(queue=q, state=s).count() for s in State.values}
            | {"past_cutover": Case.objects.filter(queue=q, past_cutover=True).count()}
            for q in (queue, overlays)
        }

    def kept():
        found = queries.tally([queue, overlays])
        return {q.pk: found[q.pk] for q in (queue, overlays)}

    assert kept() == by_scan()
    assert QueueTally.objects.count() > 64
    assert maintenance.fold_tally() > 0
    assert QueueTally.objects.count() < 20
    assert kept() == by_scan()


def test_pressure_counts_to_a_cap(many) -> None:
    found = queries.pressure(many, NOW)
    for queue in many:
        waiting = Case.objects.filter(queue=queue, state="open")
        assert found[queue.pk].overdue == waiting.filter(due_at__lt=NOW).count()
        assert found[queue.pk].earliest == waiting.order_by("due_at").first().due_at
    assert queries.pressure([Queue(pk=10**9)], NOW)[10**9] == queries.Pressure(0, None)
