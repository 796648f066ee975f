"""Samples of built-in measures: kept when something changed or an hour has gone, let go when their time is over."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Denied
from console.people.models import User
from console.people.queries import system
from governance.measures import actions, queries, tasks
from governance.measures.models import Sample
from tests import factories
from triage.queues.models import Severity


def test_a_sample_is_kept_when_a_value_changed_or_an_hour_has_gone(db: None) -> None:
    concord, now = system(), timezone.now()
    run = factories.make_run()
    factories.make_case(run=run, severity=Severity.CRITICAL)
    assert actions.sample_builtins(by=concord, now=now) > 3
    assert actions.sample_builtins(by=concord, now=now + dt.timedelta(minutes=1)) == 0
    factories.make_case(run=run, severity=Severity.CRITICAL)
    assert actions.sample_builtins(by=concord, now=now + dt.timedelta(minutes=2)) > 0
    critical = Sample.objects.filter(measure="critical-open", wave=run.wave).order_by("id")
    assert [row.value for row in critical] == [1, 2]
    assert actions.sample_builtins(by=concord, now=now + dt.timedelta(minutes=63)) > 3
    points = queries.trends([("critical-open", "")], run.wave, since=now - dt.timedelta(hours=1), until=now)
    assert [point.value for point in points["critical-open", ""]] == [1]


def test_what_has_no_value_leaves_no_sample(db: None) -> None:
    factories.make_wave()
    assert actions.sample_builtins(by=system()) == 0
    assert not LogEntry.objects.filter(verb="measure.sampled").exists()


def test_a_live_reading_is_never_a_sample(db: None) -> None:
    run = factories.make_run()
    actions.sample_builtins(by=system())
    factories.make_case(run=run, severity=Severity.CRITICAL)
    assert queries.read("critical-open", run.wave).value == 1


def test_samples_go_when_their_time_is_over(db: None, omar: User) -> None:
    wave, now = factories.make_wave(), timezone.now()
    brief = {"unit": "count", "direction": "lower", "fresh_seconds": 60, "keep_days": 10, "by": omar}
    actions.define_measure(code="brief", title="Brief", **brief)
    for code, days in (("brief", 11), ("brief", 9), ("replication-lag", 399), ("replication-lag", 401), ("gone", 500)):
        at = now - dt.timedelta(days=days)
        Sample.objects.create(measure=code, wave=wave, value=1, as_of=at, received_at=at, source="api:watch")
    assert actions.forget_old(by=system(), now=now) == 3
    assert sorted(Sample.objects.values_list("measure", flat=True)) == ["brief", "replication-lag"]
    assert LogEntry.objects.get(verb="measure.forgotten").facts["count"] == 3
    assert actions.forget_old(by=system(), now=now) == 0


def test_no_one_else_samples_or_forgets(db: None, bo: User) -> None:
    with pytest.raises(Denied):
        actions.sample_builtins(by=bo)
    with pytest.raises(Denied):
        actions.forget_old(by=bo)


def test_beat_does_both(db: None) -> None:
    run = factories.make_run()
    factories.make_case(run=run)
    tasks.sample()
    tasks.forget()
    assert Sample.objects.filter(measure="open-cases", dimension="severity/medium", value=1).exists()


@pytest.mark.committed
def test_two_at_once_keep_one(committed_db: str) -> None:
    import threading

    factories.make_case()
    kept: list[int] = []

    def sample() -> None:
        kept.append(actions.sample_builtins(by=system(), now=timezone.now()))
        connection.close()

    threads = [threading.Thread(target=sample) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Sample.objects.filter(measure="critical-open").count() == 1
