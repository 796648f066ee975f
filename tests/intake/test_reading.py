"""Lines out of blocks: whatever the blocks, the compression and the place to resume, the same lines come out."""

from __future__ import annotations

import gzip
import hashlib
import itertools
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.intake import streams
from triage.intake.measuring import measure
from triage.intake.reader import Overlong, chunks, count_lines

LIMIT = 12
content = st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b" ")), max_size=40)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@settings(max_examples=300, deadline=None)
@given(
    content,
    st.booleans(),
    st.lists(st.integers(0, 2000), max_size=10),
    st.integers(1, 7),
    st.integers(1, 60),
    st.data(),
)
def test_chunks_are_the_lines(
    lines: list[bytes], ended: bool, places: list[int], max_lines: int, max_bytes: int, data: st.DataObject
) -> None:
    text = b"".join(line + b"\n" for line in lines)
    if not ended and lines and lines[-1]:
        text = text[:-1]
    skip = data.draw(st.integers(0, len(lines)))
    blocks = cut(text, places)
    assert count_lines(blocks) == len(lines)
    found = list(chunks(blocks, max_lines=max_lines, line_bytes=LIMIT, skip=skip, max_bytes=max_bytes))
    read = [line for chunk in found for line in chunk.lines]
    assert len(read) == len(lines[skip:])
    for got, line in zip(read, lines[skip:], strict=True):
        if isinstance(got, Overlong):
            assert len(line) == got.length > LIMIT
            assert line.startswith(got.start)
        else:
            assert got == line
    number, rest = skip + 1, b"\n".join(text.split(b"\n")[skip:])
    for chunk in found:
        assert (chunk.first, 0 < len(chunk.lines) <= max_lines) == (number, True)
        number = chunk.last + 1
        size = sum(line.length if isinstance(line, Overlong) else len(line) for line in chunk.lines) + len(chunk.lines)
        assert chunk.sha256 == hashlib.sha256(rest[:size]).hexdigest()
        rest = rest[size:]
    assert rest == b""


@pytest.mark.parametrize("size", [0, 1, 1000, 3_000_000])
def test_every_compression_gives_the_same_bytes(tmp_path: Path, size: int) -> None:
    plain = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    half = len(plain) // 2
    stored = {
        "a.ndjson": plain,
        "a.gz": gzip.compress(plain),
        "b.gz": gzip.compress(plain[:half]) + gzip.compress(plain[half:]) + b"\0" * 512,
        "a.zst": zstandard.compress(plain),
        "b.zst": zstandard.compress(plain[:half]) + zstandard.compress(plain[half:]),
    }
    for name, data in stored.items():
        (tmp_path / name).write_bytes(data)
        assert b"".join(streams.blocks(tmp_path / name)) == plain, name
        found = measure(tmp_path / name)
        assert (found.bytes, found.sha256, found.damage) == (len(data), hashlib.sha256(data).hexdigest(), ""), name
        assert all(len(block) <= streams.BLOCK for block in streams.blocks(tmp_path / name))


def test_every_truncation_is_seen(tmp_path: Path) -> None:
    plain = b"".join(b"%d\n" % n for n in range(2000))
    for name, data in (("a.gz", gzip.compress(plain)), ("a.zst", zstandard.compress(plain))):
        for kept in [*range(1, 40), *range(40, len(data), 97), len(data) - 1]:
            (tmp_path / name).write_bytes(data[:kept])
            found = measure(tmp_path / name)
            assert found.damage, (name, kept)
            assert found.sha256 == hashlib.sha256(data[:kept]).hexdigest()
