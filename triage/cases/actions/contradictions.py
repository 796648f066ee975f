"""A verdict that contradicts settled decisions: it is kept, settles nothing, and the case goes to a third person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from console.errors import Stale
from console.people.models import User
from triage.cases import contradictions, kinds, rules
from triage.cases.actions import calling_back, handing, locks
from triage.cases.actions.drafts import Draft, write
from triage.cases.kinds import ADJUDICATION, Entry, Verdict
from triage.cases.models import Case, Decision, State
from triage.cases.models.decision import CAME_FROM, CONTRADICTED_BY, CONTRADICTS, TRANSFERRED
from triage.queues import plans, sla
from triage.queues import queries as queues
from triage.queues.routing import BASE, HANDED_ON


def entry(case: Case, spec: Verdict, draft: Draft) -> Entry | None:
    """What a verdict would assert, compared with what stands; None for one that settles nothing, or asserts nothing."""
    ledger = kinds.get(case.kind).ledger
    if ledger is None or not spec.settles:
        return None
    return ledger.prepare(case, spec.code, draft.content, draft.line)


def end(*cases: Case) -> None:
    """The decisions on these locked cases of one kind stand no longer."""
    ledger = kinds.get(cases[0].kind).ledger if cases else None
    if ledger is not None:
        ledger.end([case.pk for case in cases])


def send_on(
    case: Case, spec: Verdict, draft: Draft, contradicted: Sequence[int], *, by: User, now: dt.datetime
) -> Decision:
    """Keep the verdict, unsettled, and move the case to the queue for contradictory decisions.

    Raises Stale, and nothing is written, when its queue has none, or when the case is being adjudicated: there the
    decision must stand beside all others.
    """
    found = contradictions.named(contradicted)
    queue = None if draft.adjudicates else queues.target(case.queue, ADJUDICATION.name)
    if queue is None:
        rules.contradicts(spec.label, found, queue=str(case.queue), adjudicates=draft.adjudicates).require()
        raise Stale("This verdict contradicts settled decisions.")
    draft.details |= {
        CONTRADICTS: [*contradicted],
        CONTRADICTED_BY: sorted({one.by_id for one in found}),
        TRANSFERRED: queue.pk,
        CAME_FROM: calling_back.noted(case),
    }
    decision = write(case, by, now, draft)
    locks.let_go([case.pk])
    rules.move(case.ref, case.state, "transfer").require()
    case.state, case.queue, case.decision, case.proposal = State.OPEN, queue, None, None
    case.priority = case.severity * BASE + HANDED_ON
    case.due_at = sla.due_for(plans.policies(), queue.pk, case.severity, now)
    case.revision += 1
    handing.ended(case, by=by)
    case.save(update_fields=["state", "queue", "decision", "proposal", "priority", "due_at", "revision"])
    return decision
