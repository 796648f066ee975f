"""Why runs are made: the words of manifests, and what pages call them."""

from __future__ import annotations

from typing import Final

PURPOSES: Final = {
    "history": "Full load of history",
    "delta": "Delta",
    "live": "Live synchronisation",
    "shadow": "Shadow run",
    "rehearsal": "Rehearsal",
    "validation": "Validation only",
}
