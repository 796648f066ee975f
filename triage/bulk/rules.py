"""What a bulk change may do to one case. Pure: each rule answers will, already or refused, with a sentence.

None of them knows a verdict: what is decided is decided case by case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from triage.cases import handing_rules
from triage.cases.handing_rules import Colleague, Hands
from triage.cases.models import Decision, State
from triage.cases.rules import Holder, part_in
from triage.queues.models import Severity
from triage.queues.routing import BASE, HANDED_ON, REVERSED, RULE_PRIORITIES

#: At most so many cases in one change.
MOST: Final = 1_000
UNDO_FOR: Final = dt.timedelta(minutes=10)
#: So often a case that another transaction holds is tried before it is left as it is.
ATTEMPTS: Final = 3
REASON_CHARACTERS: Final = 300
_ENDLESS: Final = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a bulk change looks at of a case, as it is kept beside each item: plain values, nothing of a patient."""

    state: str
    queue: int
    severity: int
    priority: int
    due_at: str
    revision: int
    wake_at: str = ""
    by_verdict: bool = False
    holder: int | None = None
    holder_name: str = ""
    claim_ends: str = ""
    assignee: int | None = None
    assignee_name: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Seen:
        """What was kept of a case."""
        return cls(**kept)

    def kept(self) -> dict[str, Any]:
        """As an item keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Facts:
    """A case now, with what only the moment knows. ``manages``: the person leads its queue.

    ``sent``: decisions that sent it to its queue, whose authors must not decide it there.
    ``cutover``: the day on which its wave is planned to cut over. ``proposal``: what asks to defer it past that.
    """

    ref: str
    kind: str
    queue_name: str
    seen: Seen
    manages: bool
    sent: tuple[Decision, ...] = ()
    cutover: dt.date | None = None
    proposal: Decision | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A queue that cases are moved to. ``manages``: the person leads it."""

    id: int
    name: str
    kind: str
    active: bool
    manages: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague to whom cases are handed over. ``works``: the queues that they work."""

    id: int
    name: str
    is_person: bool
    active: bool
    works: frozenset[int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an act needs besides the cases. Only what its form asks for is set."""

    queue: Place | None = None
    priority: int | None = None
    at: dt.datetime | None = None
    to: Person | None = None
    said: Callable[[str], str] = field(default=str, compare=False)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a change would do to one case: ``will``, ``already`` or ``refused``, and why or from what to what."""

    result: str
    sentence: str


Rule = Callable[[Facts, Wanted], Outlook]


def _will(sentence: str) -> Outlook:
    """The change is possible."""
    return Outlook("will", sentence)


def _already(sentence: str) -> Outlook:
    """There is nothing to change."""
    return Outlook("already", sentence)


def _refused(sentence: str) -> Outlook:
    """The change is not possible; the sentence says why."""
    return Outlook("refused", sentence)


def move(case: Facts, wanted: Wanted) -> Outlook:
    """Whether an open case may be moved to another queue."""
    seen, to = case.seen, wanted.queue
    if to is None or not (to.active and to.manages):
        return _refused("your roles do not allow you to move cases to this queue")
    if seen.queue == to.id:
        return _already(f"in {to.name} already")
    if case.kind != to.kind:
        return _refused(f"{to.name} takes another type of case")
    return _leaves(case) or _will(f"{case.queue_name} → {to.name}")


def _leaves(case: Facts) -> Outlook | None:
    """Why a case may not leave its queue; None if it may."""
    seen = case.seen
    if seen.state not in State.UNRESOLVED:
        return _refused(_closed(seen))
    if seen.state in State.PAUSED:
        return _refused(f"{_paused(seen)}; resume it first")
    if seen.holder:
        return _refused(f"{seen.holder_name} has claimed it; release the claim first")
    if case.sent:
        return _refused("a decision sent it to its queue, where another person decides it")
    return None


def assign(case: Facts, wanted: Wanted) -> Outlook:
    """Whether a case may be handed over to a colleague: the rules of handing over one case."""
    seen, to = case.seen, wanted.to
    if to is None:
        return _refused("the colleague is missing")
    if seen.state not in State.UNRESOLVED:
        return _refused(_closed(seen))
    if seen.state in State.PAUSED:
        return _refused(f"{_paused(seen)}; resume it first")
    if to.id in (seen.holder, seen.assignee):
        return _already(f"{to.name} holds it" if seen.holder == to.id else f"assigned to {to.name} already")
    holder = Holder(seen.holder, seen.holder_name, _ENDLESS) if seen.holder else None
    hands = Hands(case.ref, seen.state, holder, seen.assignee or 0, seen.assignee_name)
    part = part_in(case.sent, to.id, seen.queue, proposal=case.proposal)
    colleague = Colleague(to.id, to.name, to.is_person, to.active, seen.queue in to.works, part)
    answer = handing_rules.receive(hands, colleague)
    if not answer:
        return _refused(answer.reason)
    before = seen.holder_name or seen.assignee_name
    kept = "; what was typed stays with its holder" if seen.holder else ""
    return _will(f"{before} → {to.name}{kept}" if before else f"unassigned → {to.name}")


def priority(case: Facts, wanted: Wanted) -> Outlook:
    """Whether the place of a case within its severity may be set."""
    seen, lift = case.seen, case.seen.priority % BASE
    if wanted.priority not in RULE_PRIORITIES:
        return _refused("a priority is a whole number from 0 to 49")
    if seen.state not in State.UNRESOLVED:
        return _refused(_closed(seen))
    if lift >= REVERSED:
        return _refused("its decision was reversed, which puts it before priorities 0 to 49")
    if lift >= HANDED_ON:
        return _refused("it was moved or transferred to its queue, which puts it before priorities 0 to 49")
    if lift == wanted.priority:
        return _already(f"has priority {lift} already")
    return _will(f"{lift} → {wanted.priority}")


def due(case: Facts, wanted: Wanted) -> Outlook:
    """Whether the due time of a case may be set."""
    seen = case.seen
    if wanted.at is None:
        return _refused("the due time is missing")
    if seen.state not in State.UNRESOLVED:
        return _refused(_closed(seen))
    if _time(seen.due_at) == wanted.at:
        return _already("is due then already")
    return _will(f"{wanted.said(seen.due_at)} → {wanted.said(wanted.at.isoformat())}")


def release(case: Facts, wanted: Wanted) -> Outlook:
    """Whether there is a claim to release."""
    seen = case.seen
    if seen.state not in State.UNRESOLVED:
        return _refused(_closed(seen))
    if seen.holder is None:
        return _already("no claim to release")
    return _will(f"ends the claim of {seen.holder_name}")


def defer(case: Facts, wanted: Wanted) -> Outlook:
    """Whether an open case may be deferred until a date, or a lead's deferral be changed."""
    seen, until = case.seen, wanted.at
    if until is None:
        return _refused("the date is missing")
    if seen.state not in State.UNRESOLVED:
        return _refused(_closed(seen))
    if seen.state in State.PAUSED and (seen.by_verdict or seen.state != State.DEFERRED):
        return _refused(f"{_paused(seen)} by a reviewer; resume it first")
    if seen.holder:
        return _refused(f"{seen.holder_name} has claimed it; release the claim first")
    if seen.severity >= Severity.HIGH and case.cutover and until.date() > case.cutover:
        named = Severity(seen.severity).label.lower()
        return _refused(f"{named} severity: a deferral past the cutover of its wave is decided on its page")
    if _time(seen.wake_at) == until:
        return _already("deferred until then already")
    return _will(f"until {wanted.said(until.isoformat())}")


def changed(before: Seen, now: Seen) -> str:
    """What is different about a case than when it was looked at; "" for nothing.

    A claim that its holder only renewed is the same claim.
    """
    if before.state != now.state and now.holder is None:
        return f"it is {State(now.state).label.lower()} now"
    if before.holder != now.holder:
        return f"{now.holder_name} has claimed it" if now.holder else f"{before.holder_name} no longer holds it"
    if before.assignee != now.assignee:
        return f"it is assigned to {now.assignee_name} now" if now.assignee else "it is no longer assigned"
    if before.severity != now.severity:
        return f"its severity is {Severity(now.severity).label.lower()} now"
    if before.queue != now.queue:
        return "it is in another queue now"
    told = {"priority": "its priority", "due_at": "its due time", "wake_at": "the date of its deferral"}
    for name, words in told.items():
        if getattr(before, name) != getattr(now, name):
            return f"{words} has changed"
    if before.revision != now.revision:
        return "it was reported again"
    return ""


def _time(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _closed(seen: Seen) -> str:
    return f"it is {State(seen.state).label.lower()}"


def _paused(seen: Seen) -> str:
    return "deferred" if seen.state == State.DEFERRED else "waiting for information"
