"""Deferrals past the cutover of a wave that need a second person: proposed by one reviewer, answered by another.

A proposal is a decision that settles nothing and defers nothing. Its case is open again, marked by ``Case.proposal``,
and claimed by anyone but its author. Another reviewer who defers it past the cutover agrees; other verdicts decline.
"""

from __future__ import annotations

from console.waves.models import Wave
from triage.cases import deferral_rules
from triage.cases.actions import calling_back
from triage.cases.actions.drafts import Draft
from triage.cases.models import Case, Decision
from triage.cases.models.decision import ANSWERS, CAME_FROM, CUTOVER, PROPOSED_IN, Until
from triage.queues.models import Severity


def note(case: Case, draft: Draft, until: Until | None, *, by_id: int) -> None:
    """Note in the draft of a complete verdict whether it is a proposal, or which one it answers.

    Raises Invalid for a cutover that has taken place, Denied for one's own proposal.
    """
    asks = until == CUTOVER
    if asks:
        gone = Wave.objects.filter(pk__in=case.waves, cut_over_at__isnull=False).order_by("pk")
        deferral_rules.past_cutover([str(wave) for wave in gone]).require()
    if case.proposal is not None:
        deferral_rules.answer(case.ref, mine=case.proposal.by_id == by_id).require()
        draft.details[ANSWERS] = case.proposal.pk
        draft.seconds = asks
    elif asks and case.severity >= Severity.HIGH:
        draft.details |= {PROPOSED_IN: case.queue_id, CAME_FROM: calling_back.noted(case)}


def restored(undone: Decision | None) -> Decision | None:
    """The proposal that waits again once this decision, which answered it, is undone."""
    answered = undone.details.get(ANSWERS) if undone else None
    return Decision.objects.filter(pk=answered).first() if answered else None
