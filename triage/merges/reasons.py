"""The codes of the verdicts on a patient match, and the reasons to give with each of them."""

from __future__ import annotations

from typing import Final

from triage.cases.kinds import Reason

LINK: Final = "LINK"
NO_MATCH: Final = "NO_MATCH"
PARTITION: Final = "PARTITION"
DEFER: Final = "DEFER"
NEEDS_INFO: Final = "NEEDS_INFO"
OVERLAY_SUSPECTED: Final = "OVERLAY_SUSPECTED"
ESCALATE: Final = "ESCALATE"

#: The verdicts whose reason says why records are one person. Why a partition keeps others apart is in its content.
_LINKS: Final = (LINK, PARTITION)

_ALL: Final = (LINK, NO_MATCH, PARTITION, DEFER, NEEDS_INFO, OVERLAY_SUSPECTED, ESCALATE)

#: In the order in which they are offered.
REASONS: Final[tuple[Reason, ...]] = (
    Reason("identifiers_agree", "An identifier agrees", "i", _LINKS),
    Reason("demographics_agree", "Names, birth date, contact agree", "d", _LINKS),
    Reason("recording_error", "Explained by a data entry error", "e", _LINKS),
    Reason("changed_over_time", "Explained by a change over time", "t", _LINKS),
    Reason("identifiers_conflict", "Identifiers conflict", "i", (NO_MATCH,)),
    Reason("birth_dates_conflict", "Birth dates or ages conflict", "d", (NO_MATCH,)),
    Reason("twins_or_siblings", "Twins or siblings", "t", (NO_MATCH,)),
    Reason("same_household", "Relatives or same household", "h", (NO_MATCH,)),
    Reason("namesakes", "Same name only", "s", (NO_MATCH,)),
    Reason("later_run_expected", "More data expected in a later run", "l", (DEFER,)),
    Reason("correction_under_way", "The source is being corrected", "s", (DEFER,)),
    Reason("identifier_missing", "An identifier is missing", "i", (NEEDS_INFO, DEFER)),
    Reason("paper_record_needed", "Paper record needed", "p", (NEEDS_INFO,)),
    Reason("ask_the_patient", "Patient or clinic must be asked", "a", (NEEDS_INFO,)),
    Reason("two_people_one_record", "One record contains two patients", "w", (OVERLAY_SUSPECTED,)),
    Reason("history_implausible", "A record's history is implausible", "h", (OVERLAY_SUSPECTED,)),
    Reason("second_opinion", "A second opinion is needed", "s", (ESCALATE,)),
    Reason("not_mine_to_decide", "Outside my authority", "m", (ESCALATE,)),
    Reason("charts_conflict", "The charts contradict each other", "f", (NO_MATCH, OVERLAY_SUSPECTED, ESCALATE)),
    Reason("other", "Other: see the note", "y", _ALL, explained=True),
)

#: Why records are different people: the reasons of NO_MATCH, and of the groups that a partition keeps apart.
APART: Final[tuple[Reason, ...]] = tuple(reason for reason in REASONS if NO_MATCH in reason.verdicts)
