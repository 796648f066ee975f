"""Lines of a run package that become neither cases nor chart excerpts: who takes them, and how.

A capability that keeps such lines declares a handler as a part::

    LINE_HANDLERS.part(LineHandler("measures", "Line of a measures file", decode, keep, schema, arrived, refusals))

``decode(line)`` parses and validates the exact bytes of one line. It raises ``msgspec.DecodeError``,
``msgspec.ValidationError`` or ``LineRefused``; the line is then rejected, and the run goes on.

``keep(run=, lines=, by=)`` writes the sound lines of one chunk inside that chunk's transaction, exactly once; the wave
is locked already. ``lines`` are (line number, what ``decode`` gave), in the file's order. It returns the lines that
make no sense beside what is known, as line number to ``LineRefused``: they are rejected as well.
It logs nothing: the chunk's entry holds the digest of the exact bytes. It publishes no fact change: intake does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from console.capabilities.parts import SCHEMAS, PublishedSchema, Schema
from console.capabilities.registry import Registry
from console.fact_changes import Cause
from console.people.models import User
from triage.cases.kinds import LineRefused

__all__ = ["LINE_HANDLERS", "LineHandler", "LineRefused", "Numbered", "Origin", "by_file_kind", "refusal_words"]

#: A line number of the file, from 1, and the decoded line.
Numbered = tuple[int, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """The run that lines come from. ``id`` is Concord's number of it, ``run_id`` the pipeline's name."""

    id: int
    run_id: str
    wave_id: int
    finished_at: dt.datetime


class Keep(Protocol):
    """Writes the sound lines of one chunk; see above."""

    def __call__(self, *, run: Origin, lines: Sequence[Numbered], by: User) -> Mapping[int, LineRefused]:
        """Write them. Returns those that it refuses, by line number."""


@dataclass(frozen=True, slots=True)
class LineHandler:
    """Who takes the lines of one kind of file. ``schema`` makes the JSON Schema of a line, which is published.

    ``arrived`` is the cause by which intake publishes that such lines came in; None when they change no facts of their
    own. ``refusals``: words for the reason codes of its ``LineRefused``. ``first``: its files are taken in before all
    others of their run, which rest on them.
    """

    file_kind: str
    title: str
    decode: Callable[[bytes], Any]
    keep: Keep
    schema: Callable[[], Schema]
    arrived: Cause | None
    refusals: Mapping[str, str] = field(default_factory=dict)
    first: bool = False


#: Every handler, which a capability declares as a part: ``LINE_HANDLERS.part(LineHandler(…))``.
LINE_HANDLERS: Final = Registry[LineHandler](
    "handler of lines",
    lambda handler: handler.file_kind,
    lambda handler: [SCHEMAS.part(PublishedSchema(handler.file_kind, handler.title, handler.schema))],
)


def by_file_kind(file_kind: str) -> LineHandler | None:
    """The handler of that kind of file; None where there is none: its files are verified and kept."""
    return LINE_HANDLERS.get(file_kind)


def refusal_words() -> dict[str, str]:
    """Words for the reason codes with which handlers refuse lines."""
    return {code: words for handler in LINE_HANDLERS for code, words in handler.refusals.items()}
