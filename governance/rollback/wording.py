"""Triggers as people read them: when they fire, and what their measures say."""

from __future__ import annotations

from fractions import Fraction

from console.ui import formatting
from governance.measures import words
from governance.measures.comparison import Comparison
from governance.measures.values import Definition
from governance.rollback.models import RollbackTrigger


def value(amount: Fraction, definition: Definition) -> str:
    """A value in its measure's unit: ``3 cases``, ``1.85%``, ``2.4 s``."""
    return words.counted(definition, words.number(definition, amount))


def bound(trigger: RollbackTrigger, definition: Definition | None) -> str:
    """When a trigger fires: ``at or above 2%, in 3 readings in a row``."""
    if trigger.threshold is None:
        return "when a person calls it"
    plain = formatting.plain(trigger.threshold)
    said = words.counted(definition, words.amount(definition, trigger.threshold)) if definition else plain
    row = f", in {trigger.consecutive} readings in a row" if trigger.consecutive > 1 else ""
    return f"{Comparison(trigger.operator).crossed} {said}{row}"
