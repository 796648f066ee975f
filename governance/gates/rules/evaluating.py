"""Judging a criterion. Only what is known, fresh, well-sampled and within its bound is a pass; nothing is rounded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from governance.gates.rules.values import Evaluated, WaiverSeen
from governance.gates.terms import Judged, Seen, Spec


def evaluate(spec: Spec, seen: Seen, now: dt.datetime) -> Evaluated:
    """Judge what was seen: result, the value in words, and one plain sentence. Never raises; doubt is inconclusive."""
    raise NotImplementedError


def judge(spec: Spec, seen: Seen, waiver: WaiverSeen | None, now: dt.datetime) -> Judged:
    """Evaluate, and say on which basis the criterion permits: ``pass``, ``waiver:7``, or none (empty).

    A waiver permits a failure only, of this very criterion and version, while it is active.
    """
    raise NotImplementedError


def blockers(judged: Iterable[Judged]) -> list[Judged]:
    """The blocking criteria that do not permit, worst first: failures, then what is stale or cannot be known."""
    raise NotImplementedError


def permitted(judged: Iterable[Judged]) -> bool:
    """Whether every blocking criterion permits. A gate without any blocking criterion permits nothing."""
    raise NotImplementedError
