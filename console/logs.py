"""Log lines as JSON, each with the correlation id of its request or task. Messages carry no patient data."""

from __future__ import annotations

import json
import logging
import traceback

from console.correlation import current


def _message(record: logging.LogRecord) -> str:
    """The message; where Celery puts the exception's own words, which may quote a row, its type stands instead."""
    if isinstance(record.args, dict) and "exc" in record.args:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "an exception"
        return str(record.msg) % (record.args | {"exc": kind, "traceback": ""})
    return record.getMessage()


class CorrelationFilter(logging.Filter):
    """Puts the current correlation id on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: nothing is filtered away."""
        record.correlation_id = current()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Of an exception it gives type and stack, never the values in its message."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one JSON object."""
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "correlation_id": getattr(record, "correlation_id", ""),
        }
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            # Database errors quote row values in their message: the stack says where, the type says what.
            line["stack"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(record.exc_info[2])]
        return json.dumps(line, default=str)
