"""What a reviewer may decide on a patient match."""

from __future__ import annotations

from typing import Final

from triage.cases.kinds import Target, Then, Verdict
from triage.merges import groups, reasons
from triage.queues.models import Severity

#: Where cases go that a reviewer does not decide, and those about a record that may hold two patients.
ESCALATION: Final = Target("escalation", "Escalated cases go to", required=True)
OVERLAY: Final = Target("overlay", "Suspected overlays go to")

VERDICTS: Final[tuple[Verdict, ...]] = (
    Verdict(
        code=reasons.LINK,
        label="Same person",
        short="Same",
        key="1",
        hint="These records belong to one person. The pipeline links them.",
        then=Then.SETTLE,
        past="decided: Same person",
        icon="link",
        tone="success",
        warned=True,
        proven_by_silence=True,
        disproved_by_report=True,  # once linked, the records leave nothing to report
    ),
    Verdict(
        code=reasons.NO_MATCH,
        label="Different people",
        short="Different",
        key="2",
        hint="Never link. The case reopens only if its evidence changes.",
        then=Then.SETTLE,
        past="decided: Different people",
        icon="unlink",
        tone="info",
        proven_by_silence=True,
    ),
    Verdict(
        code=reasons.PARTITION,
        label="Groups",
        short="Some are the same: groups",
        key="3",
        hint="Each group is one person; groups are different people. The pipeline links within a group.",
        then=Then.SETTLE,
        past="decided: Groups",
        icon="group",
        tone="success",
        content=groups.CONTENT,
        offered=groups.offered,
        warned=True,
        proven_by_silence=True,
        disproved_by_report=True,  # as a link: what it links leaves less to report
    ),
    Verdict(
        code=reasons.DEFER,
        label="Defer",
        key="4",
        hint="Returns to the queue on the date you choose, or after the cutover.",
        then=Then.DEFER,
        past="decided: Defer",
        icon="alarm-clock",
        tone="outline",
    ),
    Verdict(
        code=reasons.NEEDS_INFO,
        label="Needs information",
        short="Needs info",
        key="5",
        hint="Waits for information from the person or clinic you name.",
        then=Then.ASK,
        past="decided: Needs information",
        icon="message-circle-question-mark",
        tone="medium",
    ),
    Verdict(
        code=reasons.OVERLAY_SUSPECTED,
        label="Overlay suspected",
        short="Overlay",
        key="6",
        hint="One record may contain two patients. The pipeline holds all records in this case.",
        then=Then.SETTLE,
        past="decided: Overlay suspected",
        icon="layers-2",
        tone="alarm",
        sends_to=OVERLAY,
        severity_there=Severity.CRITICAL,
    ),
    Verdict(
        code=reasons.ESCALATE,
        label="Escalate",
        key="7",
        hint="Moves the case to the escalation queue. You cannot decide it there.",
        then=Then.TRANSFER,
        past="decided: Escalate",
        icon="arrow-up-from-line",
        tone="special",
        sends_to=ESCALATION,
    ),
)
