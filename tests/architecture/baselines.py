"""Committed baselines: what a test found last time, kept beside it. CONCORD_WRITE_BASELINES=1 writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def compare(name: str, found: dict[str, Any]) -> None:
    """Assert that ``found`` is what the baseline says, or write it. A change is reviewed like any other line."""
    path = HERE / f"{name}.json"
    if os.environ.get("CONCORD_WRITE_BASELINES") == "1":
        path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    known = json.loads(path.read_text(encoding="utf-8"))
    differing = {
        key: (known.get(key), found.get(key))
        for key in sorted(set(known) | set(found))
        if known.get(key) != found.get(key)
    }
    assert not differing, f"{name}.json says (first), found (second); CONCORD_WRITE_BASELINES=1 writes it anew"
