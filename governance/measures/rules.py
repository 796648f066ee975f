"""Valid names and thresholds of measures. Pure: no database, no clock, no request."""

from __future__ import annotations

import re
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid
from governance.measures.models import Direction, Unit

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,63}")
YEAR: Final = 366 * 86_400
LONGEST: Final = 3660


def may_be_code(code: str) -> Answer:
    """May a measure bear this code? It stands in addresses, reports and gates for as long as there are any."""
    if not _CODE.fullmatch(code):
        return _no("A code has 2 to 64 small letters, digits and hyphens, and begins with a letter or digit.")
    if code == "define":
        return _no("“define” is an address of Concord's own; choose another code.")
    return Allowed()


def may_be_described(*, title: str, why: str, noun: str, fresh_seconds: int, keep_days: int) -> Answer:
    """May it be described so? Titles are what people see; times must be of this world."""
    if not 1 <= len(title.strip()) <= 120 or "\0" in title:
        return _no("A measure needs a title of at most 120 characters.")
    if len(why) > 300 or "\0" in why:
        return _no("Why it matters must fit 300 characters.")
    if len(noun.strip()) > 40 or "\0" in noun:
        return _no("What it counts must fit 40 characters.")
    if not 1 <= fresh_seconds <= YEAR:
        return _no("A value must stay fresh for at least a second and at most a year.")
    if not 1 <= keep_days <= LONGEST:
        return _no(f"Samples are kept for 1 to {LONGEST:,} days.")
    return Allowed()


def may_be_evaluated(*, unit: str, direction: str) -> Answer:
    """Are these a unit and a direction?"""
    if unit not in Unit.values:
        return _no(f"The unit must be one of: {', '.join(Unit.values)}.")
    if direction not in Direction.values:
        return _no("Say whether lower or higher is better.")
    return Allowed()


def _no(sentence: str) -> Forbidden:
    return Forbidden(sentence, Invalid)
