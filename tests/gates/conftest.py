"""A stage for whole lives of gates, and a package root of its own for each test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.gates.stage import Stage


@pytest.fixture
def stage(db_ready: None, settings: Any, tmp_path: Path) -> Stage:
    """People, a wave and its facts."""
    settings.PACKAGE_ROOT = tmp_path / "store"
    settings.INBOX_ROOT = tmp_path / "inbox"
    settings.INBOX_ROOT.mkdir()
    made = Stage(tmp_path / "made")
    made.facts()
    return made
