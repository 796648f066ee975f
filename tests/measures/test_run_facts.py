"""Measures of the latest loaded run of a purpose, as gates ask for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from console.waves.models import Wave
from governance import subjects
from governance.gates.models import Kind
from governance.gates.rules import wording
from governance.gates.values import Spec
from governance.measures import builtin, run_facts
from governance.measures.builtin import Series
from tests import factories
from triage.intake.manifest import PURPOSES
from triage.runs import purposes
from triage.runs.models import Reconciliation, Run

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def wave(db: None) -> Wave:
    """A wave with a delta of five hours ago and a rehearsal of one hour ago."""
    wave = factories.make_wave()
    for purpose, hours, rejected in (("delta", 5, 2), ("rehearsal", 1, 7)):
        run = factories.make_run(wave=wave)
        ended = NOW - dt.timedelta(hours=hours)
        Run.objects.filter(pk=run.pk).update(finished_at=ended, purpose=purpose, lines=100, rejected=rejected)
        matched = 100 - rejected
        Reconciliation.objects.create(
            run=run, layer="record", domain="orders", check_name="a", expected=100, matched=matched
        )
    return wave


def read(code: str, wave: Wave, dimension: str) -> Any:
    (found,) = builtin.read(code, [Series(subjects.of_wave(wave), dimension)], NOW)
    return found


def test_the_words_of_manifests_have_labels() -> None:
    assert tuple(purposes.PURPOSES) == PURPOSES


@pytest.mark.parametrize(
    ("dimension", "rejected", "hours"), [("", 7, 1), ("purpose/delta", 2, 5), ("purpose/rehearsal", 7, 1)]
)
def test_the_latest_run_of_a_purpose_is_read(wave: Wave, dimension: str, rejected: int, hours: int) -> None:
    lines, last = read("rejected-lines", wave, dimension), read("last-run", wave, dimension)
    assert (lines.numerator, lines.denominator) == (rejected, 100)
    assert last.as_of == lines.as_of == NOW - dt.timedelta(hours=hours)
    assert last.records.startswith("/runs/")


@pytest.mark.parametrize(
    ("dimension", "why"),
    [
        ("purpose/live", "No run of the purpose “live” has been loaded yet."),
        ("purpose/practice", "Unknown dimension. Use purpose/ and one of history, delta"),
        ("delta", "Unknown dimension."),
        ("purpose/", "Unknown dimension."),
    ],
)
def test_a_purpose_without_a_run_has_no_value(wave: Wave, dimension: str, why: str) -> None:
    for code in ("rejected-lines", "last-run"):
        found = read(code, wave, dimension)
        assert found.missing.startswith(why)
        assert found.value is None


@pytest.mark.parametrize(
    ("dimension", "matched"),
    [
        ("", 93),
        ("purpose/delta", 98),
        ("purpose/delta/record", 98),
        ("purpose/delta/record/orders", 98),
        ("purpose/delta/workflow", None),
        ("purpose/live", None),
        ("purpose/", None),
    ],
)
def test_what_runs_of_a_purpose_reconciled(wave: Wave, dimension: str, matched: int | None) -> None:
    assert read("reconciliation", wave, dimension).numerator == matched


def test_purposes_are_shown_as_parts(wave: Wave) -> None:
    subject = subjects.of_wave(wave)
    found = run_facts.by_purpose(run_facts.last_run)([subject], NOW)[subject]
    assert [reading.dimension for reading in found] == ["purpose/delta", "purpose/rehearsal"]


def test_a_gate_names_the_purpose_in_words() -> None:
    definition = builtin.BUILT_IN["last-run"].definition
    spec = Spec("fresh-delta", 1, Kind.RECENCY, measure="last-run", dimension="purpose/delta", definition=definition)
    assert wording.name(spec) == "Latest loaded run, runs of the purpose “delta”"
