"""The check before anything is loaded: one pass over each stored file for its size, hash and number of lines."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from triage.intake import streams
from triage.intake.checks import Found
from triage.intake.reader import count_lines


class _Meter:
    """Hashes the stored bytes as they pass and tells how many there were."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self.hash, self.bytes, self.tell = hashlib.sha256(), 0, tell

    def saw(self, data: bytes, /) -> None:
        """Take note of the next stored bytes."""
        self.hash.update(data)
        self.bytes += len(data)
        self.tell(len(data))


def measure(path: Path, *, tell: Callable[[int], None] = lambda _: None) -> Found:
    """What the file holds. ``tell`` hears the size of every piece of stored bytes, for progress and leases.

    Damaged or truncated compression is a finding, not an error: it stands in ``damage``.
    """
    meter, damage, rows = _Meter(tell), "", 0
    try:
        rows = count_lines(streams.blocks(path, meter))
    except streams.Broken as error:
        damage = error.sentence
    if damage:
        _finish(path, meter)
    return Found(bytes=meter.bytes, sha256=meter.hash.hexdigest(), rows=rows, damage=damage)


def _finish(path: Path, meter: _Meter) -> None:
    """Hash what the broken decompression left unread, so that size and digest are those of the whole file."""
    with path.open("rb") as file:
        file.seek(meter.bytes)
        while data := file.read(streams.BLOCK):
            meter.saw(data)
