"""What was reported beside a standing decision, applied when people take the case up again."""

from __future__ import annotations

import datetime as dt

import msgspec

from triage.cases import kinds, queries
from triage.cases.kinds import LineRefused, StagedLine
from triage.cases.models import Case, Decision
from triage.cases.models.decision import TRANSFERRED
from triage.queues import plans, routing, sla
from triage.queues.models import Queue
from triage.queues.routing import BASE, HANDED_ON, Facts


def apply_noted(case: Case, decided: Decision | None, now: dt.datetime) -> bool:
    """Let a locked case say what was last reported of it, as landing does for unresolved ones; True if anything moved.

    ``decided`` is the decision that stood, whose line is the one before. The caller saves ``COLUMNS``.
    """
    if decided is None or decided.seen_exception_id == case.latest_exception_id:
        return False
    line = _line(case)
    if line is None:
        return False
    handed_on, was = _handed_on(case), (case.queue_id, case.severity)
    case.severity = max(line.severity, case.severity) if handed_on else line.severity
    case.domain, case.reasons, case.score, case.size = line.domain, list(line.reasons), line.score, line.size
    case.facilities = list(line.facilities) or None
    lift = case.priority % BASE
    if not handed_on:
        case.queue_id, routed = _routed(case)
        lift = routed if lift < HANDED_ON else lift
    case.priority = case.severity * BASE + lift
    if (case.queue_id, case.severity) != was:
        case.due_at = min(case.due_at, sla.due_for(plans.policies(), case.queue_id, case.severity, now))
    case.revision += 1
    return True


#: What ``apply_noted`` may change.
COLUMNS = ("severity", "domain", "reasons", "score", "size", "facilities", "queue", "priority", "due_at", "revision")


def _line(case: Case) -> StagedLine | None:
    """The last reported line; None when the rules of today would refuse it."""
    try:
        return kinds.get(case.kind).staged(queries.payload(case.latest_exception_id))
    except (msgspec.DecodeError, LineRefused):
        return None


def _handed_on(case: Case) -> bool:
    """Whether people placed the case in its queue, as ``landing`` asks of many."""
    sends = {rule.queue_id for rule in plans.rules(case.kind)} | {_default(case.kind)}
    if case.queue_id not in sends or case.priority % BASE == HANDED_ON:
        return True
    return Decision.objects.filter(case=case, **{f"details__{TRANSFERRED}": case.queue_id}).exists()


def _routed(case: Case) -> tuple[int, int]:
    """The queue that routing sends the case to, and the priority that its rule adds."""
    rules = plans.rules(case.kind)
    facts = Facts(
        case.wave.slug,
        case.severity,
        case.domain,
        tuple(case.reasons),
        case.size,
        case.score,
        tuple(case.facilities or ()),
        queries.source_of(case),
    )
    place = routing.first_match(rules, facts)
    if place > len(rules):
        return _default(case.kind) or case.queue_id, 0
    return rules[place - 1].queue_id, rules[place - 1].priority


def _default(kind: str) -> int | None:
    """The queue of cases that no rule places."""
    return Queue.objects.filter(kind=kind, active=True).order_by("order", "slug").values_list("pk", flat=True).first()
