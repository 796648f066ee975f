"""HFMEA, the failure mode and effect analysis of the VA National Center for Patient Safety.

Severity 1 to 4 times probability 1 to 4 gives the hazard score. A score of 8 or more goes through the decision tree,
and so does a lower one where the step is a single point weakness (criticality): is there an effective control? would
the failure be so obvious that none is needed (detectability)? Whatever passes both with “no” must be proceeded with.

Matrix, threshold and the tree's questions were compared with public descriptions of the method that cite the center;
one orders the questions differently. The worksheet itself was not at hand.

On the common scale: what the tree stops is 2 (moderate); outside of the tree a score up to 3 is 1 and up to 6 is 2;
what is to be proceeded with is 3, with a score of 12 or 16 it is 4. The levels are named so by us.
"""

from __future__ import annotations

from typing import Final

from governance.risks.schemes.base import Axis, Band, Factors, Field, Level, Outcome, Scheme, Word

ENTERS: Final = 8
TOP: Final = 12

SEVERITY = Axis(
    "severity",
    "Severity",
    "How badly could it end?",
    (
        Word("minor", "Minor", "No injury, no longer stay, no more care."),
        Word("moderate", "Moderate", "More care or a longer stay for one or two patients."),
        Word("major", "Major", "Lasting loss of function, or more care for three patients or more."),
        Word("catastrophic", "Catastrophic", "Death, or major lasting loss of function."),
    ),
)
PROBABILITY = Axis(
    "probability",
    "Probability",
    "How often does it happen?",
    (
        Word("remote", "Remote", "Perhaps once in five to thirty years."),
        Word("uncommon", "Uncommon", "Perhaps once in two to five years."),
        Word("occasional", "Occasional", "Perhaps several times in one to two years."),
        Word("frequent", "Frequent", "Likely soon; perhaps several times a year."),
    ),
)
NO_YES = (Word("no", "No"), Word("yes", "Yes"))
WEAKNESS = Axis("weakness", "Single point weakness", "Would its failure alone make the whole process fail?", NO_YES)
CONTROL = Axis("control", "Effective control", "Is there a control in place that is known to work?", NO_YES)
OBVIOUS = Axis("obvious", "Obvious", "Would it be noticed at once, so surely that no control is needed?", NO_YES)

LEVELS = (
    Level("stop, low", 1, 1, "Low score: no action is needed."),
    Level("stop, moderate", 2, 2, "Moderate score, or controlled, or obvious: monitor."),
    Level("proceed, high", 3, 3, "No effective control: identify causes and act."),
    Level("proceed, very high", 4, 4, "No effective control, severe and likely: act before proceeding."),
)
_LOW, _MODERATE, _HIGH, _TOP = LEVELS
_LOW_SCORES: Final = 3


def _number(axis: Axis, code: str) -> int:
    return [word.code for word in axis.words].index(code) + 1


def look(factors: Factors) -> Outcome:
    """Score, then the decision tree."""
    score = _number(SEVERITY, factors["severity"]) * _number(PROBABILITY, factors["probability"])
    weak = factors["weakness"] == "yes"
    if score < ENTERS and not weak:
        why = f"Hazard score {score}, below {ENTERS}, and no single point weakness: no decision tree needed."
        return Outcome(_LOW if score <= _LOW_SCORES else _MODERATE, why, score)
    entered = f"Hazard score {score}" + (", a single point weakness" if weak else "")
    if factors["control"] == "yes":
        return Outcome(_MODERATE, f"{entered}: an effective control is in place, stop.", score)
    if factors["obvious"] == "yes":
        return Outcome(_MODERATE, f"{entered}: no effective control, but obvious at once, stop.", score)
    return Outcome(_TOP if score >= TOP else _HIGH, f"{entered}: neither controlled nor obvious, proceed.", score)


def cell(row: Band, column: Band) -> Field:
    """The hazard score; from 8 on the decision tree has the last word, so a cell alone has no level."""
    score = _number(SEVERITY, row.codes[0]) * _number(PROBABILITY, column.codes[0])
    return Field(f"score {score}" + (", decision tree" if score >= ENTERS else ""), None)


SCHEME = Scheme(
    name="hfmea-1",
    title="HFMEA",
    about="Failure modes in care: severity and probability give a score, then a decision tree says stop or proceed.",
    source="VA National Center for Patient Safety, by public descriptions of its hazard score and decision tree.",
    axes=(SEVERITY, PROBABILITY, WEAKNESS, CONTROL, OBVIOUS),
    levels=LEVELS,
    row="severity",
    column="probability",
    look=look,
    cell=cell,
)
