"""The war room of one wave: its measures as large figures, in the order in which they ask for somebody."""

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
class Room:
    """What the war room shows. ``digest`` changes when something of note does; ages and small moves are not of note.

    ``sentence`` says in one line how things stand, ``trouble`` what needs somebody, ``steady`` what is well, and
    ``silent`` what has no value.
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


def status(wave: Wave, *, now: dt.datetime | None = None) -> Room:
    """The wave's measures now. Silent measures that somebody asks about are trouble too: nobody can see them."""
    moment = now or timezone.now()
    board = presenting.board(wave, now=moment)
    spoken = [card for _, cards in board.groups for card in cards]
    asked = [card for card in board.silent if card.asked_by]
    trouble = sorted([card for card in spoken if card.rank < 2] + asked, key=lambda card: card.rank)
    steady = [card for card in spoken if card.rank >= 2]
    silent = [card for card in board.silent if not card.asked_by]
    sentence = _sentence(trouble, steady)
    noted = "|".join(f"{card.definition.code}:{card.rank}" for card in trouble) + sentence
    return Room(moment, sentence, trouble, steady, silent, hashlib.sha256(noted.encode()).hexdigest()[:16])


def _sentence(trouble: list[Card], steady: list[Card]) -> str:
    out = [card.definition.title for card in trouble if card.within is False]
    if out:
        rest = f" and {plural(len(out) - 2, 'other')}" if len(out) > 2 else ""
        return f"{plural(len(out), 'measure')} out of bounds: {', '.join(out[:2])}{rest}."
    if trouble:
        verb = "needs" if len(trouble) == 1 else "need"
        return f"Nothing is out of bounds; {plural(len(trouble), 'measure')} {verb} news."
    if not steady:
        return "No data for this wave yet."
    return f"Nothing is out of bounds; {plural(len(steady), 'measure')} within bounds and fresh."
