"""The generator for benchmarks: sound lines, no record twice, the same bytes again, quickly."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import msgspec
import pytest

from samples.generate import line, make_package, write_merge_lines
from tests.samples.reading import lines, manifest
from triage.merges.lines import MergeLine

COUNT = 5_000


def test_lines_decode_add_up_and_share_no_record(tmp_path: Path) -> None:
    write_merge_lines(tmp_path / "m.ndjson", COUNT, seed=4)
    found = [msgspec.json.decode(one, type=MergeLine) for one in lines(tmp_path / "m.ndjson")]
    assert len(found) == COUNT
    records = [(record.system, record.id) for one in found for record in one.records]
    assert len(set(records)) == 2 * COUNT
    for one in found:
        (pair,) = one.match.pairs
        assert one.match.prior + sum(c.weight for c in pair.comparisons) == pytest.approx(pair.score, abs=0.01)


def test_lines_are_varied_and_of_about_800_bytes(tmp_path: Path) -> None:
    write_merge_lines(tmp_path / "m.ndjson", COUNT, seed=4)
    raw = lines(tmp_path / "m.ndjson")
    found = [msgspec.json.decode(one, type=MergeLine) for one in raw]
    assert 700 < sum(map(len, raw)) / COUNT < 900
    assert {one.severity for one in found} == {"critical", "high", "medium", "low"}
    assert len({tuple(one.reasons) for one in found}) >= 6
    assert len({(r.fields["family"], r.fields["given"]) for one in found for r in one.records}) > 1000


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_packages_add_up_and_repeat_byte_for_byte(tmp_path: Path, suffix: str) -> None:
    one = make_package(tmp_path / "one", COUNT, seed=2, suffix=suffix)
    two = make_package(tmp_path / "two", COUNT, seed=2, suffix=suffix)
    (file,) = manifest(one).files
    data = (one / file.path).read_bytes()
    assert data == (two / file.path).read_bytes()
    assert (file.rows, file.bytes, file.sha256) == (COUNT, len(data), hashlib.sha256(data).hexdigest())
    assert len(lines(one / file.path)) == COUNT
    assert all(stage.in_ == stage.out + stage.rejected for stage in manifest(one).stages)


def test_known_lines_are_those_of_seed_nought_and_the_others_are_new(tmp_path: Path) -> None:
    write_merge_lines(tmp_path / "a.ndjson", 100, seed=0)
    write_merge_lines(tmp_path / "b.ndjson", 100, seed=1, known_share=0.9)
    a, b = lines(tmp_path / "a.ndjson"), lines(tmp_path / "b.ndjson")
    assert a[:90] == b[:90]
    assert not set(a) & set(b[90:])


@pytest.mark.slow
def test_a_line_takes_microseconds() -> None:
    started = time.process_time()
    for number in range(20_000):
        line(number, seed=1)
    assert time.process_time() - started < 2
