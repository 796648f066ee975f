"""Where it stands in the shell: navigation, the book's verbs."""

from __future__ import annotations


def register() -> None:
    """Register all of it, once the apps are ready."""
