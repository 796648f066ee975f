"""Breaks lines in the ways real exports break, each from a line that was sound before."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

BOM = b"\xef\xbb\xbf"
OVERLONG = 1_200_000


def _changed(line: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    value = json.loads(line)
    change(value)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def truncated(line: bytes) -> bytes:
    """The writer was killed in the middle of the line."""
    return line[: len(line) * 2 // 3]


def invalid_utf8(line: bytes) -> bytes:
    """Two bytes that no UTF-8 text holds, as left by a bad transfer."""
    return line.replace(b'"family":"', b'"family":"\xc3\x28\xff', 1)


def latin1_name(line: bytes) -> bytes:
    """A name written in Latin-1 inside a UTF-8 file."""
    return line.replace(b'"family":"', '"family":"Müller-'.encode("latin-1"), 1)


def escaped_nul(line: bytes) -> bytes:
    r"""A \u0000 inside a text: valid JSON, but no text that PostgreSQL can hold."""
    return line.replace(b'"family":"', b'"family":"\\u0000', 1)


def raw_nul(line: bytes) -> bytes:
    """A NUL byte inside the line, from a fixed-width field."""
    return line.replace(b'"family":"', b'"family":"\x00', 1)


def csv_quoted(line: bytes) -> bytes:
    """The whole line as one CSV cell: quoted, its own quotes doubled."""
    return b'"' + line.replace(b'"', b'""') + b'"'


def unknown_enum(line: bytes) -> bytes:
    """A severity that the format does not know."""
    return _changed(line, lambda value: value.update(severity="urgent"))


def wrong_type(line: bytes) -> bytes:
    """A prior written as text."""
    return _changed(line, lambda value: value["match"].update(prior=str(value["match"]["prior"])))


def date_out_of_range(line: bytes) -> bytes:
    """The thirty-first of February."""
    return _changed(line, lambda value: value["records"][0].update(verified_at="2026-02-31"))


def missing_field(line: bytes) -> bytes:
    """A line without its match."""
    return _changed(line, lambda value: value.pop("match"))


def unknown_field(line: bytes) -> bytes:
    """A field of a later version of the exporter."""
    return _changed(line, lambda value: value.update(matcher_notes="reviewed by batch"))


def one_record(line: bytes) -> bytes:
    """A match of one record with nothing."""
    return _changed(line, lambda value: value.update(records=value["records"][:1]))


def weights_do_not_add_up(line: bytes) -> bytes:
    """A score of seven bits more than its prior and weights."""

    def change(value: dict[str, Any]) -> None:
        pair = value["match"]["pairs"][0]
        pair["score"] = round(pair["score"] + 7, 2)

    return _changed(line, change)


def pair_out_of_range(line: bytes) -> bytes:
    """A compared pair that names a record the line does not hold."""
    return _changed(line, lambda value: value["match"]["pairs"][0].update(right=7))


def overlong(line: bytes) -> bytes:
    """A line of more than one MiB: a note field that swallowed a scanned document."""
    return _changed(line, lambda value: value["records"][0].update(facility="x" * OVERLONG))


def after_a_bom(line: bytes) -> bytes:
    """A byte order mark before the first line of a file, as Windows tools write."""
    return BOM + line


def empty(line: bytes) -> bytes:
    """Nothing at all."""
    return line[:0]


BREAKAGES: tuple[Callable[[bytes], bytes], ...] = (
    truncated,
    invalid_utf8,
    latin1_name,
    escaped_nul,
    raw_nul,
    csv_quoted,
    unknown_enum,
    wrong_type,
    date_out_of_range,
    missing_field,
    unknown_field,
    one_record,
    weights_do_not_add_up,
    pair_out_of_range,
    overlong,
    empty,
)
