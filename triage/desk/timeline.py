"""What happened to a case: decisions, reopenings and later reports, as entries of its timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from triage.cases import kinds
from triage.cases.kinds import REVERSE, UNDO, LineRefused
from triage.cases.models import Decision, Handover, Reopening, ReportedChange, Role, State
from triage.cases.models.decision import ANSWERS
from triage.desk import proof_words
from triage.desk.events import Event
from triage.desk.masked_values import MaskedValue
from triage.desk.queries import Dossier
from triage.queues.models import Severity
from triage.runs.models import RunState

_REVERSALS: Final = {UNDO: "took the decision back", REVERSE: "reversed the released decision"}
_CAUSES: Final = {
    "evidence_changed": "reopened: evidence changed",
    "applied_but_reported": "reopened: the run reported it again after applying the decision",
}
_NOTE: Final = "A note is attached. Reveal the case to read it."
_WHY: Final = "A reason is attached. Reveal the case to read it."
_CONTENT: Final = "Content is attached. Reveal the case to read it."


def timeline(dossier: Dossier, masks: MaskedValue, others: Iterable[Event] = ()) -> list[Event]:
    """Decisions, reopenings, reports that differed, what runs proved and ``others``, the latest first.

    Notes and contents may name a patient: masked until a reveal.
    """
    events = [_decision(dossier.case.kind, decision, masks) for decision in dossier.decisions]
    events += [_reopening(reopening) for reopening in dossier.reopenings]
    events += [event for change in dossier.changes if (event := _report(dossier, change))]
    events += [*_of_runs(dossier, masks), *others]
    events += [_handover(one, masks) for one in dossier.handovers]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _decision(kind: str, decision: Decision, masks: MaskedValue) -> Event:
    reason = f" ({kinds.reason_label(kind, decision.reason)})" if decision.reason else ""
    said = [_content(kind, decision, masks), decision.note and (masks.prose(decision.note) or _NOTE)]
    reverses = decision.role == Role.REVERSAL
    return Event(
        at=decision.decided_at,
        who=str(decision.by),
        sentence=f"{_sentence(kind, decision.verdict)}{_past_cutover(decision)}{reason}{_against(decision)}",
        icon=kinds.look(kind, decision.verdict).icon,
        tone="high" if reverses else "info",
        note="\n".join(filter(None, said)),
        receipt=decision.receipt[:16],
    )


def _past_cutover(decision: Decision) -> str:
    """That a deferral lasts until the cutover, or waits for another person to agree to that."""
    if not decision.past_cutover:
        return ", declining to wait for the cutover" if ANSWERS in decision.details else ""
    if decision.proposes:
        return " until after the cutover; another reviewer must agree"
    agreed = ", agreeing with the proposal" if ANSWERS in decision.details else ""
    return f" until after the cutover{agreed}"


def _handover(one: Handover, masks: MaskedValue) -> Event:
    """That the case passed from one to another; why is free text, which may name a patient."""
    before = f" from {one.before}" if one.before and one.before != one.by else ""
    return Event(
        at=one.at,
        who=str(one.by),
        sentence=f"handed it over{before} to {one.to}" if one.to else f"returned it{before} to its queue",
        icon="user-round-check" if one.to else "undo",
        note=masks.prose(one.why) or _WHY,
    )


def _against(decision: Decision) -> str:
    """That a verdict settled nothing, because it contradicts others."""
    return ", against decisions on other cases: not settled" if decision.contradicts else ""


def _sentence(kind: str, verdict: str) -> str:
    spec = kinds.verdict_of(kind, verdict)
    return spec.past if spec else _REVERSALS.get(verdict) or f"decided: {kinds.look(kind, verdict).word}"


def _content(kind: str, decision: Decision, masks: MaskedValue) -> str:
    """What a verdict carries, in the words of its kind; nothing without any."""
    spec = kinds.verdict_of(kind, decision.verdict)
    if decision.content is None or spec is None or spec.content is None:
        return ""
    if not (spec.content.plain or masks.lifted):
        return _CONTENT
    return spec.content.describe(decision.content)


def _reopening(reopening: Reopening) -> Event:
    cause = _CAUSES.get(reopening.cause, f"came back: {reopening.cause.replace('_', ' ')}")
    run = ""
    if reopening.run:
        recalled = ", recalled since" if reopening.run.state == RunState.RECALLED else ""
        run = f" (run {reopening.run.run_id}{recalled})"
    return Event(at=reopening.at, who="The case", sentence=f"{cause}{run}", icon="rotate-ccw", tone="high")


def _of_runs(dossier: Dossier, masks: MaskedValue) -> Iterator[Event]:
    """What runs proved of the decision, and which records they replaced."""
    known = proof_words.names(dossier.case, dossier.line, dossier.replacements)
    for one in dossier.replacements:
        at = one.run.loading_at or one.run.announced_at
        sentence = proof_words.replacement(one, known, masks)
        yield Event(at=at, who=f"Run {one.run.run_id}", sentence=sentence, icon="replace")
    if (word := dossier.word) and word.run.settled_at:
        reported = any(occurrence.run_id == word.run.pk for occurrence in dossier.occurrences)
        sentence = proof_words.proved(dossier.case, word, known, masks, reported=reported)
        verified = dossier.case.state == State.VERIFIED
        tone, icon = ("success", "badge-check") if verified else ("", "file-search")
        yield Event(at=word.run.settled_at, who=f"Run {word.run.run_id}", sentence=sentence, icon=icon, tone=tone)


def _report(dossier: Dossier, change: ReportedChange) -> Event | None:
    """A report that differed from the one before; None when the entry of a reopening says it all."""
    moved = [*_moved(change), *_named(dossier, change)]
    if not moved and change.turn not in {"changed", "noted"}:
        return None
    worse = change.severity_after > change.severity_before
    recalled = ", recalled since" if change.run.state == RunState.RECALLED else ""
    return Event(
        at=change.at,
        who=f"Run {change.run.run_id}{recalled}",
        sentence=f"reported it differently: {'; '.join(moved) or 'nothing that is shown'}",
        icon="file-input",
        tone="high" if worse else "",
        note="The decision stands. This applies if the case reopens." if change.turn == "noted" else "",
    )


def _moved(change: ReportedChange) -> Iterator[str]:
    """What the report moved of the case."""
    if change.severity_before != change.severity_after:
        yield f"severity {change.get_severity_before_display()} → {change.get_severity_after_display()}"
    if change.queue_before_id != change.queue_after_id:
        yield f"queue {change.queue_before} → {change.queue_after}"
    if change.due_after < change.due_before:
        yield "due earlier"
    if change.turn == "changed" and change.state_before in State.PAUSED and change.state_after == State.OPEN:
        yield f"back in its queue, as it became {Severity(change.severity_after).word}"


def _named(dossier: Dossier, change: ReportedChange) -> list[str]:
    """Names, never values, of what the report said otherwise, without what ``_moved`` says of the case."""
    before, after = (dossier.lines.get(n) for n in (change.before_exception_id, change.after_exception_id))
    if before is None or after is None:
        return []
    try:
        names = kinds.get(dossier.case.kind).differences(before, after)
    except (msgspec.DecodeError, LineRefused):  # kept under rules that would refuse it today
        return []
    return [", ".join(name.replace("_", " ") for name in names if name != "severity")] if names != ["severity"] else []
