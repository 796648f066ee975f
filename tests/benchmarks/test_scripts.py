"""The scripts still run against the code of today, and check what they measure. Their speed here means nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.figures import Figure, load
from tests import databases

pytestmark = pytest.mark.slow

NAMES = (
    "intake of 600 new lines",
    "intake of 600 known lines",
    "intake, most memory",
    "claim next, 20 queues",
    "claim next, one hot queue",
    "a queue, deep page",
    "a case, p95",
    "search, a record number",
    "gate evaluation",
    "the page of a gate",
    "a decision while a package is sealed",
    "a reversal that withdraws signatures",
    "decision with the audit log",
    "decision, form sent",
    "capture of one changed case",
)


def test_every_group_measures_what_it_says(tmp_path: Path) -> None:
    figures = _measure("intake,cases,decisions", tmp_path)
    for name in NAMES:
        assert any(name in figure.name for figure in figures), name
    assert all(figure.value > 0 for figure in figures if figure.unit == "×")
    assert not any("more queries" in figure.name for figure in figures)


def _measure(groups: str, folder: Path) -> list[Figure]:
    """Run groups at their tiny size on the engines of the tests."""
    answer = folder / "figures.json"
    environment = os.environ | {
        "CONCORD_BENCH_TEMPLATE": databases.template(),
        "CONCORD_HOME": str(folder / "console"),
        "CONCORD_DEBUG": "1",  # pages then need no collected static files
    }
    command = [sys.executable, "-m", "benchmarks.group", groups, "tiny", str(answer)]
    done = subprocess.run(
        command, cwd=databases.ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return load(answer.read_text())
