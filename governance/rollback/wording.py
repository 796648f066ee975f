"""Values and bounds as people read them. Shares are cut, never rounded up."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction
from typing import Final

from governance.measures.models import Unit
from governance.measures.values import Definition
from governance.rollback.models import RollbackTrigger
from governance.rollback.rules import OPERATORS

_UNITS: Final = {
    Unit.MILLISECONDS: "ms",
    Unit.SECONDS: "s",
    Unit.MINUTES: "min",
    Unit.HOURS: "h",
    Unit.DAYS: "d",
}
_STEPS: Final = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def value(amount: Fraction, definition: Definition) -> str:
    """A value in its measure's unit: ``3 cases``, ``1.85 %``, ``2.4 s``."""
    if definition.unit == Unit.RATIO:
        return f"{_cut(amount * 100)} %"
    if definition.unit == Unit.COUNT:
        return f"{_cut(amount)} {definition.noun}".strip()
    return f"{_cut(amount)} {_UNITS.get(Unit(definition.unit), '')}".strip()


def bound(trigger: RollbackTrigger, definition: Definition | None) -> str:
    """When a trigger fires: ``at or above 2 %, in 3 readings in a row``."""
    if trigger.threshold is None:
        return "when a person calls it"
    limit = Fraction(trigger.threshold)
    said = value(limit, definition) if definition else _cut(limit)
    row = f", in {trigger.consecutive} readings in a row" if trigger.consecutive > 1 else ""
    return f"{OPERATORS[trigger.operator]} {said}{row}"


def span(seconds: int) -> str:
    """A length of time: ``15 min``, ``3 d``."""
    size, unit = next((step for step in _STEPS if seconds >= step[0] and seconds % step[0] == 0), (1, "s"))
    return f"{seconds // size} {unit}"


def _cut(amount: Fraction) -> str:
    """At most three decimals, the rest cut off; no zeros at the end."""
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(amount.numerator) / Decimal(amount.denominator)
        short = exact.quantize(Decimal("0.001"), rounding=ROUND_DOWN)
        return format(short.normalize() if short else Decimal(0), ",f")
