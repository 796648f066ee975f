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
from triage.cases import kinds
from triage.intake.manifest import Manifest

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
FEED = as_feed(demo_decisions())


@pytest.fixture(scope="module")
def dress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rehearsal.dress(tmp_path_factory.mktemp("dress"), FEED, now=NOW)


def test_the_manifest_adds_up_and_ended_forty_minutes_ago(dress: Path) -> None:
    said = manifest(dress)
    assert (said.run_id, said.wave) == (rehearsal.DRESS, WAVE_ONE)
    assert dt.datetime(2026, 11, 21, 8, 20, tzinfo=dt.UTC) == said.finished_at > said.started_at
    for file in said.files:
        data = (dress / file.path).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert file.rows == len(lines(dress / file.path))
    _adds_up(said)


def _adds_up(said: Manifest) -> None:
    assert all(stage.in_ == stage.out + stage.rejected for stage in said.stages)
    assert all(one.out == two.in_ for one, two in itertools.pairwise(said.stages))


def test_the_validated_run_asks_what_week_40_asked(packages: dict[str, Path], tmp_path: Path) -> None:
    directory = rehearsal.validation(tmp_path, FEED, now=NOW)
    assert NOW - manifest(directory).finished_at == dt.timedelta(days=3)
    assert asked(directory) == asked(packages[RUN_FOUR])
    _adds_up(manifest(directory))


def asked(directory: Path) -> dict[Any, Any]:
    return {keys: fields(line) for keys, line in reported(directory).items()}


def test_the_dress_rehearsal_asks_three_critical_questions_more(dress: Path, packages: dict[str, Path]) -> None:
    before, now = reported(packages[RUN_FOUR]), reported(dress)
    assert asked(packages[RUN_FOUR]).items() <= asked(dress).items()
    new = [now[keys] for keys in now if keys not in before]
    assert [(line.severity, len(line.records)) for line in new] == [("critical", 2)] * 3
    assert len({line.reasons[0] for line in new}) == 3, "each for another reason"
    uses = [key for keys in now for key in keys]
    for line in new:
        assert [uses.count((record.system, record.id)) for record in line.records] == [1, 1], "no sibling is in the way"


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


@pytest.mark.parametrize("week", [1, 2, 4])
def test_every_critical_set_of_the_weeks_has_an_answer_with_a_reason_of_its_verdict(week: int) -> None:
    spoken_for = {frozenset(decision.records) for decision in demo_decisions()}
    answered = {frozenset(each.records): each for each in critical.answers(week)}
    for found in review_sets(week, WAVE_ONE):
        assert (found.keys in answered) == (critical.critical(found) and found.keys not in spoken_for)
    for each in answered.values():
        assert each.reason in {reason.code for reason in kinds.get("merge").reasons_for(each.verdict)}


def test_what_was_disproved_is_answered_the_other_way_round() -> None:
    [wrong] = [decision for decision in demo_decisions() if not decision.right]
    assert wrong.verdict == "LINK"
    assert critical.second_answer(wrong).verdict == "NO_MATCH"
    for each in (critical.second_answer(decision) for decision in demo_decisions()):
        assert each.reason in {reason.code for reason in kinds.get("merge").reasons_for(each.verdict)}


@pytest.mark.parametrize("number", [1, 2])
def test_a_delta_asks_the_same_and_one_critical_question_no_one_has_seen(
    dress: Path, tmp_path: Path, number: int
) -> None:
    directory = rehearsal.delta(tmp_path, FEED, number=number, now=NOW)
    before, after = reported(dress), reported(directory)
    new = [after[keys] for keys in after if keys not in before]
    assert asked(dress).items() <= asked(directory).items()
    assert [line.severity for line in new] == ["critical"] * number
    _adds_up(manifest(directory))
    assert manifest(directory).finished_at == NOW
    excerpts = {(one["system"], one["id"]) for one in map(msgspec.json.decode, of_kind(directory, "records"))}
    assert {(record.system, record.id) for line in new for record in line.records} <= excerpts


def test_newcomers_are_derived_and_their_numbers_are_no_one_elses() -> None:
    pairs = [critical.newcomer(number) for number in range(1, 7)]
    came = [record for pair in pairs for record in pair.records if record.origin == "newcomer"]
    known = {record.key for record in at(4)}
    assert len({record.key for record in came} - known) == len(pairs)
    assert [pair.persons for pair in pairs] == [2, 1, 2, 2, 1, 2]
