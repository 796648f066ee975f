"""The measures that monitoring of a cutover commonly reports. Their definitions are code: a reviewed change."""

from __future__ import annotations

from typing import Final

from governance.measures.models import Direction, Unit
from governance.measures.values import DAY, Definition, Origin

_MINUTES: Final = 60
_LOWER, _HIGHER = Direction.LOWER, Direction.HIGHER


def _standard(
    code: str, title: str, why: str, unit: Unit, direction: Direction, fresh: int, noun: str = "", keep: int = 400
) -> Definition:
    return Definition(code, title, why, unit, direction, fresh, Origin.STANDARD, keep, noun)


STANDARD: Final[dict[str, Definition]] = {
    definition.code: definition
    for definition in (
        _standard(
            "login-success",
            "Sign-in success rate",
            "Staff who cannot sign in cannot treat patients.",
            Unit.RATIO,
            _HIGHER,
            15 * _MINUTES,
            "sign-ins",
        ),
        _standard(
            "chart-open-p95",
            "Chart opening time (p95)",
            "5% of chart openings take longer than this.",
            Unit.SECONDS,
            _LOWER,
            15 * _MINUTES,
        ),
        _standard(
            "order-errors",
            "Order error rate",
            "An order that fails quietly delays care.",
            Unit.RATIO,
            _LOWER,
            15 * _MINUTES,
            "orders",
        ),
        _standard(
            "interface-backlog",
            "Interface backlog",
            "Clinicians do not see results that wait in a queue.",
            Unit.COUNT,
            _LOWER,
            15 * _MINUTES,
            "messages",
        ),
        _standard(
            "replication-lag",
            "Replication lag",
            "Changes not yet replicated are lost if the target fails.",
            Unit.SECONDS,
            _LOWER,
            15 * _MINUTES,
        ),
        _standard(
            "help-desk-volume",
            "Help desk calls",
            "Users often report problems before monitoring detects them.",
            Unit.COUNT,
            _LOWER,
            60 * _MINUTES,
            "calls",
        ),
        _standard(
            "restore-test",
            "Last restore test",
            "A backup is proven by restoring it, not by having made it.",
            Unit.EVENT,
            _HIGHER,
            30 * DAY,
            keep=2200,
        ),
    )
}
