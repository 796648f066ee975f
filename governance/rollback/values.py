"""What a rollback plan says, as values, and the digest over all of it. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from console.people.models import User
from console.sealing import canonical as sealing

FORMAT: Final = "rollback-plan/1"


@dataclass(frozen=True, slots=True)
class TriggerDraft:
    """What raises the alarm. Without a ``measure`` it is a person's call; with one it fires beyond its bound.

    ``operator``: the measure's value is ``lt``, ``le``, ``gt`` or ``ge`` the threshold, in the measure's unit (a ratio
    as a share of 1), in so many readings in a row.
    """

    code: str
    title: str
    measure: str = ""
    dimension: str = ""
    operator: str = ""
    threshold: Decimal | None = None
    consecutive: int = 1


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """Everything that one version of a plan says. Lengths of time are in minutes."""

    authority: User
    deputy: User
    decide_within: int
    window_start: dt.datetime
    window_end: dt.datetime
    margin: int
    rto: int
    rpo: int
    mtd: int
    transport: str
    data_scope: str
    data: str
    steps: str
    triggers: tuple[TriggerDraft, ...]
    runbook_title: str = ""
    runbook_digest: str = ""


def canonical(wave: str, draft: PlanDraft) -> str:
    """Return the plan of the wave of that slug as canonical JSON (RFC 8785), times in UTC.

    People stand in it by number, so that a new printed name changes nothing.
    """
    said: dict[str, Any] = {
        "format": FORMAT,
        "wave": wave,
        "authority": draft.authority.pk,
        "deputy": draft.deputy.pk,
        "window_start": _moment(draft.window_start),
        "window_end": _moment(draft.window_end),
        "triggers": [_trigger(trigger) for trigger in sorted(draft.triggers, key=lambda trigger: trigger.code)],
    }
    minutes = ("decide_within", "margin", "rto", "rpo", "mtd")
    texts = ("transport", "data_scope", "data", "steps", "runbook_title", "runbook_digest")
    said |= {name: getattr(draft, name) for name in minutes}
    said |= {name: _text(getattr(draft, name)) for name in texts}
    return sealing.text(said)


def digest(wave: str, draft: PlanDraft) -> str:
    """SHA-256 (hex) of the canonical text."""
    return sealing.digest(canonical(wave, draft))


def _trigger(trigger: TriggerDraft) -> dict[str, Any]:
    bound = "" if trigger.threshold is None else format(trigger.threshold.normalize(), "f")
    return {
        "code": trigger.code,
        "title": _text(trigger.title),
        "measure": trigger.measure,
        "dimension": trigger.dimension,
        "operator": trigger.operator,
        "threshold": bound,
        "consecutive": trigger.consecutive,
    }


def _moment(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _text(value: str) -> str:
    """Line ends and outer spaces are no difference in what a text says."""
    return "\n".join(value.strip().splitlines())
