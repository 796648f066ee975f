"""Values and bounds in words. A value is never rounded towards its bound: what is shown as kept is kept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Final

from governance.gates.values import Spec

_MEASURES: Final = {
    "reconciliation": "Reconciliation",
    "rejected-lines": "Rejected lines",
    "sla-attainment": "Cases decided within SLA",
    "review-agreement": "Inter-reviewer agreement",
    "identity-errors": "Identity decision error rate",
    "mapping-coverage": "Mapping coverage",
    "consent-parity": "Consent parity",
    "seal-lag": "Audit log sealing delay",
    "login-success": "Sign-in success",
    "chart-open-p95": "Chart opening time (p95)",
    "order-errors": "Order error rate",
    "replication-lag": "Replication lag",
    "interface-backlog": "Interface backlog",
    "help-desk-volume": "Help desk calls",
    "restore-test": "Last successful restore test",
    "rollback-rehearsed": "Last qualifying rollback rehearsal",
}
_COUNTS: Final = {
    "critical-open": ("unresolved critical case", "unresolved critical cases"),
    "open-cases": ("unresolved case", "unresolved cases"),
    "interface-backlog": ("message queued at interfaces", "messages queued at interfaces"),
}
_UNITS: Final = {"chart-open-p95": " s", "replication-lag": " s", "seal-lag": " s"}
_STEPS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def name(spec: Spec) -> str:
    """What the criterion is about, to begin a sentence with."""
    known = _MEASURES.get(spec.measure) or f"“{spec.title or spec.code}”"
    return f"{known} of {spec.dimension}" if spec.dimension and spec.measure in _MEASURES else known


def counted(spec: Spec, number: int) -> str:
    """How many there are, as a clause: ``3 unresolved critical cases``."""
    one, many = _COUNTS.get(spec.measure, ("", ""))
    if not one:
        return f"{name(spec)} counts {number:,}"
    return f"{number:,} {one if number == 1 else many}" if number else f"No {one}"


def share(value: Fraction, spec: Spec) -> str:
    """A share in per cent, towards the worse side of the bound: ``99.41%``. Never 100 unless it is the whole."""
    return f"{_cut(value * 100, spec, Fraction(100))}%"


def number(value: Fraction, spec: Spec) -> str:
    """A value with its unit, towards the worse side of the bound."""
    return f"{_cut(value, spec)}{_UNITS.get(spec.measure, '')}"


def bound(spec: Spec, *, as_share: bool) -> str:
    """``at least 99.5%``: the bound in full, however many digits it has."""
    threshold = spec.threshold if spec.threshold is not None else Decimal(0)
    shown = f"{_plain(threshold * 100)}%" if as_share else f"{_plain(threshold)}{_UNITS.get(spec.measure, '')}"
    return f"{spec.operator.label if spec.operator else ''} {shown}"


def duration(seconds: float) -> str:
    """A length of time in its largest whole unit, down: ``34 days``, ``3 hours``."""
    for size, unit in _STEPS:
        if seconds >= size:
            whole = int(seconds // size)
            return f"{whole:,} {unit}" if whole == 1 else f"{whole:,} {unit}s"
    return "less than a second"


def over(age: dt.timedelta, most: int) -> tuple[str, str]:
    """An age beyond a limit, and the limit, in words that cannot read alike: ``30 days 4 hours`` and ``30 days``."""
    said, limit = duration(age.total_seconds()), duration(most)
    if said == limit:
        rest = age.total_seconds() % next(size for size, _ in _STEPS if age.total_seconds() >= size)
        said = f"{said} and {duration(rest)}"
    return said, limit


def clip(text: str, most: int) -> str:
    """At most so many characters."""
    return text if len(text) <= most else f"{text[: most - 2].rstrip()} …"


def _cut(value: Fraction, spec: Spec, whole: Fraction | None = None) -> str:
    """With at least two decimals, and as many as the bound has; floor for what must be high, ceiling for what must be
    low, so that a failure never reads as met."""
    threshold = spec.threshold if spec.threshold is not None else Decimal(0)
    exponent = (threshold * 100 if whole is not None else threshold).normalize().as_tuple().exponent
    digits = max(2, -exponent if isinstance(exponent, int) else 2)
    scaled = value * 10**digits
    cut = scaled.numerator // scaled.denominator
    if spec.operator and spec.operator.caps and scaled.denominator != 1:
        cut += 1
    if whole is not None and value < whole and Fraction(cut, 10**digits) >= whole:
        cut -= 1
    return _plain(Decimal(cut).scaleb(-digits))


def _plain(value: Decimal) -> str:
    """Without an exponent or trailing zeros, with thousands set apart."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
