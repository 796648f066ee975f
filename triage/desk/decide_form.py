"""What the form that decides a case offers: verdicts with their answers, reasons, and what else a verdict needs.

Whatever belongs to some verdicts only names their places on the form, from 1: stylesheet and script go by places, so
they know no verdict.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from console.answers import Answer
from triage.cases import deferral_rules
from triage.cases.kinds import Reason, Verdict
from triage.desk.effects import Effect

DEFER_FOR: Final = dt.timedelta(days=7)
_NO_EFFECTS: Final[Mapping[str, Effect]] = {}


@dataclass(frozen=True, slots=True)
class VerdictChoice:
    """A verdict at its place; ``answer`` says whether it can be chosen on this case, ``effect`` what it will do."""

    place: int
    verdict: Verdict
    answer: Answer
    effect: Effect


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason with the places of its verdicts, and of those for which the evidence suggests it."""

    reason: Reason
    places: str
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class Caution:
    """What the reviewer must confirm to have read before the verdict at this place is taken."""

    place: int
    sentence: str


@dataclass(frozen=True, slots=True)
class DecideForm:
    """Everything that ``desk/_decide.html`` draws, apart from what was typed.

    ``warnings``: those of the verdicts that may need a confirmation.
    ``cutover``: whether a deferral may end with the cutover; ``cutover_seconded``: whether another person must agree.
    ``until_places`` and ``asked_of_places``: the verdicts that need a date, or whom to ask. Dates are ISO texts.
    ``request_key`` names this form, so that the same decision sent twice is made once.
    """

    verdicts: list[VerdictChoice]
    reasons: list[ReasonChoice]
    reasons_needed: str
    until_places: str
    until_today: str
    until_first: str
    until_default: str
    cutover: Answer
    cutover_seconded: bool
    asked_of_places: str
    warnings: list[Caution]
    request_key: uuid.UUID


def _nothing(_verdict: Verdict) -> str:
    return ""


def decide_form(
    verdicts: Sequence[Verdict],
    reasons: Iterable[Reason],
    *,
    answer: Callable[[Verdict], Answer],
    severe: bool,
    now: dt.datetime,
    proposes: Callable[[Verdict], str] = _nothing,
    warns: Callable[[Verdict], str] = _nothing,
    effects: Mapping[str, Effect] = _NO_EFFECTS,
    cut_over: Sequence[str] = (),
) -> DecideForm:
    """The form for a kind's ``verdicts`` and ``reasons``. ``severe``: every verdict on this case needs a reason.

    ``proposes`` gives the code of the reason that the evidence suggests for a verdict, ``warns`` what to confirm first.
    ``effects``: what verdicts do on this case, by their codes; the others say their hint. ``cut_over``: those of its
    waves that have cut over.
    """
    today = timezone.localdate(now)
    proposals = {verdict.code: proposes(verdict) for verdict in verdicts}
    warnings = [Caution(place, warns(verdict)) for place, verdict in enumerate(verdicts, 1)]
    return DecideForm(
        verdicts=[
            VerdictChoice(place, verdict, answer(verdict), effects.get(verdict.code) or Effect(notes=(verdict.hint,)))
            for place, verdict in enumerate(verdicts, 1)
        ],
        reasons=[_reason(reason, verdicts, proposals) for reason in reasons],
        reasons_needed=_reasons_needed(verdicts, severe=severe),
        until_places=_places(verdicts, lambda verdict: verdict.needs == "until"),
        until_today=today.isoformat(),
        until_first=(today + dt.timedelta(days=1)).isoformat(),
        until_default=(today + DEFER_FOR).isoformat(),
        cutover=deferral_rules.past_cutover(cut_over),
        cutover_seconded=severe,
        asked_of_places=_places(verdicts, lambda verdict: verdict.needs == "asked_of"),
        warnings=[warning for warning in warnings if warning.sentence],
        request_key=uuid.uuid4(),
    )


def _reason(reason: Reason, verdicts: Sequence[Verdict], proposals: Mapping[str, str]) -> ReasonChoice:
    proposed = _places(verdicts, lambda verdict: proposals[verdict.code] == reason.code)
    return ReasonChoice(reason, _places(verdicts, _goes_with(reason)), proposed)


def _goes_with(reason: Reason) -> Callable[[Verdict], bool]:
    return lambda verdict: verdict.code in reason.verdicts


def _places(verdicts: Sequence[Verdict], chosen: Callable[[Verdict], bool]) -> str:
    return " ".join(str(place) for place, verdict in enumerate(verdicts, 1) if chosen(verdict))


def _reasons_needed(verdicts: Sequence[Verdict], *, severe: bool) -> str:
    optional = [f"“{verdict.label}”" for verdict in verdicts if not verdict.reason_required]
    return "required" if severe or not optional else f"optional for {', '.join(optional)}"
