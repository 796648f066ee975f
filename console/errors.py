"""Refusals, each with the same status in pages and API.

Each carries one sentence for the person, saying what was refused and why. It never carries patient data:
sentences end up in responses, logs and flash messages.
"""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A request that Concord refuses. ``status`` is the HTTP status of the response."""

    status = 400
    code = "refused"

    def __init__(self, sentence: str, **details: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details


class Denied(Refusal):
    """The person may not do this (403)."""

    status = 403
    code = "denied"


class Missing(Refusal):
    """There is no such thing, or this person may not know of it (404)."""

    status = 404
    code = "missing"


class Stale(Refusal):
    """The thing has changed since the person looked at it (409)."""

    status = 409
    code = "stale"


class Invalid(Refusal):
    """What was sent makes no sense (422). ``details`` may name fields."""

    status = 422
    code = "invalid"


class Busy(Refusal):
    """The person has asked too often in a short time (429); the same request may succeed in a minute."""

    status = 429
    code = "throttled"


class Unavailable(Refusal):
    """A part of the console that this needs does not answer just now (503); the same request may succeed later."""

    status = 503
    code = "unavailable"
