"""Which templates a test session drew. ``make test`` fails when one of ours was drawn by no test."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.test.signals import template_rendered

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

#: Templates that no test without a browser can reach, with the reason.
ELSEWHERE: dict[str, str] = {
    "mfa/webauthn/reauthenticate.html": "asks for a passkey, which only a browser has; its base is drawn for passwords",
}

_seen: set[str] = set()


def listen() -> None:
    """Note every template that this process draws."""
    template_rendered.connect(_note, dispatch_uid="tests.rendered")


def _note(*, template: Any, **kwargs: Any) -> None:
    if template.name:
        _seen.add(template.name.partition("#")[0])


def keep() -> None:
    """Leave this process's notes where the controller finds them."""
    (_folder() / f"rendered-{os.getpid()}").write_text("\n".join(sorted(_seen)), encoding="utf-8")


def missing() -> list[str]:
    """Templates of ours that no process of this session drew."""
    drawn = set(ELSEWHERE)
    for notes in _folder().glob("rendered-*"):
        drawn |= set(notes.read_text(encoding="utf-8").splitlines())
    ours = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    return sorted(ours - drawn)


def _folder() -> Path:
    return Path(os.environ["CONCORD_TEST_ENGINES"])
