"""What a reviewer sends to decide a case: whether it was sent before, and whether it is complete."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from console.errors import Invalid
from console.people.models import User
from console.sealing import canonical
from triage.cases import asking, kinds, queries, rules
from triage.cases.actions.drafts import Draft
from triage.cases.kinds import Json, Reported, Then, Verdict
from triage.cases.models import Case, Decision, Role, State
from triage.cases.models.decision import Until
from triage.queues.models import Severity


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict as it was sent. ``seen`` is the revision looked at; ``content`` is as yet unread."""

    verdict: str
    seen: int
    reason: str = ""
    note: str = ""
    content: object = None
    until: Until | None = None
    asked_of: str = ""
    confirmed: bool = False
    reverse: tuple[int, ...] = ()
    request_key: uuid.UUID | None = None

    def draft(self, case: Case) -> Draft:
        """The decision that it asks for, with the reason that the evidence suggests when none was named."""
        reason = self.reason or _proposed(case, self.verdict)
        return Draft(self.verdict, reason=reason, note=self.note, key=self.request_key)


def repeated(case: Case, by: User, draft: Draft, given: Given) -> Decision | None:
    """The decision that this request made when it was sent before. Raises Invalid for a key used for something else."""
    known = Decision.objects.filter(request_key=draft.key).first() if draft.key else None
    if known:
        same = (known.case_id, known.by_id, known.verdict) == (case.pk, by.pk, draft.verdict)
        if not (same and _same_content(case, known, given.content)):
            raise Invalid("This request key was used for another decision. Send a new one.")
        return known
    if case.state == State.CLAIMED:
        return None
    last = latest(case)
    wanted = (by.pk, draft.verdict, draft.reason, given.seen)
    same = last is not None and (last.by_id, last.verdict, last.reason, last.seen_revision) == wanted
    return last if last and same and _same_content(case, last, given.content) else None


def latest(case: Case) -> Decision | None:
    """The latest decision that stands: not a reversal, and not reversed."""
    return _standing(case).first()


def asked_about(case: Case) -> Decision | None:
    """The latest decision that stands, but for those that only put the case off: what it waits to be decided about."""
    return next((one for one in _standing(case) if not one.puts_off), None)


def _standing(case: Case) -> QuerySet[Decision]:
    found = Decision.objects.filter(case=case, reversed_by__isnull=True).exclude(role=Role.REVERSAL)
    return found.order_by("-id")


def complete(case: Case, draft: Draft, given: Given, *, by: User, now: dt.datetime) -> Verdict:
    """The verdict; content and details are read into the draft. Raises Invalid unless what was sent is complete."""
    kind = kinds.get(case.kind)
    spec = kind.verdict(draft.verdict)
    rules.verdict(
        spec,
        draft.verdict,
        reason=draft.reason,
        reasons=[reason.code for reason in kind.reasons_for(draft.verdict)],
        note=draft.note,
        content=given.content is not None,
        severe=case.severity >= Severity.HIGH,
        until=given.until,
        asked_of=given.asked_of,
        now=now,
        offered=spec.offered(case) if spec else rules.ANYWHERE,
    ).require()
    assert spec is not None
    reported = queries.reported(case.latest_exception_id) if spec.content or spec.warned else Reported(b"")
    draft.line, draft.content = reported.line, _content(spec, given.content, reported.line)
    warning = kind.warning(case, spec.code, draft.content, reported) if spec.warned else ""
    rules.confirm(warning, confirmed=given.confirmed).require()
    draft.details = _details(spec, given) | ({"confirmed": True} if warning else {})
    if spec.then == Then.ASK:
        due = given.until if isinstance(given.until, dt.datetime) else None
        draft.question = asking.prepare(case, given.asked_of.strip(), due, by=by)
        draft.details |= draft.question.details if draft.question else {}
    return spec


def _details(spec: Verdict, given: Given) -> dict[str, Any]:
    """What the verdict needs besides, as the decision keeps it."""
    details: dict[str, Any] = {}
    if spec.needs == "until" and given.until:
        details["until"] = given.until.isoformat() if isinstance(given.until, dt.datetime) else given.until
    if spec.needs == "asked_of":
        details["asked_of"] = given.asked_of.strip()[:200]
    return details


def _content(spec: Verdict, given: object, line: bytes) -> Json:
    if spec.content is None or given is None:
        return None
    return spec.content.read(given, line)


def _same_content(case: Case, earlier: Decision, given: object) -> bool:
    """Whether what is sent is the content of an earlier decision, however it is spelt."""
    spec = kinds.get(case.kind).verdict(earlier.verdict)
    if given is None or spec is None or spec.content is None:
        return given is None and earlier.content is None
    try:
        read = spec.content.read(given, queries.payload(earlier.seen_exception_id))
    except Invalid:
        return False
    return earlier.content is not None and canonical.text(read) == canonical.text(earlier.content)


def _proposed(case: Case, verdict: str) -> str:
    """The reason that the case's evidence suggests; none for a severe case, whose reviewer names it."""
    if case.severity >= Severity.HIGH:
        return ""
    return kinds.get(case.kind).proposal(verdict, queries.reported(case.latest_exception_id))
