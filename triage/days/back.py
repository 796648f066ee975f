"""What is due soon or comes back to a person: rows that capabilities bring to their home page.

A capability declares a source as a part: ``BACK.part(BackSource("answers", 30, answers_of))``. A source reads at most
``MOST`` rows, with a constant number of queries, and never what only a reveal may show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from console.capabilities.parts import Look
from console.capabilities.registry import Registry
from console.people.models import User

#: So many rows of one source.
MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One case that wants a person's attention. ``look`` says why, ``text`` what it is about, ``action`` what to press.

    ``url`` leads to the case. ``claims``: pressing ``action`` claims it, instead of opening it.
    """

    ref: str
    url: str
    look: Look
    text: str
    action: str = "Open"
    claims: bool = False


@dataclass(frozen=True, slots=True)
class BackSource:
    """Where rows come from. Sources are read in their ``order``; a case stands in the first that has it."""

    name: str
    order: int
    read: Callable[[User, dt.datetime], list[Row]]


BACK: Final = Registry[BackSource]("source of what comes back to a person", lambda source: source.name)


def rows_for(person: User, now: dt.datetime) -> list[Row]:
    """What is due soon or comes back to this person, each case once."""
    found: dict[str, Row] = {}
    for source in sorted(BACK, key=lambda source: source.order):
        for row in source.read(person, now)[:MOST]:
            found.setdefault(row.ref, row)
    return list(found.values())
