"""A decision before it is written, and the writing of it: the entry, the row, its place among those to be released."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from console.audit import log
from console.people.models import User
from triage.cases import kinds
from triage.cases.asking import Prepared
from triage.cases.kinds import Json
from triage.cases.kinds.content import digest
from triage.cases.models import Case, Decision, ReleaseDue, Role
from triage.cases.models.decision import ANSWERS, CONTRADICTS, CUTOVER, PROPOSED_IN

_VERBS: Final = {kinds.UNDO: "case.undone", kinds.REVERSE: "case.reversed"}
#: What the audit log calls a verdict whose details have one of these.
_MARKED: Final = {CONTRADICTS: "case.contradicted", PROPOSED_IN: "case.deferral_proposed"}


@dataclass(slots=True)
class Draft:
    """A decision before it is written. ``line``: the line decided on, if its verdict needed to be read against it.

    ``question``: what a verdict that asks for information asks.
    """

    verdict: str
    reason: str = ""
    note: str = ""
    content: Json = None
    details: dict[str, Any] = field(default_factory=dict)
    reverses: Decision | None = None
    release_at: dt.datetime | None = None
    key: uuid.UUID | None = None
    adjudicates: bool = False
    seconds: bool = False
    claimed_at: dt.datetime | None = None
    line: bytes = b""
    question: Prepared | None = None

    @property
    def verb(self) -> str:
        """What the audit log calls it."""
        marked = next((verb for mark, verb in _MARKED.items() if mark in self.details), "case.decided")
        return _VERBS.get(self.verdict, marked)

    @property
    def role(self) -> Role:
        """What takes another decision back is a reversal; what settles a contradiction, an adjudication.

        What agrees to the proposal of another person is a second review.
        """
        if self.reverses:
            return Role.REVERSAL
        if self.adjudicates:
            return Role.ADJUDICATION
        return Role.SECOND if self.seconds else Role.FIRST


def write(case: Case, by: User, now: dt.datetime, draft: Draft) -> Decision:
    """Write the entry, then the decision that bears its receipt, then its place among those to be released."""
    number = _number()
    receipt = log.record(draft.verb, subject=case, by=by, facts=_facts(case, number, draft))
    decision = Decision.objects.create(
        id=number,
        case=case,
        role=draft.role,
        verdict=draft.verdict,
        reason=draft.reason,
        note=draft.note,
        content=draft.content,
        details=draft.details,
        by=by,
        claimed_at=draft.claimed_at,
        decided_at=now,
        seen_revision=case.revision,
        seen_exception_id=case.latest_exception_id,
        reverses=draft.reverses,
        release_at=draft.release_at,
        request_key=draft.key or uuid.uuid4(),
        wave_id=case.wave_id,
        due_at=case.due_at,
        receipt=receipt.hash,
        entry_id=receipt.entry_id,
    )
    if draft.release_at:
        ReleaseDue.objects.create(decision=decision, release_at=draft.release_at)
    return decision


def _facts(case: Case, number: int, draft: Draft) -> dict[str, Any]:
    """What the entry says: codes and numbers; of the content its SHA-256, for it may quote a patient's record."""
    facts: dict[str, Any] = {
        "decision": number,
        "verdict": draft.verdict,
        "reason": draft.reason,
        "role": str(draft.role),
    }
    facts["revision"] = case.revision
    if draft.content is not None:
        facts["content"] = digest(draft.content)
    if draft.details.get("until") == CUTOVER:
        facts["until"] = CUTOVER
    for name in (CONTRADICTS, "reversed", ANSWERS):
        if name in draft.details:
            facts[name] = draft.details[name]
    if draft.reverses:
        facts["reverses"] = draft.reverses.pk
    return facts


def _number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_decision_id_seq')")
        return int(cursor.fetchone()[0])
