"""What other capabilities add to the page of a case, whatever its kind, and the registry of these parts.

A part is read and drawn with the page, so it needs no script and no second request. A capability declares one beside
itself, as a kind declares its review page::

    parts=(CASE_PARTS.part(CasePart("comments", "comments/_panel.html", read=read)),)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from console.capabilities.registry import Registry
from console.people.models import User
from triage.cases.models import Case
from triage.desk.events import Event
from triage.desk.masked_values import MaskedValue
from triage.desk.rules import ViewerState


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at which case, and under which mask: free text may name a patient, so ``masks.prose`` shows it."""

    case: Case
    by: User
    viewer: ViewerState
    masks: MaskedValue


def _no_events(_data: Any) -> Iterable[Event]:
    return ()


@dataclass(frozen=True, slots=True)
class CasePart:
    """A part of the page: ``above`` the evidence or ``below`` it. Its template knows what ``read`` returns as ``data``.

    ``read`` takes a constant number of queries; None leaves the part out. ``events`` are its entries of the timeline.
    """

    name: str
    template: str
    read: Callable[[Look], Any]
    place: Literal["above", "below"] = "below"
    events: Callable[[Any], Iterable[Event]] = _no_events
    order: int = 100


#: Every part, which a capability declares: ``CASE_PARTS.part(CasePart(…))``.
CASE_PARTS: Final = Registry[CasePart]("part of the page of a case", lambda part: part.name)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A part that is to be drawn, with what it read."""

    part: CasePart
    data: Any

    @property
    def template(self) -> str:
        """The template that draws it."""
        return self.part.template


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one page, in their order."""

    drawn: tuple[Drawn, ...]

    @property
    def above(self) -> list[Drawn]:
        """Those that stand above the evidence."""
        return [one for one in self.drawn if one.part.place == "above"]

    @property
    def below(self) -> list[Drawn]:
        """Those that stand below it."""
        return [one for one in self.drawn if one.part.place == "below"]

    @property
    def events(self) -> list[Event]:
        """What they add to the timeline."""
        return [event for one in self.drawn for event in one.part.events(one.data)]


def read(look: Look) -> Parts:
    """Read every part of the page."""
    wanted = sorted(CASE_PARTS, key=lambda part: (part.order, part.name))
    found = ((part, part.read(look)) for part in wanted)
    return Parts(tuple(Drawn(part, data) for part, data in found if data is not None))
