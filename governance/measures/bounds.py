"""Between which bounds measures should stay: what gates and rollback plans ask for, or else what is usual.

Capabilities that evaluate measures register the bounds that they require; pages of measures show them and mark values
outside. Nothing here permits or forbids anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from console.capabilities.registry import Registry
from console.waves.models import Wave
from governance.measures.comparison import Comparison


@dataclass(frozen=True, slots=True)
class Threshold:
    """A measure is sound while its value is ``operator`` ``threshold``. ``asked_by``: who asks (``GATE-3``)."""

    measure: str
    operator: Comparison
    threshold: Decimal
    dimension: str = ""
    asked_by: str = ""
    path: str = ""

    def holds(self, value: Fraction) -> bool:
        """Whether a value is within this bound, exactly."""
        return self.operator.holds(value, self.threshold)


Ask = Callable[[Wave], Iterable[Threshold]]


@dataclass(frozen=True, slots=True)
class Asking:
    """A capability that asks for thresholds: ``ask(wave)`` gives them in a constant number of queries."""

    name: str
    ask: Ask


#: Every capability that asks, which it declares as a part: ``THRESHOLDS.part(Asking("gates", …))``.
THRESHOLDS: Final = Registry[Asking]("source of thresholds", lambda asking: asking.name)
#: Whose bound counts where several ask for one: what a board signs comes before everything else.
FIRST: Final = ("gates", "rollback", "risks")

#: Usual bounds, shown where no capability requires any.
USUAL: Final = {
    bound.measure: bound
    for bound in (
        Threshold("critical-open", Comparison.LE, Decimal(0)),
        Threshold("reconciliation", Comparison.GE, Decimal("0.995")),
        Threshold("rejected-lines", Comparison.LE, Decimal("0.001")),
        Threshold("login-success", Comparison.GE, Decimal("0.99")),
        Threshold("chart-open-p95", Comparison.LE, Decimal(2)),
        Threshold("order-errors", Comparison.LE, Decimal("0.005")),
        Threshold("interface-backlog", Comparison.LE, Decimal(100)),
        Threshold("replication-lag", Comparison.LE, Decimal(60)),
    )
}


def of(wave: Wave | None) -> dict[tuple[str, str], Threshold]:
    """The bound of each series (code, dimension). Of several that are asked for the first in ``FIRST`` counts."""
    found: dict[tuple[str, str], Threshold] = {}
    names = THRESHOLDS.names()
    for name in sorted(names, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name)):
        for bound in THRESHOLDS[name].ask(wave) if wave else ():
            found.setdefault((bound.measure, bound.dimension), bound)
    asked = {code for code, _ in found}
    usual = {(code, ""): bound for code, bound in USUAL.items() if code not in asked}
    return usual | found
