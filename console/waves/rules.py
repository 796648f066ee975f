"""What may be done to waves."""

from __future__ import annotations

from console.answers import Allowed, Answer, Forbidden
from console.waves.models import Wave


def may_describe(wave: Wave) -> Answer:
    """Whether the wave may be edited. Not while a gate has frozen it: people have signed what it said."""
    if wave.frozen_at:
        return Forbidden(f"{wave} is frozen: {wave.frozen_because or 'a decision package is open'}.")
    return Allowed()
