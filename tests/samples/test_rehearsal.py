"""The dress rehearsal asks what is still open, reconciles what it moved, and is followed by one critical surprise."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from samples import critical, operations, rehearsal
from samples.demo_decisions import as_feed, demo_decisions
from samples.hospital import at
from samples.review import WAVE_ONE, review_sets
from samples.story import RUN_FOUR
from tests.samples.reading import lines, manifest, of_kind
from tests.samples.test_next_run import fields, reported
from triage.intake.manifest import Manifest
from triage.merges.verdicts import reasons_for

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
FEED = as_feed(demo_decisions())


@pytest.fixture(scope="module")
def dress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rehearsal.dress(tmp_path_factory.mktemp("dress"), FEED, now=NOW)


def test_the_manifest_adds_up_and_ended_forty_minutes_ago(dress: Path) -> None:
    said = manifest(dress)
    assert (said.run_id, said.wave) == (rehearsal.DRESS_REHEARSAL, WAVE_ONE)
    assert dt.datetime(2026, 11, 21, 8, 20, tzinfo=dt.UTC) == said.finished_at > said.started_at
    for file in said.files:
        data = (dress / file.path).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert file.rows == len(lines(dress / file.path))
    _adds_up(said)


def _adds_up(said: Manifest) -> None:
    assert all(stage.in_ == stage.out + stage.rejected for stage in said.stages)
    assert all(one.out == two.in_ for one, two in itertools.pairwise(said.stages))


def test_it_asks_what_week_40_asked(dress: Path, packages: dict[str, Path]) -> None:
    before, now = reported(packages[RUN_FOUR]), reported(dress)
    assert {keys: fields(line) for keys, line in now.items()} == {keys: fields(line) for keys, line in before.items()}


def test_the_same_moment_gives_the_same_bytes(dress: Path, tmp_path: Path) -> None:
    again = rehearsal.dress(tmp_path, FEED, now=NOW)
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in dress.iterdir()
    }


def test_reconciliation_counts_the_hospital_and_names_every_layer(dress: Path) -> None:
    found = [json.loads(line) for line in of_kind(dress, "reconciliation")]
    assert {line["layer"] for line in found} == {"storage", "schema", "record", "workflow"}
    assert all(0 <= line["matched"] <= line["expected"] for line in found)
    assert len({(line["layer"], line["domain"], line["check"]) for line in found}) == len(found)
    extract, transform, *_ = manifest(dress).stages
    [identity] = [line for line in found if (line["layer"], line["domain"]) == ("record", "identity")]
    assert (identity["expected"], identity["matched"]) == (extract.in_, transform.out)


@pytest.mark.parametrize(("layer", "least"), [("storage", 1), ("schema", 0.995), ("record", 0.995), ("workflow", 0.99)])
def test_each_layer_reconciles_as_far_as_a_board_asks(dress: Path, layer: str, least: float) -> None:
    found = [json.loads(line) for line in of_kind(dress, "reconciliation")]
    matched = sum(line["matched"] for line in found if line["layer"] == layer)
    expected = sum(line["expected"] for line in found if line["layer"] == layer)
    assert expected > 10_000
    assert least <= matched / expected
    assert layer == "storage" or matched < expected


def test_measures_cover_two_hours_without_a_gap(dress: Path) -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    for line in of_kind(dress, "measures"):
        said = json.loads(line)
        found.setdefault(said["measure"], []).append(said)
    tested = found.pop("restore-test")
    assert len(tested) == 1
    assert len(found) == 6
    for said in found.values():
        times = [dt.datetime.fromisoformat(one["as_of"]) for one in said]
        assert times[-1] == manifest(dress).finished_at
        assert {b - a for a, b in itertools.pairwise(times)} == {operations.EVERY}
        assert times[-1] - times[0] == operations.LASTS
        assert all(0 <= one["numerator"] <= one["denominator"] for one in said if "numerator" in one)


def test_what_stays_open_is_two_pairs_that_a_person_can_settle_at_once() -> None:
    left = critical.left_open()
    assert len(left) == critical.LEFT_OPEN == 2
    reported_too = [found.keys for found in review_sets(4, WAVE_ONE)]
    for found in left:
        assert critical.critical(found)
        assert len(found.records) == 2
        assert sum(bool(found.keys & keys) for keys in reported_too) == 1, "no sibling keeps it from being claimed"


def test_every_other_critical_set_has_an_answer_with_a_reason_of_its_verdict() -> None:
    spoken_for = {frozenset(decision.records) for decision in demo_decisions()}
    spoken_for |= {found.keys for found in critical.left_open()}
    for week in critical.WEEKS:
        answered = {frozenset(each.records): each for each in critical.answers(week)}
        for found in review_sets(week, WAVE_ONE):
            assert (found.keys in answered) == (critical.critical(found) and found.keys not in spoken_for)
        for each in answered.values():
            assert each.reason in {reason.code for reason in reasons_for(each.verdict)}


@pytest.mark.parametrize("number", [1, 2])
def test_a_delta_asks_the_same_and_one_critical_question_nobody_has_seen(
    dress: Path, tmp_path: Path, number: int
) -> None:
    directory = rehearsal.delta(tmp_path, FEED, number=number, now=NOW)
    before, after = reported(dress), reported(directory)
    new = [after[keys] for keys in after if keys not in before]
    assert {keys: fields(line) for keys, line in after.items() if keys in before} == {
        keys: fields(line) for keys, line in before.items()
    }
    assert [line.severity for line in new] == ["critical"] * number
    _adds_up(manifest(directory))
    assert manifest(directory).finished_at == NOW
    excerpts = {(one["system"], one["id"]) for one in map(msgspec.json.decode, of_kind(directory, "records"))}
    assert {(record.system, record.id) for line in new for record in line.records} <= excerpts


def test_newcomers_are_derived_and_their_numbers_are_nobody_elses() -> None:
    twins = [record for number in (1, 2, 3) for record in critical.newcomer(number).records if record.id[:2] == "E9"]
    known = {record.key for record in at(4)}
    assert len({record.key for record in twins} - known) == 3
    assert {record.origin for record in twins} == {"newcomer"}
