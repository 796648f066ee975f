"""Raised when an external problem prevents start-up. The message says how to fix it."""

from __future__ import annotations


class Trouble(Exception):
    """An engine, a port or a folder cannot be used. The text is one or two sentences: what, where, and what helps."""
