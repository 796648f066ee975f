"""How a value is compared with a threshold, everywhere: exactly, never rounded."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.db import models


class Comparison(models.TextChoices):
    """A comparison in words that name the acceptable side. The values are stored and never change."""

    LE = "le", "at most"
    LT = "lt", "below"
    GE = "ge", "at least"
    GT = "gt", "above"
    EQ = "eq", "exactly"

    def holds(self, value: Fraction, threshold: Decimal | Fraction) -> bool:
        """Whether the value stands so to the threshold."""
        return _HOLDS[self](value, Fraction(threshold))

    @property
    def opposite(self) -> Comparison:
        """The comparison that holds exactly where this one does not. Raises KeyError for equality, which has none."""
        return _OPPOSITE[self]

    @property
    def caps(self) -> bool:
        """Whether it keeps values low: the worse of two values is then the higher one."""
        return self in (Comparison.LE, Comparison.LT)

    @property
    def crossed(self) -> str:
        """The words for a threshold that is watched: it is crossed ``at or above`` 2%."""
        return _CROSSED.get(self, str(self.label))


#: Comparisons with one acceptable side: what gates and rollback triggers may ask for.
INEQUALITIES: Final = (Comparison.LE, Comparison.LT, Comparison.GE, Comparison.GT)

_HOLDS: Final[dict[Comparison, Callable[[Fraction, Fraction], bool]]] = {
    Comparison.LE: operator.le,
    Comparison.LT: operator.lt,
    Comparison.GE: operator.ge,
    Comparison.GT: operator.gt,
    Comparison.EQ: operator.eq,
}
_OPPOSITE: Final = {
    Comparison.LE: Comparison.GT,
    Comparison.LT: Comparison.GE,
    Comparison.GE: Comparison.LT,
    Comparison.GT: Comparison.LE,
}
_CROSSED: Final = {Comparison.LE: "at or below", Comparison.GE: "at or above"}


def choices(comparisons: Iterable[Comparison] = INEQUALITIES) -> list[tuple[str, str]]:
    """Return values and labels, as columns and forms take them."""
    return [(one.value, str(one.label)) for one in comparisons]
