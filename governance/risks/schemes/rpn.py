"""FMEA's risk priority number: severity × occurrence × detection, each from 1 to 10. A sort aid, and nothing more.

The product hides what it is made of: 10 × 1 × 8 and 2 × 8 × 5 are both 80. So its place on the common scale rests on
bands that Concord states (there is no standard for them): below 100 is 1, below 200 is 2, below 500 is 3, from 500 on
it is 4; and a severity of 9 or 10, harm to a person, is never below 3, however small the product.
"""

from __future__ import annotations

from typing import Final

from governance.risks.schemes.base import Axis, Band, Factors, Field, Level, Outcome, Scheme, Word

#: Least number of each band above the first.
BANDS: Final = (100, 200, 500)
#: From this severity on the level is never below high.
GRAVE: Final = 9


def _scale(*meanings: str) -> tuple[Word, ...]:
    """Ten words from five meanings, two each."""
    return tuple(Word(str(n), str(n), meanings[(n - 1) // 2]) for n in range(1, 11))


SEVERITY = Axis(
    "severity",
    "Severity",
    "How bad is the effect?",
    _scale("Negligible.", "A nuisance.", "Work is hindered.", "Work stops.", "A person is harmed."),
)
OCCURRENCE = Axis(
    "occurrence",
    "Occurrence",
    "How often does the cause arise?",
    _scale("Almost never.", "Rarely.", "Occasional.", "Often.", "Almost always."),
)
DETECTION = Axis(
    "detection",
    "Detection",
    "1 = certain to be detected, 10 = undetectable.",
    _scale("Found for certain.", "Found most times.", "Found about half the time.", "Mostly missed.", "Never found."),
)
LEVELS = (
    Level("low by number", 1, 1, "For ranking only. Consider the individual factors."),
    Level("moderate by number", 2, 2, "100 to 199. A sort aid: look at the factors."),
    Level("high by number", 3, 3, "200 to 499, or a severity of 9 or 10."),
    Level("very high by number", 4, 4, "500 and above."),
)


def look(factors: Factors) -> Outcome:
    """Multiply, band, and keep grave ones up."""
    severity, occurrence, detection = (int(factors[axis.code]) for axis in (SEVERITY, OCCURRENCE, DETECTION))
    number = severity * occurrence * detection
    place = sum(number >= least for least in BANDS)
    why = f"{severity} × {occurrence} × {detection} = {number}, a sort aid placed by stated bands"
    if severity >= GRAVE and place < 2:
        return Outcome(LEVELS[2], f"{why}; severity {severity} is never below high.", number)
    return Outcome(LEVELS[place], f"{why}.", number)


def cell(row: Band, column: Band) -> Field:
    """The products that two bands span; without detection there is no level."""
    products = [int(one) * int(other) for one in row.codes for other in column.codes]
    return Field(f"S×O {min(products)} to {max(products)}", None)


_PAIRS = tuple(Band(f"{n} to {n + 1}", (str(n), str(n + 1))) for n in range(1, 10, 2))

SCHEME = Scheme(
    name="fmea-rpn-1",
    title="FMEA risk priority number",
    about="A sort aid: three numbers multiplied. Its levels rest on bands stated by Concord, not on a standard.",
    source="Common practice of FMEA; the bands are Concord's own.",
    axes=(SEVERITY, OCCURRENCE, DETECTION),
    levels=LEVELS,
    row="severity",
    column="occurrence",
    look=look,
    cell=cell,
    bands={"severity": _PAIRS, "occurrence": _PAIRS},
)
