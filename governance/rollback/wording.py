"""Values and bounds as people read them: values to the worse side, as measures show them, limits in full."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from console.ui import formatting
from governance.measures import words
from governance.measures.comparison import Comparison
from governance.measures.models import Unit
from governance.measures.values import Definition
from governance.rollback.models import RollbackTrigger

_UNITS: Final = {
    Unit.MILLISECONDS: "ms",
    Unit.SECONDS: "s",
    Unit.MINUTES: "min",
    Unit.HOURS: "h",
    Unit.DAYS: "d",
}
_STEPS: Final = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def value(amount: Fraction, definition: Definition) -> str:
    """A value in its measure's unit: ``3 cases``, ``1.85%``, ``2.4 s``."""
    noun = definition.noun if definition.unit == Unit.COUNT else ""
    return f"{words.number(definition, amount)} {noun}".strip()


def bound(trigger: RollbackTrigger, definition: Definition | None) -> str:
    """When a trigger fires: ``at or above 2%, in 3 readings in a row``."""
    if trigger.threshold is None:
        return "when a person calls it"
    said = _limit(trigger.threshold, definition)
    row = f", in {trigger.consecutive} readings in a row" if trigger.consecutive > 1 else ""
    return f"{Comparison(trigger.operator).crossed} {said}{row}"


def span(seconds: int) -> str:
    """A length of time: ``15 min``, ``3 d``."""
    size, unit = next((step for step in _STEPS if seconds >= step[0] and seconds % step[0] == 0), (1, "s"))
    return f"{seconds // size} {unit}"


def _limit(threshold: Decimal, definition: Definition | None) -> str:
    """The threshold in full: a limit is never shortened."""
    if definition is None:
        return formatting.plain(threshold)
    if definition.unit == Unit.RATIO:
        return f"{formatting.plain(threshold * 100)}%"
    unit = definition.noun if definition.unit == Unit.COUNT else _UNITS.get(Unit(definition.unit), "")
    return f"{formatting.plain(threshold)} {unit}".strip()
