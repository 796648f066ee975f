"""What a reviewer may answer on a merge, and the reasons to give with each answer."""

from __future__ import annotations

from dataclasses import dataclass

from triage.cases.kinds import Verdict

VERDICTS: tuple[Verdict, ...] = (
    Verdict(
        code="LINK",
        label="Same person",
        key="1",
        hint="These records belong to one person. The pipeline links them.",
        settles=True,
        then="settle",
        reason_required=False,
    ),
    Verdict(
        code="NO_MATCH",
        label="Different people",
        key="2",
        hint="Never link. The case reopens only if its evidence changes.",
        settles=True,
        then="settle",
    ),
    Verdict(
        code="DEFER",
        label="Defer",
        key="3",
        hint="Returns to the queue on the date you choose.",
        settles=False,
        then="defer",
        needs="until",
    ),
    Verdict(
        code="NEEDS_INFO",
        label="Needs information",
        key="4",
        hint="Waits for information from the person or clinic you name.",
        settles=False,
        then="ask",
        needs="asked_of",
    ),
    Verdict(
        code="OVERLAY_SUSPECTED",
        label="Overlay suspected",
        key="5",
        hint="One record may contain two patients. The pipeline holds all records in this case.",
        settles=True,
        then="settle",
    ),
    Verdict(
        code="ESCALATE",
        label="Escalate",
        key="6",
        hint="Moves the case to the escalation queue. You cannot decide it there.",
        settles=False,
        then="transfer",
    ),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody answers as they do: a code that stays, words for people, a key, the verdicts it goes with.

    The key works once one of its verdicts is chosen. It is unlike those of the other reasons of that verdict, and
    unlike every key of the page (b c n r u), of lists (j k o x) and of the navigation (g).
    """

    code: str
    label: str
    key: str
    verdicts: tuple[str, ...]


#: In the order in which they are offered.
REASONS: tuple[Reason, ...] = (
    Reason("identifiers_agree", "An identifier agrees", "i", ("LINK",)),
    Reason("demographics_agree", "Names, birth date, contact agree", "d", ("LINK",)),
    Reason("recording_error", "Explained by a data entry error", "e", ("LINK",)),
    Reason("changed_over_time", "Explained by a change over time", "t", ("LINK",)),
    Reason("identifiers_conflict", "Identifiers conflict", "i", ("NO_MATCH",)),
    Reason("birth_dates_conflict", "Birth dates or ages conflict", "d", ("NO_MATCH",)),
    Reason("twins_or_siblings", "Twins or siblings", "t", ("NO_MATCH",)),
    Reason("same_household", "Relatives or same household", "h", ("NO_MATCH",)),
    Reason("namesakes", "Same name only", "s", ("NO_MATCH",)),
    Reason("later_run_expected", "More data expected in a later run", "l", ("DEFER",)),
    Reason("correction_under_way", "The source is being corrected", "s", ("DEFER",)),
    Reason("identifier_missing", "An identifier is missing", "i", ("NEEDS_INFO", "DEFER")),
    Reason("paper_record_needed", "Paper record needed", "p", ("NEEDS_INFO",)),
    Reason("ask_the_patient", "Patient or clinic must be asked", "a", ("NEEDS_INFO",)),
    Reason("two_people_one_record", "One record contains two patients", "w", ("OVERLAY_SUSPECTED",)),
    Reason("history_implausible", "A record's history is implausible", "h", ("OVERLAY_SUSPECTED",)),
    Reason("second_opinion", "A second opinion is needed", "s", ("ESCALATE",)),
    Reason("not_mine_to_decide", "Outside my authority", "m", ("ESCALATE",)),
    Reason("charts_conflict", "The charts contradict each other", "f", ("NO_MATCH", "OVERLAY_SUSPECTED", "ESCALATE")),
    Reason("other", "Other: see the note", "y", tuple(verdict.code for verdict in VERDICTS)),
)


def reasons_for(verdict: str) -> list[Reason]:
    """The reasons that go with a verdict, in the order in which they are offered."""
    return [reason for reason in REASONS if verdict in reason.verdicts]
