"""The one error of the engines: something outside the program stands in the way, and a person can act on it."""

from __future__ import annotations


class Trouble(Exception):
    """An engine, a port or a folder cannot be used. The text is one or two sentences: what, where, and what helps."""
