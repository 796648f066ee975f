"""Count the queries of a page by their shape, and say in words how two counts differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

#: How often each shape of query was sent.
Shapes = Counter[str]

_QUOTED = re.compile(r"'(?:[^']|'')*'")
_TABLE = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+)?"?([a-z_][a-z0-9_]*)"?', re.IGNORECASE)
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_CALLED = re.compile(r"\b([a-z_]+)\(", re.IGNORECASE)
#: Words that follow FROM or JOIN and are no table.
_NO_TABLE = {"lateral", "select", "unnest", "generate_series", "now"}


def shape(sql: str) -> str:
    """Return a query's verb and its tables in order of appearance: what stays when only values differ.

    Without a table, the functions that it calls.
    """
    bare = _QUOTED.sub("''", sql)
    verb = _WORD.search(bare)
    tables = dict.fromkeys(name for name in _TABLE.findall(bare) if name.lower() not in _NO_TABLE)
    what = " + ".join(tables) or ", ".join(f"{name}()" for name in dict.fromkeys(_CALLED.findall(bare)))
    return " ".join([verb.group().upper() if verb else "?", what]).strip()


@contextmanager
def counted() -> Iterator[Shapes]:
    """Count the queries that are sent within the block, by shape."""
    found: Shapes = Counter()
    with CaptureQueriesContext(connection) as queries:
        yield found
    found.update(shape(query["sql"]) for query in queries.captured_queries)


def listed(shapes: Shapes, indent: str = "    ") -> str:
    """Return one line a shape, the most frequent first."""
    return "\n".join(f"{indent}{count:+d}  {name}" for name, count in sorted(shapes.items(), key=_by_count))


def more(after: Shapes, before: Shapes) -> Shapes:
    """Return by how much each shape changed: positive where ``after`` has more, without what is equal."""
    return Counter({name: after[name] - before[name] for name in {*after, *before} if after[name] != before[name]})


def most(counts: Iterable[Shapes]) -> Shapes:
    """Return for each shape the most that any of the counts has."""
    found: Shapes = Counter()
    for one in counts:
        found |= one
    return found


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
