"""The command centre of one wave: its measures as large figures, the most urgent first."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.utils import timezone

from console.ui.text import plural
from console.waves.models import Wave
from governance.measures import presenting
from governance.measures.presenting import Card


@dataclass(frozen=True, slots=True)
class CommandCentre:
    """What the command centre shows. ``digest`` changes with notable changes only, not with ages and small moves.

    ``sentence`` is the status in one line, ``trouble`` needs attention, ``steady`` is within bounds, ``silent`` has
    no value.
    """

    at: dt.datetime
    sentence: str
    trouble: list[Card]
    steady: list[Card]
    silent: list[Card]
    digest: str

    @property
    def out(self) -> int:
        """How many are out of bounds."""
        return sum(card.within is False for card in self.trouble)


def status(wave: Wave, *, now: dt.datetime | None = None) -> CommandCentre:
    """Return the wave's measures now. A required measure without data counts as trouble too."""
    moment = now or timezone.now()
    board = presenting.board(wave, now=moment)
    spoken = [card for _, cards in board.groups for card in cards]
    asked = [card for card in board.silent if card.asked_by]
    trouble = sorted([card for card in spoken if card.rank < 2] + asked, key=lambda card: card.rank)
    steady = [card for card in spoken if card.rank >= 2]
    silent = [card for card in board.silent if not card.asked_by]
    sentence = _sentence(trouble, steady)
    noted = "|".join(f"{card.definition.code}:{card.rank}" for card in trouble) + sentence
    return CommandCentre(moment, sentence, trouble, steady, silent, hashlib.sha256(noted.encode()).hexdigest()[:16])


def _sentence(trouble: list[Card], steady: list[Card]) -> str:
    out = [card.definition.title for card in trouble if card.within is False]
    if out:
        rest = f" and {plural(len(out) - 2, 'other')}" if len(out) > 2 else ""
        return f"{plural(len(out), 'measure')} out of bounds: {', '.join(out[:2])}{rest}."
    if trouble:
        has = "has" if len(trouble) == 1 else "have"
        return f"No limits breached. {plural(len(trouble), 'measure')} {has} no recent data."
    if not steady:
        return "No data for this wave yet."
    return f"No limits breached. {plural(len(steady), 'measure')} within limits and up to date."
