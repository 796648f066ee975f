"""The cases that a list looks at, for use inside other queries: claiming the next one, counting places and values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Scan:
    """SQL of the cases that a list looks at, in order and as many as the budget allows, with its values.

    ``tests`` are the conditions on them that no index answers, for columns without a prefix. ``order``: what to sort by
    outside, where its rows are called ``listed``.
    """

    sql: str
    values: dict[str, Any]
    tests: str
    order: str

    @property
    def passed(self) -> str:
        """SQL of those that pass the tests."""
        return f"SELECT * FROM ({self.sql}) AS looked WHERE {self.tests}"
