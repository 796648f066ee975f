"""What a reviewer may decide on a patient match, and the reasons to give with each verdict."""

from __future__ import annotations

from typing import Final

from triage.cases.kinds import Reason, Target, Then, Verdict
from triage.queues.models import Severity

#: Where cases go that a reviewer does not decide, and those about a record that may hold two patients.
ESCALATION: Final = Target("escalation", "Escalated cases go to", required=True)
OVERLAY: Final = Target("overlay", "Suspected overlays go to")

VERDICTS: Final[tuple[Verdict, ...]] = (
    Verdict(
        code="LINK",
        label="Same person",
        key="1",
        hint="These records belong to one person. The pipeline links them.",
        then=Then.SETTLE,
        past="decided: Same person",
        icon="link",
        tone="success",
        reason_required=False,
        proven_by_silence=True,
        disproved_by_report=True,  # once linked, the records leave nothing to report
    ),
    Verdict(
        code="NO_MATCH",
        label="Different people",
        key="2",
        hint="Never link. The case reopens only if its evidence changes.",
        then=Then.SETTLE,
        past="decided: Different people",
        icon="unlink",
        tone="info",
        proven_by_silence=True,
    ),
    Verdict(
        code="DEFER",
        label="Defer",
        key="3",
        hint="Returns to the queue on the date you choose.",
        then=Then.DEFER,
        past="decided: Defer",
        icon="alarm-clock",
        tone="outline",
    ),
    Verdict(
        code="NEEDS_INFO",
        label="Needs information",
        key="4",
        hint="Waits for information from the person or clinic you name.",
        then=Then.ASK,
        past="decided: Needs information",
        icon="message-circle-question-mark",
        tone="medium",
    ),
    Verdict(
        code="OVERLAY_SUSPECTED",
        label="Overlay suspected",
        key="5",
        hint="One record may contain two patients. The pipeline holds all records in this case.",
        then=Then.SETTLE,
        past="decided: Overlay suspected",
        icon="layers-2",
        tone="alarm",
        sends_to=OVERLAY,
        severity_there=Severity.CRITICAL,
    ),
    Verdict(
        code="ESCALATE",
        label="Escalate",
        key="6",
        hint="Moves the case to the escalation queue. You cannot decide it there.",
        then=Then.TRANSFER,
        past="decided: Escalate",
        icon="arrow-up-from-line",
        tone="special",
        sends_to=ESCALATION,
    ),
)

#: In the order in which they are offered.
REASONS: Final[tuple[Reason, ...]] = (
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
    Reason("other", "Other: see the note", "y", tuple(verdict.code for verdict in VERDICTS), explained=True),
)
