"""What the form that decides a case offers: verdicts with their answers, reasons, and what else a verdict needs.

Whatever belongs to some verdicts only names their places on the form, from 1: stylesheet and script go by places, so
they know no verdict.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from console.answers import Answer
from triage.cases.kinds import Reason, Verdict

DEFER_FOR: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class VerdictChoice:
    """A verdict at its place; ``answer`` says whether it can be chosen on this case."""

    place: int
    verdict: Verdict
    answer: Answer


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason with the places of its verdicts."""

    reason: Reason
    places: str


@dataclass(frozen=True, slots=True)
class DecideForm:
    """Everything that ``desk/_decide.html`` draws, apart from what was typed.

    ``until_places`` and ``asked_of_places``: the verdicts that need a date, or whom to ask. Dates are ISO texts.
    ``request_key`` names this form, so that the same decision sent twice is made once.
    """

    verdicts: list[VerdictChoice]
    reasons: list[ReasonChoice]
    reasons_needed: str
    until_places: str
    until_first: str
    until_default: str
    asked_of_places: str
    request_key: uuid.UUID


def decide_form(
    verdicts: Sequence[Verdict],
    reasons: Iterable[Reason],
    *,
    answer: Callable[[Verdict], Answer],
    severe: bool,
    now: dt.datetime,
) -> DecideForm:
    """The form for a kind's ``verdicts`` and ``reasons``. ``severe``: every verdict on this case needs a reason."""
    today = timezone.localdate(now)
    return DecideForm(
        verdicts=[VerdictChoice(place, verdict, answer(verdict)) for place, verdict in enumerate(verdicts, 1)],
        reasons=[ReasonChoice(reason, _places(verdicts, _goes_with(reason))) for reason in reasons],
        reasons_needed=_reasons_needed(verdicts, severe=severe),
        until_places=_places(verdicts, lambda verdict: verdict.needs == "until"),
        until_first=(today + dt.timedelta(days=1)).isoformat(),
        until_default=(today + DEFER_FOR).isoformat(),
        asked_of_places=_places(verdicts, lambda verdict: verdict.needs == "asked_of"),
        request_key=uuid.uuid4(),
    )


def _goes_with(reason: Reason) -> Callable[[Verdict], bool]:
    return lambda verdict: verdict.code in reason.verdicts


def _places(verdicts: Sequence[Verdict], chosen: Callable[[Verdict], bool]) -> str:
    return " ".join(str(place) for place, verdict in enumerate(verdicts, 1) if chosen(verdict))


def _reasons_needed(verdicts: Sequence[Verdict], *, severe: bool) -> str:
    optional = [f"“{verdict.label}”" for verdict in verdicts if not verdict.reason_required]
    return "required" if severe or not optional else f"optional for {', '.join(optional)}"
