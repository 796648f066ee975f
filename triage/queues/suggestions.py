"""Values that the form of a routing rule offers for a condition, brought by those who know which there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from console.capabilities.registry import Registry


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``condition`` is a name of ``routing.CONDITIONS``; ``values`` reads those to offer, at a bounded cost."""

    condition: str
    values: Callable[[], list[str]]


#: Every suggestion, which a capability declares as a part: ``SUGGESTIONS.part(Suggestion("facility", …))``.
SUGGESTIONS: Final = Registry[Suggestion]("suggestion for routing rules", lambda one: one.condition)


def values(condition: str) -> list[str]:
    """The values to offer for a condition; none where no capability brings any."""
    return SUGGESTIONS[condition].values() if condition in SUGGESTIONS else []
