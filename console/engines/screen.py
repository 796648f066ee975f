"""What the supervisor says: one line a step, nothing that scrolls by."""

from __future__ import annotations

import contextlib
import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Screen:
    """Lines for the person at the terminal; plain text when the output is a file."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty()
        if isinstance(self._stream, io.TextIOWrapper):
            self._stream.reconfigure(errors="replace")  # a terminal without ticks is no reason to stop

    def say(self, text: str = "") -> None:
        """One line."""
        with contextlib.suppress(OSError):  # the terminal may be gone; the console is not
            self._stream.write(text + "\n")
            self._stream.flush()

    def note(self, text: str) -> None:
        """One line about something that happened while the console runs, with the time of day."""
        self.say(f"  {time.strftime('%H:%M:%S')}  {text}")

    @contextmanager
    def step(self, text: str) -> Iterator[list[str]]:
        """A step with a tick and its duration; what is appended to the list is shown behind it."""
        began = time.monotonic()
        remarks: list[str] = []
        if self._live:
            self._stream.write(f"  · {text} …\r")
            self._stream.flush()
        yield remarks
        took = time.monotonic() - began
        shown = f"{text}{': ' if remarks else ''}{', '.join(remarks)}"
        self.say(f"  ✓ {shown}" + (f" ({took:.1f} s)" if took >= 0.5 else "") + ("\033[K" if self._live else ""))
