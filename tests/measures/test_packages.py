"""Run packages bring measures: sound lines become samples of the run's wave, the others are rejected lines."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.utils import timezone

from console.waves.models import Wave
from governance.measures import queries
from governance.measures.models import Sample
from tests.intake import making
from triage.runs.models import RejectedLine, RunState


def stamp(minutes: int) -> str:
    return (timezone.now() - dt.timedelta(minutes=minutes)).isoformat()


def test_a_package_brings_values_once(db: None, tmp_path: Path) -> None:
    making.world()
    sound = {"measure": "login-success", "numerator": 99, "denominator": 100, "as_of": stamp(9)}
    lines = [
        sound,
        {"measure": "chart-open-p95", "value": 1.4, "samples": 300, "as_of": stamp(9)},
        {"measure": "login-success", "numerator": 101, "denominator": 100, "as_of": stamp(9)},
        {"measure": "login-success", "numerator": 1, "denominator": 1, "as_of": stamp(-30)},
        b'{"measure": "chart-open-p95", "value": NaN, "as_of": "2026-11-21T03:00:00Z"}',
        {"measure": "critical-open", "value": 0, "as_of": stamp(9)},
    ]
    file = making.lines_file(tmp_path / "r1", lines, "measures.ndjson.gz", "measures")
    run = making.take_in(making.manifest(tmp_path / "r1", [file]))
    run.refresh_from_db()
    assert run.state == RunState.LOADED
    assert list(RejectedLine.objects.order_by("line_no").values_list("line_no", flat=True)) == [3, 4, 5, 6]
    wave = Wave.objects.get(slug="wave-1")
    reading = queries.read("login-success", wave)
    assert (reading.numerator, reading.denominator, reading.source) == (99, 100, f"run:{run.pk}")
    assert queries.read("chart-open-p95", wave).samples == 300
    again = making.lines_file(tmp_path / "r2", [sound], "measures.ndjson", "measures")
    making.take_in(making.manifest(tmp_path / "r2", [again]))
    assert Sample.objects.filter(measure="login-success").count() == 1
