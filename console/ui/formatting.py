"""Numbers, shares and lengths of time as people read them: one form on pages, in refusals, notices and packs.

Pure: no database, no clock, no request. Arithmetic is exact; ``up`` says towards which side a value that must be
shortened is shortened, so that the caller can always choose the worse one.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from console.ui.text import plural

#: How many decimals a shortened value has, unless more are needed to tell it from its threshold.
DECIMALS: Final = 2
_STEPS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def shortened(value: Fraction, *, up: bool, decimals: int = DECIMALS) -> Fraction:
    """The value with at most so many decimals: the next one above (``up``), or the next one below."""
    scaled = value * 10**decimals
    whole = -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    return Fraction(whole, 10**decimals)


def decimal(value: Fraction, decimals: int = DECIMALS) -> str:
    """``1,284.5``: a value of at most so many decimals, in full; the rest would be cut off, so shorten it before."""
    scaled = abs(value) * 10**decimals
    whole = scaled.numerator // scaled.denominator
    sign = "-" if value < 0 and whole else ""
    digits = f"{whole // 10**decimals:,}"
    rest = f"{whole % 10**decimals:0{decimals}d}".rstrip("0") if decimals else ""
    return f"{sign}{digits}.{rest}" if rest else f"{sign}{digits}"


def plain(value: Decimal) -> str:
    """``1,000.25``: a decimal number in full, without an exponent or trailing zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Fraction, *, up: bool = False, decimals: int = DECIMALS) -> str:
    """A share as ``99.41%``. Only all of it is ``100%`` and only none of it ``0%``, however it is shortened."""
    shown = shortened(share * 100, up=up, decimals=decimals)
    smallest = Fraction(1, 10**decimals)
    if 0 < share < 1 and shown >= 100:
        return f"over {decimal(100 - smallest, decimals)}%"
    if 0 < share < 1 and shown <= 0:
        return f"under {decimal(smallest, decimals)}%"
    return f"{decimal(shown, decimals)}%"


def duration(seconds: int) -> str:
    """A length of time, exact: ``1 hour 30 minutes``, ``30 days``. For limits, and whatever else must be exact."""
    return _parts(max(0, seconds)) or "0 seconds"


def about(seconds: float, units: int = 2) -> str:
    """A length of time in its ``units`` largest units, rounded down: ``4 days 3 hours``. For ages and estimates."""
    return _parts(max(0, int(seconds)), units) or "less than a second"


def beside(seconds: float, limit: int) -> tuple[str, str]:
    """An age beyond a limit, and the limit, in words that never read alike: ``30 days 4 hours``, ``30 days``."""
    exact = duration(limit)
    for units in range(1, len(_STEPS) + 1):
        said = about(seconds, units)
        if said != exact:
            return said, exact
    return f"just over {exact}", exact


def _parts(seconds: int, units: int = len(_STEPS)) -> str:
    """The first ``units`` consecutive units from the largest that fits; units that are zero are left out."""
    found: list[str] = []
    left, place = seconds, -1
    for number, (size, unit) in enumerate(_STEPS):
        amount, rest = divmod(left, size)
        if amount and place < 0:
            place = number
        if amount and number < place + units:
            found.append(plural(amount, unit))
        left = rest
    return " ".join(found)
