"""What is reported: all or nothing, once, never an invalid value."""

from __future__ import annotations

import datetime as dt
import json
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console import fact_changes
from console.audit.models import LogEntry
from console.errors import Denied, Invalid
from console.people.models import User, UserKind
from console.waves.models import Wave
from governance.measures import actions, lines, queries
from governance.measures.models import Sample
from governance.measures.values import Definition
from tests import factories, listening
from triage.line_handlers import Origin


def at(minutes: float = 1) -> str:
    """So many minutes ago."""
    return (timezone.now() - dt.timedelta(minutes=minutes)).isoformat()


def line(**changes: Any) -> dict[str, Any]:
    return {"measure": "chart-open-p95", "wave": "wave-1", "value": 1.5, "as_of": at()} | changes


def ratio(above: int = 99, below: int = 100, **changes: Any) -> dict[str, Any]:
    given = {"measure": "login-success", "wave": "wave-1", "numerator": above, "denominator": below, "as_of": at()}
    return given | changes


@pytest.fixture
def wave(db_ready: None) -> Wave:
    return factories.make_wave()


def test_a_report_is_kept_logged_and_told(pipe: User, wave: Wave, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[fact_changes.Change] = []
    listening.only(monkeypatch, told.append)
    done = actions.report(lines=[line(), ratio(), line(wave="", value=9)], source="api:watch", by=pipe)
    assert (done.kept, done.repeated, done.corrected) == (3, 0, 0)
    entry = LogEntry.objects.get(verb="measure.reported")
    assert entry.facts["codes"] == ["chart-open-p95", "login-success"]
    assert queries.read("chart-open-p95", wave).value == Decimal("1.5")
    assert queries.read("chart-open-p95", None).value == 9
    assert [(change.cause, change.waves) for change in told] == [("measures_reported", (wave.pk,))]


def test_the_same_report_again_changes_nothing(pipe: User, wave: Wave) -> None:
    report = [line(), ratio()]
    actions.report(lines=report, source="api:watch", by=pipe)
    again = actions.report(lines=report, source="api:watch", by=pipe)
    assert (again.kept, again.repeated) == (0, 2)
    assert Sample.objects.count() == 2
    assert LogEntry.objects.filter(verb="measure.reported").count() == 1


def test_another_value_of_the_same_time_corrects_and_says_so(pipe: User, wave: Wave) -> None:
    first = line(value=9)
    actions.report(lines=[first], source="api:watch", by=pipe)
    done = actions.report(lines=[first | {"value": 1}], source="api:watch", by=pipe)
    assert (done.kept, done.corrected) == (1, 1)
    assert queries.read("chart-open-p95", wave).value == 1
    back = actions.report(lines=[first], source="api:watch", by=pipe)
    assert (back.kept, back.corrected) == (1, 1)
    assert queries.read("chart-open-p95", wave).value == 9


REFUSED = [
    (line(value=float("nan")), "The value is not a number."),
    (line(value="sNaN"), "The value is not a number."),
    (line(value=float("inf")), "The value is not a number."),
    (line(value=-0.1), "Its value is negative."),
    (line(value=10**400), "The value is out of range."),
    (line(value=None), "chart-open-p95 needs a value. To report no data, omit the line."),
    (line(value=True), "Expected `decimal | null`, got `bool`"),
    (line(numerator=1), "is not a ratio"),
    (line(measure="interface-backlog", value=1.5), "must be a whole number"),
    (line(measure="restore-test", value=0), "its value is 1 or left out"),
    (line(measure="restore-test", value="sNaN"), "its value is 1 or left out"),
    (ratio(101, 100), "Its numerator (101) is larger than its denominator (100)."),
    (ratio(-1, 100), "Expected `int` >= 0"),
    (ratio(numerator=None), "needs a numerator and a denominator"),
    (ratio(value=0.99), "give numerator and denominator instead of a value"),
    (ratio(2**63, 2**63), "Expected `int`"),
    (line(as_of=at(-24 * 60)), "more than 5 minutes in the future"),
    (line(as_of="2026-11-21T03:00:00"), "timezone"),
    (line(as_of="0001-01-01T00:00:00+14:00"), "not a valid date"),
    (line(as_of="1999-01-01T00:00:00Z"), "older than the 400 days"),
    (line(as_of="yesterday"), "RFC3339"),
    (line(measure="no-such"), "There is no measure “no-such”; define it first."),
    (line(measure="critical-open"), "calculated by Concord"),
    (line(wave="no-such"), "There is no such wave, or you may not report for it."),
    (line(wave="nul\0"), "There is no such wave"),
    (line(dimension="a\nb\n"), "dimension"),
    (line(dimension="\ud800"), ""),
    (line(surprise=1), "unknown field `surprise`"),
    ("text", "Expected `object`, got `str`"),
    (line() | {"samples": -1}, "Expected `int` >= 0"),
]


@pytest.mark.parametrize(("bad", "why"), REFUSED, ids=lambda value: str(value)[:40] if isinstance(value, str) else "")
def test_what_cannot_be_believed_refuses_the_whole_report(pipe: User, wave: Wave, bad: Any, why: str) -> None:
    with pytest.raises(Invalid) as caught:
        actions.report(lines=[line(), bad, line(as_of=at(2))], source="api:watch", by=pipe)
    assert [wrong["line"] for wrong in caught.value.details["lines"]] == [2]
    assert why in caught.value.details["lines"][0]["detail"]
    assert caught.value.sentence.startswith("Report rejected: one line of 3 is invalid. Line 2: ")
    assert not Sample.objects.exists()
    assert not LogEntry.objects.filter(verb="measure.reported").exists()


def test_every_bad_line_is_listed(pipe: User, wave: Wave) -> None:
    with pytest.raises(Invalid) as caught:
        actions.report(lines=[line(value=-1), line(), ratio(3, 2)], source="api:watch", by=pipe)
    assert [wrong["line"] for wrong in caught.value.details["lines"]] == [1, 3]


def test_a_report_that_contradicts_itself_is_refused(pipe: User, wave: Wave) -> None:
    one = line()
    with pytest.raises(Invalid, match="Conflicts with line 1"):
        actions.report(lines=[one, one | {"value": 2}], source="api:watch", by=pipe)
    assert actions.report(lines=[one, one], source="api:watch", by=pipe).repeated == 1


@pytest.mark.parametrize("number", [0, 1001])
def test_a_report_has_some_lines_and_not_too_many(pipe: User, wave: Wave, number: int) -> None:
    with pytest.raises(Invalid, match="A report has 1 to 1,000 lines"):
        actions.report(lines=[line()] * number, source="api:watch", by=pipe)


def test_zero_of_zero_is_kept_and_is_no_number(pipe: User, wave: Wave) -> None:
    actions.report(lines=[ratio(0, 0)], source="api:watch", by=pipe)
    assert queries.read("login-success", wave).missing == "There was nothing to count: 0 of 0."


def test_what_is_rounded_is_rounded_to_the_worse_side(pipe: User, wave: Wave) -> None:
    actions.report(lines=[line(value="2.0000000001")], source="api:watch", by=pipe)
    assert queries.read("chart-open-p95", wave).value > 2  # type: ignore[operator]


def test_who_may_report_for_one_wave_reports_for_no_other(ada: User, omar: User, wave: Wave) -> None:
    other = factories.make_wave("wave-2")
    with pytest.raises(Denied, match="do not allow you to report measures"):
        actions.report(lines=[line()], source="api:watch", by=omar)
    watch = factories.make_user("watch", kind=UserKind.SERVICE)
    from guardian.shortcuts import assign_perm

    assign_perm("waves.report_measures", watch, wave)
    assert actions.report(lines=[line()], source="api:watch", by=watch).kept == 1
    for bad in (line(wave=other.slug), line(wave="")):
        with pytest.raises(Invalid, match="may"):
            actions.report(lines=[bad], source="api:watch", by=watch)


def test_lines_of_a_run_are_kept_one_by_one(pipe: User, wave: Wave) -> None:
    run = Origin(7, "r-7", wave.pk, timezone.now())
    good = json.dumps({"measure": "order-errors", "numerator": 1, "denominator": 300, "as_of": at()}).encode()
    bad = json.dumps({"measure": "order-errors", "value": 1, "as_of": at()}).encode()
    refused = actions.keep_lines(run=run, lines=[(4, lines.decode(good)), (9, lines.decode(bad))], by=pipe)
    assert list(refused) == [9]
    assert queries.read("order-errors", wave).source == "run:7"
    assert not actions.keep_lines(run=run, lines=[(4, lines.decode(good))], by=pipe)
    assert Sample.objects.count() == 1


numbers = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals().map(str), st.text(max_size=5), st.just([])
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    measure=st.sampled_from(["chart-open-p95", "login-success", "interface-backlog", "restore-test", "x", "\0"]),
    fields=st.fixed_dictionaries(
        {},
        optional={
            "value": numbers,
            "numerator": numbers,
            "denominator": numbers,
            "samples": numbers,
            "dimension": st.text(max_size=130),
            "wave": st.sampled_from(["", "wave-1", "nope", "é", "\0", 3]),
        },
    ),
    when=st.one_of(st.datetimes().map(str), st.datetimes(timezones=st.timezones()).map(str), st.just(None)),
)
def test_whatever_comes_is_a_sound_value_or_a_sentence(
    pipe: User, wave: Wave, measure: str, fields: dict[str, Any], when: str | None
) -> None:
    before = Sample.objects.count()
    sentences: list[str] = []
    try:
        actions.report(lines=[{"measure": measure, "as_of": when or at()} | fields], source="api:watch", by=pipe)
    except Invalid as refusal:
        sentences = [bad["detail"] for bad in refusal.details["lines"]]
    row = Sample.objects.order_by("-id").first()
    if sentences or row is None:
        assert all(sentences)
        assert Sample.objects.count() == before
        return
    known = queries.definition(row.measure)
    assert isinstance(known, Definition)
    assert row.as_of is not None
    assert row.as_of <= timezone.now() + dt.timedelta(minutes=5)
    if known.unit == "ratio":
        assert row.value is None
        assert 0 <= row.numerator <= row.denominator  # type: ignore[operator]
    else:
        assert row.value is not None
        assert row.value >= 0


@pytest.mark.committed
def test_the_same_report_at_once_is_kept_once(committed_db: str) -> None:
    factories.make_wave()
    pipe = factories.make_user("pipe", role="pipeline", kind=UserKind.SERVICE)
    report = [line(as_of=at(minutes)) for minutes in range(1, 40)]
    kept: list[int] = []

    def send() -> None:
        kept.append(actions.report(lines=report, source="api:watch", by=User.objects.get(pk=pipe.pk)).kept)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept) == [0, 0, 0, 0, 0, 39]
    assert Sample.objects.count() == 39


def test_a_measure_no_longer_reported_takes_no_values(omar: User, pipe: User, wave: Wave) -> None:
    made = actions.define_measure(
        code="bed-board", title="Bed board", unit="count", direction="lower", fresh_seconds=60, by=omar
    )
    actions.report(lines=[line(measure="bed-board", value=3)], source="api:watch", by=pipe)
    actions.change_measure(
        measure=made, title="Bed board", direction="lower", fresh_seconds=60, keep_days=10, active=False, by=omar
    )
    with pytest.raises(Invalid, match="bed-board is no longer reported"):
        actions.report(lines=[line(measure="bed-board", value=4)], source="api:watch", by=pipe)
    assert queries.read("bed-board", wave).value == 3
