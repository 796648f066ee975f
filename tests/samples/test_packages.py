"""The packages that the demonstration is made of: they add up, they decode, they give nothing away."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from samples.broken import BREAKAGES
from samples.build import TRUTH, truth
from samples.hospital import at
from samples.review import true_pairs
from samples.story import RUN_FIVE, RUN_FOUR, RUN_ONE, RUN_THREE, RUN_TWO
from tests.samples.reading import lines, manifest, of_kind
from triage.intake.records import RecordExcerpt
from triage.merges.lines import MergeLine

RUNS = [RUN_ONE, RUN_TWO, RUN_THREE, RUN_FIVE, RUN_FOUR]
SOUND = [RUN_ONE, RUN_TWO, RUN_FOUR, RUN_FIVE]
ADDING_UP = [RUN_ONE, RUN_TWO, RUN_THREE, RUN_FOUR]


def readable(directory: Path) -> list[MergeLine]:
    found = []
    for line in of_kind(directory, "merges"):
        try:
            found.append(msgspec.json.decode(line, type=MergeLine))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    return found


@pytest.mark.parametrize("run", RUNS)
def test_digests_and_sizes_are_those_of_the_files(packages: dict[str, Path], run: str) -> None:
    for file in manifest(packages[run]).files:
        data = (packages[run] / file.path).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("run", ADDING_UP)
def test_rows_and_stages_add_up(packages: dict[str, Path], run: str) -> None:
    told = manifest(packages[run])
    assert [file.rows for file in told.files] == [len(lines(packages[run] / file.path)) for file in told.files]
    assert all(stage.in_ == stage.out + stage.rejected for stage in told.stages)
    assert [stage.out for stage in told.stages[:-1]] == [stage.in_ for stage in told.stages[1:]]


def test_the_quarantine_example_breaks_one_count_and_one_stage(packages: dict[str, Path]) -> None:
    told = manifest(packages[RUN_FIVE])
    (file,) = told.files
    assert file.rows == len(lines(packages[RUN_FIVE] / file.path)) + 40
    assert [stage.stage for stage in told.stages if stage.in_ != stage.out + stage.rejected] == ["transform"]


@pytest.mark.parametrize("run", SOUND)
def test_every_line_of_a_sound_run_decodes(packages: dict[str, Path], run: str) -> None:
    assert len(readable(packages[run])) == len(of_kind(packages[run], "merges")) > 0


@pytest.mark.parametrize("run", RUNS)
def test_scores_are_the_prior_plus_the_weights_of_every_pair(packages: dict[str, Path], run: str) -> None:
    wrong = 0
    for line in readable(packages[run]):
        count = len(line.records)
        named = [(pair.left, pair.right) for pair in line.match.pairs]
        for pair in line.match.pairs:
            total = line.match.prior + sum(comparison.weight for comparison in pair.comparisons)
            wrong += abs(total - pair.score) > 0.01
        if all(right < count for _, right in named):
            assert sorted(named) == [(a, b) for a in range(count) for b in range(a + 1, count)]
    assert wrong == (1 if run == RUN_THREE else 0)


def test_run_three_breaks_a_line_in_every_way(packages: dict[str, Path]) -> None:
    *_, damaged, _records = manifest(packages[RUN_THREE]).files
    found = lines(packages[RUN_THREE] / damaged.path)
    assert b"" in found
    assert any(len(line) > 1024 * 1024 for line in found)
    assert any(b"\\u0000" in line for line in found)
    assert any(b"\x00" in line for line in found)
    assert len(found) - len(set(found)) == 1
    assert any(line.startswith(b"\xef\xbb\xbf") for line in of_kind(packages[RUN_THREE], "merges"))
    unreadable = len(of_kind(packages[RUN_THREE], "merges")) - len(readable(packages[RUN_THREE]))
    decodes = {"escaped_nul", "weights_do_not_add_up", "pair_out_of_range"}
    bom = 1
    assert unreadable == len(BREAKAGES) - len(decodes) + bom


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.__name__)
def test_every_breakage_changes_a_line_but_keeps_it_one_line(packages: dict[str, Path], breakage: object) -> None:
    line = next(line for line in of_kind(packages[RUN_ONE], "merges") if b'"family":"' in line)
    assert callable(breakage)
    assert breakage(line) != line
    assert b"\n" not in breakage(line)


@pytest.mark.parametrize("run", ADDING_UP)
def test_every_record_of_a_case_has_its_chart_excerpt(packages: dict[str, Path], run: str) -> None:
    charts = [msgspec.json.decode(line, type=RecordExcerpt) for line in of_kind(packages[run], "records")]
    named = {(record.system, record.id) for line in readable(packages[run]) for record in line.records}
    assert named <= {(chart.system, chart.id) for chart in charts}
    assert len({(chart.system, chart.id) for chart in charts}) == len(charts)


def test_the_second_run_knows_most_of_the_first_and_brings_new_and_changed_sets(packages: dict[str, Path]) -> None:
    one, two = ({line.id: line for line in readable(packages[run])} for run in (RUN_ONE, RUN_TWO))
    known = one.keys() & two.keys()
    fields = [[record.fields for record in one[key].records] != [r.fields for r in two[key].records] for key in known]
    assert len(known) > 0.95 * len(one)
    assert len(two) - len(known) >= 50
    assert 10 <= sum(fields) <= 60


@pytest.mark.parametrize("run", RUNS)
def test_no_package_says_who_is_who(packages: dict[str, Path], run: str) -> None:
    text = b"\n".join(line for kind in ("merges", "records", "population") for line in of_kind(packages[run], kind))
    for word in (
        b"rec-",
        b"-org",
        b"-dup",
        b"client-duplicate",
        b"namesake",
        b'"person"',
        b'"origin"',
        b'registry_id"',
    ):
        assert word not in text
    names = {path.name.split(".")[0][:7] for path in packages[run].iterdir()}
    assert names <= {"manifes", "merges-", "populat", "records"}


def test_record_ids_of_one_person_have_nothing_in_common() -> None:
    assert all(left[1][1:] != right[1][1:] for left, right in true_pairs(at(1)))


def test_the_truth_that_is_kept_is_the_truth_that_is_built() -> None:
    assert TRUTH.read_text(encoding="utf-8") == truth()


@pytest.mark.slow
def test_another_process_builds_the_same_bytes(packages: dict[str, Path], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "samples.build", "--out", str(tmp_path), "--proof"]
    root = Path(__file__).parents[2]
    subprocess.run(command, check=True, cwd=root, env={**os.environ, "PYTHONHASHSEED": "7"}, stdout=subprocess.DEVNULL)
    for run, directory in packages.items():
        for path in directory.iterdir():
            assert path.read_bytes() == (tmp_path / run / path.name).read_bytes(), f"{run}/{path.name}"


def test_manifests_name_source_run_and_wave(packages: dict[str, Path]) -> None:
    told = [json.loads((directory / "manifest.json").read_bytes()) for directory in packages.values()]
    assert {one["source"] for one in told} == {"legacy-pas"}
    assert {one["wave"] for one in told} == {"wave-1-outpatients", "wave-2-maternity"}
    assert [one["run_id"] for one in told] == list(packages)
