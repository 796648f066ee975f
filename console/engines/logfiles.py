"""Log files that do not grow for ever."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LARGEST = 20 * 1024 * 1024
KEPT = 3


def rotate_all(folder: Path, *, largest: int = LARGEST) -> None:
    """Rotate every log in ``folder`` that has passed ``largest`` bytes: ``x.log`` to ``x.log.1``, with three old ones.

    Programs hold their logs open for appending, so a log is copied and cut, not moved: a line written between the
    two may be lost, which is right for these logs and would be wrong for the audit log.
    """
    for log in folder.glob("*.log"):
        if log.stat().st_size > largest:
            for number in range(KEPT, 1, -1):
                older = Path(f"{log}.{number - 1}")
                if older.exists():
                    older.replace(f"{log}.{number}")
            shutil.copyfile(log, f"{log}.1")
            os.truncate(log, 0)
