"""What may be done to waves."""

from __future__ import annotations

from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid, Stale
from console.waves.models import Wave

REASON_CHARACTERS: Final = 300


def may_describe(wave: Wave) -> Answer:
    """Whether the wave may be edited. Not while a gate has frozen it: people have signed what it said."""
    if wave.frozen_at:
        return Forbidden(f"{wave} is frozen: {wave.frozen_because or 'a decision package is open'}.")
    return Allowed()


def may_state_cutover(wave: Wave, reason: str) -> Answer:
    """Whether a person may state, for this reason, that the wave has cut over."""
    if wave.cut_over_at:
        return Forbidden(f"{wave} has cut over already: {wave.cut_over_because}.", Stale)
    return _reason(reason)


def may_retract_cutover(wave: Wave, reason: str) -> Answer:
    """Whether a person may state, for this reason, that the wave has not cut over after all."""
    if not wave.cut_over_at:
        return Forbidden(f"{wave} has not cut over.", Stale)
    return _reason(reason)


def _reason(reason: str) -> Answer:
    if not 0 < len(reason.strip()) <= REASON_CHARACTERS:
        return Forbidden(f"Enter a reason (at most {REASON_CHARACTERS} characters).", Invalid, "reason")
    return Allowed()
