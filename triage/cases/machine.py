"""The state machine of a case as one table. The diagram in docs/reference/case-states.md is drawn from it."""

from __future__ import annotations

from triage.cases.models import State

S = State

#: verb → (states it may start from, state it ends in)
MOVES: dict[str, tuple[frozenset[State], State]] = {
    "claim": (frozenset({S.OPEN}), S.CLAIMED),
    "end_claim": (frozenset({S.CLAIMED}), S.OPEN),
    "expire": (frozenset({S.CLAIMED}), S.OPEN),
    "settle": (frozenset({S.CLAIMED}), S.DECIDED),
    "defer": (frozenset({S.CLAIMED}), S.DEFERRED),
    "put_off": (frozenset({S.OPEN, S.CLAIMED, S.DEFERRED}), S.DEFERRED),
    "ask": (frozenset({S.CLAIMED}), S.WAITING),
    "propose": (frozenset({S.CLAIMED}), S.OPEN),
    "transfer": (frozenset({S.CLAIMED}), S.OPEN),
    "wake": (frozenset({S.DEFERRED}), S.OPEN),
    "answer": (frozenset({S.WAITING}), S.OPEN),
    "raise": (frozenset({S.DEFERRED, S.WAITING}), S.OPEN),
    "undo": (frozenset({S.DECIDED, S.DEFERRED, S.WAITING}), S.CLAIMED),
    "call_back": (frozenset({S.OPEN}), S.CLAIMED),
    "release": (frozenset({S.DECIDED}), S.RELEASED),
    "acknowledge": (frozenset({S.RELEASED}), S.ACKNOWLEDGED),
    "verify": (frozenset({S.RELEASED, S.ACKNOWLEDGED}), S.VERIFIED),
    "unverify": (frozenset({S.VERIFIED}), S.RELEASED),
    "reverse": (frozenset({S.RELEASED, S.ACKNOWLEDGED, S.VERIFIED}), S.OPEN),
    "overrule": (frozenset({S.DECIDED}), S.OPEN),
    "reopen": (frozenset({S.DECIDED, S.RELEASED, S.ACKNOWLEDGED, S.VERIFIED}), S.OPEN),
    "withdraw": (frozenset({S.OPEN, S.CLAIMED, S.DEFERRED, S.WAITING}), S.WITHDRAWN),
    "return": (frozenset({S.WITHDRAWN}), S.OPEN),
}


def after(state: str, verb: str) -> State | None:
    """The state that ``verb`` leads to from ``state``, or None when the table has no such move."""
    starts, end = MOVES[verb]
    return end if state in starts else None
