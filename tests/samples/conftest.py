from __future__ import annotations

from pathlib import Path

import pytest

from samples import next_run
from samples.build import build
from samples.demo_decisions import as_feed, demo_decisions


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every package of the demonstration by run, week 40 with the demo decisions applied."""
    out = tmp_path_factory.mktemp("packages")
    made = [*build(out), next_run.build(out, as_feed(demo_decisions()))]
    return {directory.name: directory for directory in made}
