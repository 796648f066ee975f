"""The correlation id that ties one request, its tasks, its log lines and its book entries together."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

_PATTERN = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_current: ContextVar[str] = ContextVar("correlation_id", default="")


def current() -> str:
    """The correlation id of this request or task; empty outside of both."""
    return _current.get()


def begin(offered: str | None = None) -> str:
    """Start a new correlation id, or take over an offered one if it is short and plain enough to trust in a log."""
    value = offered if offered and _PATTERN.match(offered) else uuid.uuid4().hex
    _current.set(value)
    return value


def end() -> None:
    """Forget the correlation id."""
    _current.set("")
