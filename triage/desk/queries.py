"""What the review page of any kind reads: a case's lines and everything around it, in a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.people.models import User
from console.people.permissions import may
from console.waves.models import Wave
from triage.cases import contradictions, kinds
from triage.cases import queries as cases
from triage.cases.contradictions import Contradicted
from triage.cases.handing_rules import Hands
from triage.cases.models import (
    Case,
    Claim,
    Decision,
    Handover,
    MigrationException,
    Occurrence,
    Reopening,
    Replacement,
    ReportedChange,
    Role,
    State,
)
from triage.cases.rules import Holder, part_in
from triage.desk import proofs
from triage.desk.proofs import LastWord, Reporter
from triage.desk.rules import ViewerState
from triage.overdue import queries as overdue
from triage.overdue.models import EscalationStep
from triage.queues import queries as queues
from triage.runs.models import Run, RunState

OCCURRENCES_SHOWN = 10
CHANGES_SHOWN = 10
SIBLINGS_SHOWN = 20
HANDOVERS_SHOWN = 10
#: A manifest may have megabytes, and a page names a dozen runs.
_NOT_OF_RUNS = ("run__manifest", "run__sums", "run__notes", "run__rejected_by")


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case with what its page shows whatever its kind. Lines are exact bytes, which the kind decodes.

    ``line`` is what was last reported, ``run`` the run that first reported it so. ``claim`` is None when no reviewer
    holds a live one. ``before`` is an earlier line, when another one holds now: that of the time which ``since`` names.
    ``word`` is what runs said of its decision, ``replacements`` those that replaced records of it, ``reporters`` the
    sources of a case that several have reported. ``changes`` are the latest reports that differed, the newest first,
    and ``lines`` the lines around them by number.
    """

    case: Case
    line: bytes
    before: bytes | None
    since: str
    run: Run
    claim: Claim | None
    siblings: list[Case]
    decided: list[Case]
    contested: list[Contradicted]
    decisions: list[Decision]
    reopenings: list[Reopening]
    occurrences: list[Occurrence]
    more_occurrences: bool
    changes: list[ReportedChange]
    further_waves: list[Wave]
    lines: dict[int, bytes]
    word: LastWord | None
    replacements: list[Replacement]
    reporters: list[Reporter]
    handovers: list[Handover]
    escalated: EscalationStep | None

    @property
    def outstanding(self) -> list[Reporter]:
        """Of several sources those that have not proved a released decision, once another one has."""
        proved = any(one.proved_by for one in self.reporters)
        left = [one for one in self.reporters if not one.proved_by]
        return left if proved and self.case.state in (State.RELEASED, State.ACKNOWLEDGED) else []

    @property
    def proposal(self) -> Decision | None:
        """The decision that asks to defer the case past the cutover, while no other person has answered it."""
        return next((one for one in self.decisions if one.pk == self.case.proposal_id), None)

    @property
    def cut_over(self) -> list[str]:
        """Those of the case's waves that have cut over."""
        return [str(wave) for wave in (self.case.wave, *self.further_waves) if wave.cut_over_at]

    @property
    def recalled_run(self) -> Run | None:
        """The run that reopened an unresolved case, if it was recalled since: what it reported may be wrong."""
        if not self.reopenings or self.case.state not in State.UNRESOLVED:
            return None
        run = self.reopenings[0].run
        return run if run and run.state == RunState.RECALLED else None

    @property
    def recalled_report(self) -> Run | None:
        """The run whose report an unresolved case shows, if it was recalled since, unless that run reopened it."""
        shown = self.changes and self.case.state in State.UNRESOLVED and self.run.state == RunState.RECALLED
        return self.run if shown and self.recalled_run is None else None

    @property
    def noted(self) -> ReportedChange | None:
        """What was last reported beside the decision that stands; None when it is what the decision was made on."""
        last = self.changes[0] if self.changes else None
        return last if last and last.turn == "noted" and self.case.state in State.SETTLED else None


def dossier(case: Case, *, viewer: User, now: dt.datetime, seen: int | None = None) -> Dossier:
    """Read what the review page of ``case`` shows to ``viewer``, who looked at it last at the revision ``seen``."""
    decisions = cases.earlier_decisions(case)
    changes = _changes(case)
    earlier, since = _earlier(changes, decisions, seen)
    wanted = {case.latest_exception_id, earlier}
    wanted |= {number for change in changes for number in (change.before_exception_id, change.after_exception_id)}
    near = _near(case, viewer)
    found = _reported(case, wanted)
    latest = found[case.latest_exception_id]
    position = next((one.feed_item.position for one in decisions if _stands(one, case)), None)
    before = found.get(earlier) if earlier != case.latest_exception_id else None
    occurrences = _occurrences(case)
    return Dossier(
        case=case,
        line=latest.payload.encode(),
        before=before.payload.encode() if before else None,
        since=since,
        run=latest.run,
        claim=cases.claim_on(case, now),
        siblings=[one for one in near if one.state in State.UNRESOLVED][:SIBLINGS_SHOWN],
        decided=[one for one in near if one.decision is not None and one.state in State.SETTLED][:SIBLINGS_SHOWN],
        contested=_contested(decisions),
        decisions=decisions,
        reopenings=list(case.reopenings.select_related("run").defer(*_NOT_OF_RUNS).order_by("-at", "-id")),
        occurrences=occurrences[:OCCURRENCES_SHOWN],
        more_occurrences=len(occurrences) > OCCURRENCES_SHOWN,
        changes=changes,
        further_waves=list(Wave.objects.filter(pk__in=case.further_waves or ()).order_by("pk")),
        lines={number: one.payload.encode() for number, one in found.items()},
        word=proofs.last_word(case, source_id=latest.run.source_id, position=position),
        replacements=proofs.replacements(case),
        reporters=_reporters(case, occurrences),
        escalated=overdue.last_step(case),
        handovers=list(case.handovers.select_related("before", "to", "by").order_by("-pk")[:HANDOVERS_SHOWN]),
    )


def _reported(case: Case, wanted: Iterable[int]) -> dict[int, MigrationException]:
    """These lines of a case by number, with their runs."""
    lines = MigrationException.objects.filter(case=case, pk__in=wanted).select_related("run__source")
    return {line.pk: line for line in lines.defer(*_NOT_OF_RUNS)}


def _occurrences(case: Case) -> list[Occurrence]:
    """The latest reports of a case, the newest first: those that are shown, and one more if there are more."""
    found = Occurrence.objects.filter(case=case).select_related("run__source").defer(*_NOT_OF_RUNS)
    return list(found.order_by("-id")[: OCCURRENCES_SHOWN + 1])


def _reporters(case: Case, occurrences: Sequence[Occurrence]) -> list[Reporter]:
    """The sources of a case, if there are several; asked for only where its latest reports cannot tell."""
    if len(occurrences) <= OCCURRENCES_SHOWN and len({one.run.source_id for one in occurrences}) < 2:
        return []
    found = proofs.reporters(case)
    return found if len(found) > 1 else []


def _stands(decision: Decision, case: Case) -> bool:
    """True for the decision that stands on the case, once it is in the feed."""
    return decision.pk == case.decision_id and hasattr(decision, "feed_item")


def _changes(case: Case) -> list[ReportedChange]:
    """The latest reports of a case that differed from those before, the newest first."""
    found = case.reported_changes.select_related("run", "queue_before", "queue_after").defer(*_NOT_OF_RUNS)
    return list(found.order_by("-pk")[:CHANGES_SHOWN])


def _earlier(changes: list[ReportedChange], decisions: list[Decision], seen: int | None) -> tuple[int, str]:
    """The line to compare with, and of when it is: of the last look, of the last decision, or of the first reports."""
    looked = [change for change in changes if seen is not None and change.revision >= seen and change.turn != "noted"]
    if looked:
        return looked[-1].before_exception_id, "you opened the case"
    if decisions:
        return decisions[0].seen_exception_id, "the last decision"
    if changes:
        return changes[-1].before_exception_id, "earlier reports"
    return 0, ""


def viewer_state(found: Dossier, by: User) -> ViewerState:
    """Who looks at the case of a dossier, and its state."""
    case, claim = found.case, found.claim
    manages = may(by, "cases.manage_queue", case.queue)
    holder = Holder(claim.by_id, str(claim.by), claim.expires_at) if claim else None
    return ViewerState(
        ref=case.ref,
        state=case.state,
        me=by.pk,
        works=may(by, "cases.work_queue", case.queue),
        reveals=may(by, "cases.reveal_patient", case.queue),
        reverses=may(by, "cases.reverse_decision", case.queue),
        manages=manages,
        holder=holder,
        part_in=part_in(found.decisions, by.pk, case.queue_id, proposal=found.proposal),
        decided_by=case.decision.by_id if case.decision else None,
        released=_released(found),
        queue=str(case.queue),
        hands=Hands(case.ref, case.state, holder, case.assignee_id or 0, str(case.assignee or "")),
        targets=frozenset(queues.targets(case.queue)) if claim and claim.by_id == by.pk else frozenset(),
        assigned_to="" if manages or case.assignee_id in {None, by.pk} else str(case.assignee),
    )


def _released(found: Dossier) -> bool:
    """True when the decision on the case is in the feed, or goes there at once."""
    case = found.case
    if case.decision is None:
        return False
    spec = kinds.verdict_of(case.kind, case.decision.verdict)
    in_feed = any(_stands(one, case) for one in found.decisions)
    return in_feed or (spec is not None and spec.at_once)


def _near(case: Case, viewer: User) -> list[Case]:
    """Other cases about one of the same records, unresolved or decided, in queues that ``viewer`` may see."""
    # Asked record by record, and of nothing else: PostgreSQL takes every record for one that half a percent of all
    # cases are about, and would rather walk an index of states, or the whole table, than ask for eight of them at once.
    about = [Case.objects.filter(record_keys__contains=[key]).values("pk") for key in case.record_keys]
    near = {row["pk"] for row in Case.objects.values("pk").none().union(*about, all=True)} - {case.pk}
    states = [*State.UNRESOLVED, *State.SETTLED]
    found = Case.objects.filter(pk__in=near, state__in=states).select_related("queue", "decision__by").order_by("pk")
    return [one for one in found if may(viewer, "cases.see_queue", one.queue)]


def _contested(decisions: list[Decision]) -> list[Contradicted]:
    """The settled decisions that the latest verdict on the case contradicts; empty when it contradicts none.

    A deferral or a question since leaves them in question.
    """
    standing = (one for one in decisions if one.role != Role.REVERSAL and not hasattr(one, "reversed_by"))
    last = next((one for one in standing if not one.puts_off), None)
    against = last.contradicts if last else []
    return contradictions.named(against) if against else []
