"""NIST SP 800-30 revision 1, table I-2: level of risk from likelihood and impact.

The table was compared cell by cell with one public implementation of it; the publication itself was not at hand.
The meanings of the words are ours, after its tables G-4 and H-3.

On the common scale very low and low are both 1, moderate is 2, high is 3, very high is 4.
"""

from __future__ import annotations

from governance.risks.schemes.base import Axis, Level, Scheme, Word, by_lookup

LIKELIHOOD = Axis(
    "likelihood",
    "Likelihood",
    "How likely is it that the event happens and does harm?",
    (
        Word("very-low", "Very low", "Highly unlikely."),
        Word("low", "Low", "Unlikely."),
        Word("moderate", "Moderate", "Somewhat likely."),
        Word("high", "High", "Highly likely."),
        Word("very-high", "Very high", "Almost certain."),
    ),
)
IMPACT = Axis(
    "impact",
    "Impact",
    "How much harm would it do to patients, staff, the hospital or others?",
    (
        Word("very-low", "Very low", "Negligible harm."),
        Word("low", "Low", "Limited harm: the work goes on, noticeably worse."),
        Word("moderate", "Moderate", "Serious harm: the work goes on, much worse."),
        Word("high", "High", "Severe or catastrophic harm: a main task of the hospital stops."),
        Word("very-high", "Very high", "Several severe or catastrophic harms."),
    ),
)
LEVELS = (
    Level("very low", 1, 1, "Negligible."),
    Level("low", 2, 1, "Limited."),
    Level("moderate", 3, 2, "Serious."),
    Level("high", 4, 3, "Severe or catastrophic."),
    Level("very high", 5, 4, "Several severe or catastrophic effects."),
)
TABLE = {
    "very-low": (1, 1, 1, 2, 2),
    "low": (1, 2, 2, 2, 3),
    "moderate": (1, 2, 3, 3, 4),
    "high": (1, 2, 3, 4, 5),
    "very-high": (1, 2, 3, 4, 5),
}
_look, _cell = by_lookup(LEVELS, LIKELIHOOD, IMPACT, TABLE)

SCHEME = Scheme(
    name="nist-800-30-1",
    title="NIST 800-30",
    about="Risks to information and systems: likelihood and impact in words, the level looked up in table I-2.",
    source="NIST SP 800-30 revision 1 (2012), table I-2, compared with one public implementation.",
    axes=(LIKELIHOOD, IMPACT),
    levels=LEVELS,
    row="likelihood",
    column="impact",
    look=_look,
    cell=_cell,
)
