"""DCB0129 and DCB0160, the clinical risk management standards of the NHS in England: a lookup of words.

Likelihood and consequence are words, never numbers, and the class is never their product. Table, level definitions
and the words of both axes were compared with the risk matrix that NHS England publishes in the hazard log of HL7 FHIR
UK Core, which cites both standards; the standards' own text was not at hand.

On the common scale levels 1 to 3 are 1 to 3; 4 (mandatory control) and 5 (unacceptable) are both 4, since the standard
lets neither stand as it is.
"""

from __future__ import annotations

from governance.risks.schemes.base import Axis, Level, Scheme, Word, by_lookup

LIKELIHOOD = Axis(
    "likelihood",
    "Likelihood",
    "How likely is the harm?",
    (
        Word("very-low", "Very low", "Negligible, or nearly so."),
        Word("low", "Low", "It could happen; in the great majority of cases it will not."),
        Word("medium", "Medium", "Possible."),
        Word("high", "High", "Not certain but very possible; to be expected in most cases."),
        Word("very-high", "Very high", "Certain, or almost certain."),
    ),
)
CONSEQUENCE = Axis(
    "consequence",
    "Consequence",
    "How bad would the harm be, and for how many patients?",
    (
        Word("minor", "Minor", "One patient: minor injury with quick recovery, upset or inconvenience."),
        Word(
            "significant", "Significant", "One patient: minor injury with slow recovery. Several: with quick recovery."
        ),
        Word("considerable", "Considerable", "One patient: severe injury with quick recovery. Several: minor, slow."),
        Word("major", "Major", "One patient: death or lasting incapacity. Several: severe injury with quick recovery."),
        Word(
            "catastrophic",
            "Catastrophic",
            "Several patients: death, lasting incapacity, severe injury with slow recovery.",
        ),
    ),
)
LEVELS = (
    Level("1 acceptable", 1, 1, "Acceptable; nothing further is required."),
    Level("2 tolerable", 2, 2, "Acceptable where a further reduction costs more than it gains."),
    Level("3 undesirable", 3, 3, "To be reduced; acceptable only when reducing it further is impractical."),
    Level("4 control mandatory", 4, 4, "Must be eliminated or controlled down to an acceptable level."),
    Level("5 unacceptable", 5, 4, "Unacceptable."),
)
TABLE = {
    "very-low": (1, 1, 2, 2, 3),
    "low": (1, 2, 2, 3, 4),
    "medium": (2, 2, 3, 3, 4),
    "high": (2, 3, 3, 4, 5),
    "very-high": (3, 4, 4, 5, 5),
}
_look, _cell = by_lookup(LEVELS, LIKELIHOOD, CONSEQUENCE, TABLE)

SCHEME = Scheme(
    name="dcb0129-1",
    title="DCB0129/0160",
    about="Clinical safety of health IT in England: likelihood and consequence in words, the level looked up.",
    source="NHS England DCB0129/DCB0160, by the risk matrix of the UK Core hazard log.",
    axes=(LIKELIHOOD, CONSEQUENCE),
    levels=LEVELS,
    row="likelihood",
    column="consequence",
    look=_look,
    cell=_cell,
)
