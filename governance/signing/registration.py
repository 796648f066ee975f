"""Register the verbs of the audit log about signatures."""

from __future__ import annotations

from console.audit import verbs


def register() -> None:
    """Register all of it, once the apps are ready."""
    verbs.register("signature.given", "signed {subject}: {meaning}", "signature")
