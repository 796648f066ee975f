"""Committed baselines: what a test found last time, kept beside it. CONCORD_WRITE_BASELINES=1 writes them again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WRITING = os.environ.get("CONCORD_WRITE_BASELINES") == "1"

#: Says what differs under one key of a baseline: takes the key, what the baseline says and what was found.
Explain = Callable[[str, Any, Any], str]


def read(name: str) -> dict[str, Any]:
    """Return the baseline as it stands on disk."""
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return found


def write(name: str, found: dict[str, Any]) -> None:
    """Put ``found`` in the baseline's place."""
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def plain(key: str, known: object, found: object) -> str:
    """Show both values of one key."""
    return f"{key}: {known} in the baseline, {found} found"


def compare(name: str, found: dict[str, Any], explain: Explain = plain) -> None:
    """Assert that ``found`` equals the baseline, or write it. The message names each key that differs."""
    if WRITING:
        write(name, found)
    known = read(name)
    differing = [
        explain(key, known.get(key), found.get(key))
        for key in sorted(set(known) | set(found))
        if known.get(key) != found.get(key)
    ]
    if differing:
        lines = "\n".join(differing)
        raise AssertionError(f"{name}.json no longer holds; CONCORD_WRITE_BASELINES=1 writes it again.\n{lines}")
