"""What came into queues, went out of them and waits there is what counting would find, whatever moves cases."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from console.errors import Refusal
from tests import factories
from tests.triage.test_tally import History
from triage.cases import actions
from triage.cases.actions import rerouting
from triage.cases.models import Case, State
from triage.days import actions as days
from triage.days import flow
from triage.days.ages import Ages
from triage.days.models import QueueFlow
from triage.queues.models import Queue, RoutingRule

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def queue(db):
    overlays = factories.make_queue("overlays")
    return factories.make_queue(targets={"escalation": overlays, "overlay": overlays}, undo_seconds=0)


def hour_of(moment: dt.datetime) -> dt.datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def pending() -> set[tuple[int, int]]:
    return set(Case.objects.filter(state__in=State.PENDING).values_list("pk", "queue"))


def counted_ages() -> Counter:
    """Waiting cases by queue and hour of opening, by looking at each."""
    cases = Case.objects.filter(state__in=State.PENDING).values_list("queue", "opened_at")
    return Counter((queue, hour_of(opened)) for queue, opened in cases)


def kept_ages() -> Counter:
    found: Counter = Counter()
    for queue, opened, came, went in QueueFlow.objects.filter(opened__isnull=False).values_list(
        "queue_id", "opened", "came", "went"
    ):
        found[queue, opened] += came - went
    return Counter({place: number for place, number in found.items() if number})


def gross() -> tuple[Counter, Counter]:
    came, went = Counter(), Counter()
    for queue, ins, outs in QueueFlow.objects.filter(at__isnull=False).values_list("queue_id", "came", "went"):
        came[queue] += ins
        went[queue] += outs
    return came, went


class Moves(History):
    """The histories of cases, with rules that move them between queues and counts that are folded."""

    def apply_rules(self) -> None:
        rule, _ = RoutingRule.objects.get_or_create(
            name="some", kind="merge", defaults={"order": 1, "queue": Queue.objects.get(slug="merges")}
        )
        rule.queue, rule.conditions = self.rng.choice(list(Queue.objects.order_by("pk"))), {"severity_at_least": 3}
        rule.save()
        rerouting.apply_rules(kind="merge", by=self.people[-1])

    def release_claim(self) -> None:
        claimed = list(Case.objects.filter(state="claimed").order_by("pk"))
        if claimed:
            case = self.rng.choice(claimed)
            actions.release_claim(case=case, by=case.claim.by)

    def fold(self) -> None:
        days.fold_flow()

    def step(self) -> None:
        if self.rng.random() < 0.2:
            self.rng.choice([self.apply_rules, self.release_claim, self.fold])()
        else:
            super().step()


@pytest.mark.parametrize("seed", range(4))
def test_random_histories_are_counted_as_looking_at_each_case_would(seed, ana, ben, lena, omar, monkeypatch) -> None:
    monkeypatch.setattr(days, "_FOLD_ABOVE", 5)
    history, start, refused = Moves(seed, [ana, ben, lena], omar), timezone.now(), 0
    history.land()
    came, went = gross()
    for step in range(70):
        before = pending()
        with time_machine.travel(start + step * HOUR / 3, tick=False):
            try:
                history.step()
            except Refusal:
                refused += 1
        after = pending()
        came.update(queue for _, queue in after - before)
        went.update(queue for _, queue in before - after)
        assert gross() == (came, went)
        assert kept_ages() == counted_ages()
    assert refused < 60


def test_claiming_and_releasing_a_claim_are_no_movement(ana) -> None:
    case = factories.make_case()
    rows = QueueFlow.objects.count()
    actions.claim(case=case, by=ana)
    actions.release_claim(case=case, by=ana)
    assert QueueFlow.objects.count() == rows


def test_folding_keeps_what_pages_show_in_few_rows(queue, monkeypatch) -> None:
    monkeypatch.setattr(days, "_FOLD_ABOVE", 5)
    now = timezone.localtime()
    for age in (0, 1, 3, 5, 8, 30, 300):
        for _ in range(3):
            factories.make_case(queue=queue, opened_at=now - age * DAY)
    for ago, row in enumerate(QueueFlow.objects.filter(opened__isnull=False).order_by("pk")):
        QueueFlow.objects.filter(pk=row.pk).update(at=hour_of(now - ago * DAY))
    before, rows = flow.flows_of([queue], now)[queue.pk], QueueFlow.objects.count()
    assert before.ages == Ages((3, 3, 3, 3, 9))
    assert days.fold_flow() == rows
    assert flow.flows_of([queue], now)[queue.pk] == before
    assert QueueFlow.objects.filter(opened__isnull=False).count() == 6, "all that is old stands together"
    assert days.fold_flow() == 0, "what is folded already is left alone"
    Case.objects.filter(opened_at__lt=now - 200 * DAY).update(state="withdrawn")
    assert flow.flows_of([queue], now)[queue.pk].ages == Ages((3, 3, 3, 3, 6)), "one that leaves is taken from there"


def test_the_migration_counts_what_waited_before(queue) -> None:
    """The last statements of flow.sql, run on a database that has cases."""
    for age in (0, 2, 9):
        factories.make_case(queue=queue, opened_at=timezone.now() - age * DAY)
    factories.make_case(queue=queue, state="withdrawn")
    now = timezone.localtime()
    before = flow.flows_of([queue], now)[queue.pk].ages
    QueueFlow.objects.all().delete()
    with open("triage/days/sql/flow.sql", encoding="utf-8") as file, connection.cursor() as cursor:
        cursor.execute(file.read().partition("counting starts with this hour.")[2])
    assert flow.flows_of([queue], now)[queue.pk].ages == before
    assert flow.flows_of([queue], now)[queue.pk].days == (), "no full day has been counted"


# Days of the person's zone


def put(queue: Queue, at: dt.datetime, *, came: int = 0, went: int = 0) -> None:
    QueueFlow.objects.create(queue_id=queue.pk, at=hour_of(at), came=came, went=went)


@pytest.mark.parametrize("zone", ["UTC", "Africa/Kampala", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_days_are_those_of_the_persons_zone_and_today_is_none_of_them(queue, zone) -> None:
    with timezone.override(zone):
        now = timezone.localtime().replace(hour=9)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        put(queue, midnight - 20 * DAY, came=100)
        put(queue, midnight - 7 * DAY, came=5, went=1)
        put(queue, midnight - HOUR, came=1, went=3)
        put(queue, midnight, came=7, went=2)
        found = flow.flows_of([queue], now)[queue.pk]
    assert [day.day for day in found.days] == [now.date() - ago * DAY for ago in range(7, 0, -1)]
    assert [(day.came, day.went) for day in found.days] == [(5, 1), *[(0, 0)] * 5, (1, 3)]
    assert (found.today.came, found.today.went) == (7, 2)
    assert found.came_a_day == "0.9"


def test_the_day_on_which_counting_started_is_no_full_day(queue) -> None:
    now = timezone.localtime()
    put(queue, now - 3 * DAY, came=9)
    put(queue, now - DAY, went=1)
    found = flow.flows_of([queue], now)[queue.pk]
    assert [(day.came, day.went) for day in found.days] == [(0, 0), (0, 1)]


def test_a_queue_without_counts_has_no_days(queue) -> None:
    found = flow.flows_of([queue], timezone.localtime())[queue.pk]
    assert (found.days, found.today.came, found.ages.total, found.came_a_day) == ((), 0, 0, "")
