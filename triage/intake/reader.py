"""Lines of a file in chunks, numbered, with the hash of their exact bytes; memory is bounded by lines and by bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

CHUNK_BYTES = 8 * 1024 * 1024
_KEPT = 512  # of a line that is too long, enough for an excerpt


@dataclass(frozen=True, slots=True)
class Overlong:
    """A line longer than allowed: its beginning and its length in bytes. The rest was hashed and let go."""

    start: bytes
    length: int


@dataclass(slots=True)
class Chunk:
    """Consecutive lines of one file. ``first`` is the number of the first line, counted from 1."""

    first: int
    lines: list[bytes | Overlong] = field(default_factory=list)
    size: int = 0
    sha256: str = ""

    @property
    def last(self) -> int:
        """The number of the last line."""
        return self.first + len(self.lines) - 1


class _Cutter:
    """Cuts blocks into chunks of lines. ``ready`` holds the chunks that are full."""

    def __init__(self, *, first: int, max_lines: int, max_bytes: int, line_bytes: int) -> None:
        self.max_lines, self.max_bytes, self.line_bytes = max_lines, max_bytes, line_bytes
        self.chunk, self.hash = Chunk(first), hashlib.sha256()
        self.ready: list[Chunk] = []
        self.carry = b""
        self.overlong = 0  # bytes of the too long line that is being let go
        self.start = b""

    def feed(self, block: bytes) -> None:
        """Take in the next block."""
        if self.overlong:
            block = self._let_go(block)
        *pieces, carry = (self.carry + block).split(b"\n") if self.carry else block.split(b"\n")
        self.carry = carry
        while pieces:
            pieces = self._take(pieces)
        if len(self.carry) > self.line_bytes:
            self.start, self.overlong, self.carry = self.carry[:_KEPT], len(self.carry), self._hashed(self.carry)

    def finish(self) -> None:
        """The file has ended: its last line may lack a newline."""
        if self.overlong:
            self._append_overlong(self.start, self.overlong)
        elif self.carry:
            self.hash.update(self.carry)
            self.chunk.lines.append(self.carry)
        if self.chunk.lines:
            self._close()

    def _hashed(self, data: bytes) -> bytes:
        self.hash.update(data)
        return b""

    def _let_go(self, block: bytes) -> bytes:
        """Skip to the end of the too long line; what follows it in the block comes back."""
        end = block.find(b"\n")
        if end < 0:
            self.overlong += len(block)
            return self._hashed(block)
        self.hash.update(block[: end + 1])
        self._append_overlong(self.start, self.overlong + end)
        self.overlong = 0
        return block[end + 1 :]

    def _append_overlong(self, start: bytes, length: int) -> None:
        self.chunk.lines.append(Overlong(start, length))
        self.chunk.size += _KEPT
        self._close_if_full()

    def _take(self, pieces: list[bytes]) -> list[bytes]:
        """Move as many lines as there is room for into the chunk; the others come back."""
        taken, rest = pieces[: self.max_lines - len(self.chunk.lines)], pieces[self.max_lines - len(self.chunk.lines) :]
        text = b"\n".join(taken)
        self.hash.update(text)
        self.hash.update(b"\n")
        if max(map(len, taken)) > self.line_bytes:
            self.chunk.lines += [x if len(x) <= self.line_bytes else Overlong(x[:_KEPT], len(x)) for x in taken]
        else:
            self.chunk.lines += taken
        self.chunk.size += len(text)
        self._close_if_full()
        return rest

    def _close_if_full(self) -> None:
        if len(self.chunk.lines) >= self.max_lines or self.chunk.size >= self.max_bytes:
            self._close()

    def _close(self) -> None:
        self.chunk.sha256 = self.hash.hexdigest()
        self.ready.append(self.chunk)
        self.chunk, self.hash = Chunk(self.chunk.last + 1), hashlib.sha256()


def chunks(
    source: Iterable[bytes], *, max_lines: int, line_bytes: int, skip: int = 0, max_bytes: int = CHUNK_BYTES
) -> Iterator[Chunk]:
    """Chunks of at most ``max_lines`` lines and about ``max_bytes`` bytes, after the first ``skip`` lines.

    A line of more than ``line_bytes`` bytes becomes an Overlong, however long it is.
    """
    cutter = _Cutter(first=skip + 1, max_lines=max_lines, max_bytes=max_bytes, line_bytes=line_bytes)
    for block in _after(source, skip):
        cutter.feed(block)
        yield from cutter.ready
        cutter.ready.clear()
    cutter.finish()
    yield from cutter.ready


def _after(source: Iterable[bytes], skip: int) -> Iterator[bytes]:
    """The blocks without the first ``skip`` lines, which are counted and not looked at."""
    left = skip
    for block in source:
        if left == 0:
            yield block
            continue
        found = block.count(b"\n")
        if found < left:
            left -= found
            continue
        position = -1
        for _ in range(left):
            position = block.index(b"\n", position + 1)
        left = 0
        if block[position + 1 :]:
            yield block[position + 1 :]


def count_lines(source: Iterable[bytes]) -> int:
    """How many lines the blocks hold; a last line without its newline counts."""
    lines, last = 0, b"\n"
    for block in source:
        lines += block.count(b"\n")
        last = block[-1:]
    return lines + (last != b"\n")
