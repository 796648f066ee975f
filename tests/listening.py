"""Hearing of changes of facts in a test, in place of everything that has subscribed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from console import fact_changes
from console.fact_changes import Cause, Change, Subscription


def only(monkeypatch: pytest.MonkeyPatch, hear: Callable[[Change], object]) -> None:
    """Have ``hear`` called with every change until the test ends, and nothing else."""

    def call(change: Change) -> None:
        hear(change)

    monkeypatch.setattr(fact_changes, "SUBSCRIPTIONS", [Subscription("tests", (Cause,), call)])
