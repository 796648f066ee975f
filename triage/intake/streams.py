"""Blocks of plain bytes out of a stored file, compressed or not, with bounded memory whatever the file holds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

BLOCK = 1024 * 1024
_ZSTD_FEED = 2048  # a hostile frame makes at most 64 MiB of this much
_ZSTD_WINDOW = 64 * 1024 * 1024


class Broken(Exception):
    """The stored bytes are no whole compressed file. ``sentence`` says how, without quoting them."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Observer(Protocol):
    """Told of the stored bytes as they are read: a hash, a progress bar."""

    def saw(self, data: bytes, /) -> None:
        """Take note of ``data``."""


class _NoObserver:
    def saw(self, data: bytes, /) -> None:
        """Ignore ``data``."""


def blocks(path: Path, observer: Observer | None = None) -> Iterator[bytes]:
    """The file's content in blocks of about 1 MiB, decompressed if its name ends in ``.gz`` or ``.zst``.

    Raises Broken when compressed data is damaged or ends early; ``observer`` has then seen what was read so far.
    """
    watcher = observer or _NoObserver()
    with path.open("rb") as file:
        if path.suffix == ".gz":
            yield from _gzip(file, watcher)
        elif path.suffix == ".zst":
            yield from _zstd(file, watcher)
        else:
            while block := file.read(BLOCK):
                watcher.saw(block)
                yield block


def _gzip(file: BinaryIO, watcher: Observer) -> Iterator[bytes]:
    member = zlib.decompressobj(wbits=31)
    fresh = True  # between members, where the file may end
    while data := file.read(BLOCK // 4):
        watcher.saw(data)
        while data:
            if fresh and not data.strip(b"\0"):
                break  # zero padding after the last member, as tapes leave it
            fresh = False
            try:
                block = member.decompress(data, BLOCK)
            except zlib.error as error:
                raise Broken("Its gzip data is damaged.") from error
            if block:
                yield block
            data = member.unconsumed_tail
            if member.eof:
                data, member, fresh = member.unused_data, zlib.decompressobj(wbits=31), True
    yield from _rest_of_gzip(member, ended=fresh)


def _rest_of_gzip(member: zlib._Decompress, *, ended: bool) -> Iterator[bytes]:
    """What the decompressor still holds back; then, unless it ended between members, the refusal."""
    while not ended and not member.eof:
        try:
            block = member.decompress(member.unconsumed_tail, BLOCK)
        except zlib.error as error:
            raise Broken("Its gzip data is damaged.") from error
        if block:
            yield block
        elif not member.eof:
            raise Broken("Its gzip data ends in the middle: the file is truncated.")


def _zstd(file: BinaryIO, watcher: Observer) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    frame = decompressor.decompressobj()
    fresh = True
    held = bytearray()
    while data := file.read(_ZSTD_FEED):
        watcher.saw(data)
        while data:
            fresh = False
            try:
                held += frame.decompress(data)
            except zstandard.ZstdError as error:
                raise Broken("Its zstd data is damaged or needs too large a window.") from error
            data = b""
            if frame.eof:
                data, frame, fresh = frame.unused_data, decompressor.decompressobj(), True
        if len(held) >= BLOCK:
            yield from _sliced(held)
            held = bytearray()
    yield from _sliced(held)
    if not fresh:
        raise Broken("Its zstd data ends in the middle: the file is truncated.")


def _sliced(held: bytearray) -> Iterator[bytes]:
    for start in range(0, len(held), BLOCK):
        yield bytes(held[start : start + BLOCK])
