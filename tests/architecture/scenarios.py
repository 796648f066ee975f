"""One scenario for every action: what must stand before, and the call itself. An action without one fails the house."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from console.audit_pages import actions as book_actions
from console.notices import actions as notices
from console.notices.models import Notice
from console.people import actions as people
from console.people.models import RoleGrant, User, UserKind
from console.search import actions as search
from console.ui import actions as ui
from console.waves import actions as waves
from governance.measures import actions as measures
from governance.rollback import actions as rollback
from governance.signing import actions as signatures
from tests import factories
from tests.bulk import scenes as bulk_scenes
from tests.gates import scenes
from tests.gates.signing import scene as signing
from tests.risks import scenes as risk_scenes
from tests.rollback import making
from triage.cases import actions as cases
from triage.cases import sequencer
from triage.cases.actions import claims, maintenance, rerouting, saved_views
from triage.cases.feed import FeedPage
from triage.cases.listing import Filters
from triage.cases.models import Case, SavedView
from triage.comments import actions as comments
from triage.days import actions as days
from triage.intake.actions import progress, recalls, sources
from triage.questions import actions as questions
from triage.questions.models import Question
from triage.queues.actions import queues, rules, standard
from triage.queues.models import BusinessCalendar, RoutingRule, SlaPolicy
from triage.runs.models import RunState, SourceKind
from triage.setup import actions as setup
from triage.setup import files

Call = Callable[[], Any]


class Stage:
    """The people of the scenarios, and cases in the states that actions start from."""

    def __init__(self) -> None:
        self.system = User.objects.get(kind=UserKind.SYSTEM)
        self.ana = factories.make_user("ana", role="reviewer")
        self.lena = factories.make_user("lena", role="lead")
        self.omar = factories.make_user("omar", role="operator")
        self.ada = factories.make_user("ada", role="administrator")
        self.cora = factories.make_user("cora", role="compliance")
        self.pipe = factories.make_user("pipe", role="pipeline", kind=UserKind.SERVICE)

    def case(self) -> Case:
        return factories.make_case(queue=factories.make_queue(hold_limit=20))

    def claimed(self) -> Case:
        return cases.claim(case=self.case(), by=self.ana).case

    def decided(self) -> Case:
        case = self.claimed()
        return cases.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=case.revision, by=self.ana).case

    def released(self) -> Case:
        case = self.decided()
        sequencer.release(by=self.system, now=timezone.now() + dt.timedelta(days=1))
        return Case.objects.get(pk=case.pk)

    def deferred(self) -> Case:
        case = self.claimed()
        until = timezone.now() + dt.timedelta(days=3)
        found = cases.decide(
            case=case, verdict="DEFER", reason="identifier_missing", seen=case.revision, until=until, by=self.ana
        )
        return found.case

    def asked(self, asked_of: str) -> Question:
        case = self.claimed()
        done = cases.decide(case=case, verdict="NEEDS_INFO", reason="other", asked_of=asked_of, seen=1, by=self.ana)
        return Question.objects.get(decision=done.decision)

    def leased_run(self, state: str) -> Any:
        run = factories.make_run(state=state)
        run.lease_holder, run.lease_until = "w", timezone.now() + dt.timedelta(minutes=5)
        run.save()
        return run


def _people(s: Stage) -> dict[str, Call]:
    someone = factories.make_user("someone")
    inactive = factories.make_user("inactive", is_active=False)
    grant = people.grant_role(user=someone, role="lead", by=s.ada)
    service = people.make_service_account(username="svc", by=s.ada)
    people.grant_role(user=service, role="pipeline", by=s.ada)
    issued = people.issue_token(user=service, name="one", by=s.ada)
    stale = people.make_service_account(username="svc2", by=s.ada)
    RoleGrant.objects.create(user=stale, role="pipeline", granted_by=s.ada)
    return {
        "people.grants.grant_role": lambda: people.grant_role(user=someone, role="reviewer", by=s.ada),
        "people.grants.revoke_role": lambda: people.revoke_role(grant=grant, by=s.ada),
        "people.grants.sync_roles": lambda: people.sync_roles(by=s.ada),
        "people.people.invite_person": lambda: people.invite_person(
            username="new", name="New", email="new@hospital.test", by=s.ada
        ),
        "people.people.make_person": lambda: people.make_person(
            username="new2", name="New", password="long and unlikely words", by=s.ada
        ),
        "people.people.deactivate": lambda: people.deactivate(user=someone, by=s.ada),
        "people.people.reactivate": lambda: people.reactivate(user=inactive, by=s.ada),
        "people.services.make_service_account": lambda: people.make_service_account(username="svc3", by=s.ada),
        "people.services.issue_token": lambda: people.issue_token(user=service, name="two", by=s.ada),
        "people.services.revoke_token": lambda: people.revoke_token(token=issued.token, by=s.ada),
        "people.services.note_use": lambda: people.services.note_use(token=issued.token, by=service),
    }


def _ground(s: Stage) -> dict[str, Call]:
    wave, gone = factories.make_wave(), factories.make_wave("gone")
    waves.state_cutover(wave=gone, reason="Cut over.", by=s.omar)
    return {
        "audit_pages.look": lambda: book_actions.look(by=s.cora, at="timeline"),
        "search.searched": lambda: search.searched(text="E154293", groups=["records"], found=1, by=s.ana),
        "ui.prefer": lambda: ui.prefer(chosen={"theme": "dark"}, time_zone="Africa/Kampala", by=s.ana),
        "waves.make_wave": lambda: waves.make_wave(slug="wave-9", name="Wave 9", by=s.omar),
        "waves.state_cutover": lambda: waves.state_cutover(wave=wave, reason="Cut over.", by=s.omar),
        "waves.retract_cutover": lambda: waves.retract_cutover(wave=gone, reason="Rolled back.", by=s.omar),
        "waves.describe_wave": lambda: waves.describe_wave(wave=wave, name="Other", by=s.omar),
    }


def _claims(s: Stage) -> dict[str, Call]:
    held, taken, deferred, back = s.claimed(), s.claimed(), s.deferred(), s.claimed()
    s.case()
    queue = held.queue
    among = Filters((queue.pk,))
    kept = cases.claim_ahead(queues=[queue], among=among, by=s.lena)
    assert kept is not None
    opened, handed = s.case(), cases.claim(case=s.case(), by=s.ana).case
    theirs = cases.hand_over(case=s.case(), to=s.ana, why="On leave.", by=s.lena)
    return {
        "cases.handing.hand_over": lambda: cases.hand_over(case=handed, to=s.lena, why="On leave.", by=s.ana),
        "cases.handing.take_back": lambda: cases.take_back(case=theirs, why="Wrong ward.", by=s.lena),
        "cases.ahead.claim_ahead": lambda: cases.claim_ahead(queues=[queue], among=among, by=s.ana),
        "cases.ahead.take_ahead": lambda: cases.take_ahead(case=kept.case, by=s.lena),
        "cases.ahead.release_ahead": lambda: cases.release_ahead(by=s.lena),
        "cases.claims.claim": lambda: cases.claim(case=opened, by=s.ana),
        "cases.next_case.claim_next": lambda: cases.claim_next(queues=[queue], by=s.ana),
        "cases.claims.renew": lambda: cases.renew(case=held, by=s.ana),
        "cases.claims.release_claim": lambda: cases.release_claim(case=back, by=s.ana),
        "cases.claims.remove_claim": lambda: cases.remove_claim(case=taken, reason="Gone home.", by=s.lena),
        "cases.claims.resume": lambda: cases.resume(case=deferred, by=s.ana),
        "cases.claims.reveal": lambda: cases.reveal(case=held, by=s.ana),
        "cases.claims.opened": lambda: cases.opened(case=opened, by=s.ana),
        "cases.claims.listed": lambda: claims.listed(queues=[queue], query="state=open", by=s.ana),
    }


def _days(s: Stage) -> dict[str, Call]:
    cases.claim(case=s.case(), by=s.ana)
    return {"days.release_all": lambda: days.release_all(by=s.ana)}


def _comments(s: Stage) -> dict[str, Call]:
    case = s.case()
    written = comments.write(case=case, text="The paper record is in the archive.", by=s.ana)
    return {
        "comments.write": lambda: comments.write(case=case, text="@lena", by=s.ana),
        "comments.withdraw": lambda: comments.withdraw(comment=written, by=s.ana),
    }


def _questions(s: Stage) -> dict[str, Call]:
    ben = factories.make_user("ben", role="reviewer")
    box = factories.make_mailbox("office", ben, email="office@hospital.test")
    asked = s.asked("ben")
    s.asked("office")
    later = asked.due_at + dt.timedelta(minutes=1)
    Question.objects.exclude(pk=asked.pk).update(due_at=later + dt.timedelta(days=1))
    return {
        "questions.answering.answer": lambda: questions.answer(question=asked, answer="Yes.", by=ben),
        "questions.answering.opened": lambda: questions.opened(question=asked, by=ben),
        "questions.mailboxes.save_mailbox": lambda: questions.save_mailbox(
            mailbox=box, slug="office", name="Records office", members=["ben"], by=s.lena
        ),
        "questions.sweeping.sweep": lambda: questions.sweep(by=s.system, now=later),
        "notices.send_next_letter": lambda: notices.send_next_letter(by=s.system),
    }


def _decisions(s: Stage) -> dict[str, Call]:
    released = s.released()
    held, fresh = s.claimed(), s.decided()
    s.decided()
    later = timezone.now() + dt.timedelta(days=1)
    position = released.decision.feed_item.position if released.decision else 0
    item = released.decision.feed_item if released.decision else None
    assert item is not None
    return {
        "cases.decisions.decide": lambda: cases.decide(
            case=held, verdict="NO_MATCH", reason="namesakes", seen=held.revision, by=s.ana
        ),
        "cases.decisions.undo": lambda: cases.undo(case=fresh, by=s.ana),
        "cases.decisions.reverse": lambda: cases.reverse(case=released, reason="The paper record differs.", by=s.lena),
        "cases.releases.acknowledge": lambda: cases.acknowledge(
            source=factories.make_source(), through=position, by=s.pipe
        ),
        "cases.releases.read_feed": lambda: cases.read_feed(after=0, page=FeedPage([item], 1, more=False), by=s.pipe),
        "sequencer.release": lambda: sequencer.release(by=s.system, now=later),
        "cases.maintenance.sweep": lambda: maintenance.sweep(by=s.system, now=later),
    }


def _setup(s: Stage) -> dict[str, Call]:
    queue, other = factories.make_queue("first"), factories.make_queue("second")
    calendar = BusinessCalendar.objects.create(name="Days", weekly={"mon": [["08:00", "17:00"]]})
    policy = SlaPolicy.objects.create(queue=queue, minutes=60)
    RoutingRule.objects.create(order=1, name="First", kind="merge", queue=queue)
    second = RoutingRule.objects.create(order=2, name="Second", kind="merge", queue=other)
    view = SavedView.objects.create(owner=s.lena, name="Mine", query="state=open")
    factories.make_case(queue=other)
    rule: dict[str, Any] = {"kind": "merge", "conditions": {}, "queue": queue, "priority": 1, "active": True}
    return {
        "queues.queues.save_queue": lambda: queues.save_queue(queue=queue, name="Renamed", by=s.lena),
        "queues.queues.set_policy": lambda: queues.set_policy(
            queue=None, severity=4, minutes=60, calendar=None, by=s.lena
        ),
        "queues.queues.remove_policy": lambda: queues.remove_policy(policy=policy, by=s.lena),
        "queues.queues.save_calendar": lambda: queues.save_calendar(
            calendar=calendar,
            name="Days",
            time_zone="UTC",
            weekly={"tue": [["08:00", "17:00"]]},
            holidays=[],
            by=s.lena,
        ),
        "queues.rules.save_rule": lambda: rules.save_rule(rule=None, name="New", by=s.lena, **rule),
        "queues.rules.order_rules": lambda: rules.order_rules(rules=[second], by=s.lena),
        "setup.apply": lambda: setup.apply(
            setup=files.parse({"format": files.FORMAT, "waves": [{"slug": "set-up", "name": "Set up"}]}), by=s.omar
        ),
        "queues.rules.move_rule": lambda: rules.move_rule(rule=second, up=True, by=s.lena),
        "cases.rerouting.apply_rules": lambda: rerouting.apply_rules(kind="merge", by=s.lena),
        "cases.saved_views.save_view": lambda: saved_views.save_view(
            name="Open", query="state=open", shared=False, by=s.lena
        ),
        "cases.saved_views.delete_view": lambda: saved_views.delete_view(view=view, by=s.lena),
    }


def _standard(s: Stage) -> dict[str, Call]:
    return {"queues.standard.make_standard_queues": lambda: standard.make_standard_queues(by=s.lena)}


def _intake(s: Stage) -> dict[str, Call]:
    checking, failing = s.leased_run(RunState.CHECKING), s.leased_run(RunState.LOADING)
    wrong, loading = s.leased_run(RunState.CHECKING), factories.make_run(state=RunState.LOADING)
    quarantined, loaded = factories.make_run(state=RunState.QUARANTINED), factories.make_run()
    populating = factories.make_run(state=RunState.LOADING, populating=True)
    source = factories.make_source("other")
    return {
        "intake.progress.pass_check": lambda: progress.pass_check(run_id=checking.pk, holder="w", sums=[], by=s.system),
        "intake.progress.quarantine": lambda: progress.quarantine(
            run_id=wrong.pk, holder="w", sums=[], problem="The sums differ.", by=s.system
        ),
        "intake.progress.populate": lambda: progress.populate(run_id=populating.pk, by=s.system),
        "intake.progress.settle": lambda: progress.settle(run_id=loading.pk, by=s.system),
        "intake.progress.fail": lambda: progress.fail(run_id=failing.pk, problem="No space left.", by=s.system),
        "intake.recalls.recall": lambda: recalls.recall(run=loaded, reason="Sent by mistake.", by=s.omar),
        "intake.recalls.retry": lambda: recalls.retry(run=quarantined, by=s.omar),
        "intake.sources.make_source": lambda: sources.make_source(
            name="new", title="New", kind=SourceKind.PUSH, by=s.omar
        ),
        "intake.sources.change_source": lambda: sources.change_source(
            source=source, title="Other", kind=SourceKind.PUSH, by=s.omar
        ),
        "intake.sources.note_poll": lambda: sources.note_poll(source=source, problem="No folder.", by=s.system),
    }


def _notices(s: Stage) -> dict[str, Call]:
    said = {"kind": "gate.vote_asked", "sentence": "Vote.", "path": "/waves/"}
    for subject in ("GATE-1", "GATE-2"):
        notices.tell(to=[s.omar], subject=subject, by=s.lena, **said)
    first, second = Notice.objects.order_by("pk")
    return {
        "notices.mark_read": lambda: notices.mark_read(notice=first, by=s.omar),
        "notices.mark_all_read": lambda: notices.mark_all_read(through=second.pk, by=s.omar),
        "notices.send_next": lambda: notices.send_next(by=s.system),
    }


def _rollback(s: Stage) -> dict[str, Call]:
    wave, bo = factories.make_wave(), factories.make_user("bo", role="board")
    plan = making.plan(wave, bo, s.cora, by=s.omar)
    trigger = plan.triggers.get(code=making.CALL.code)
    alarm = rollback.call_alarm(trigger=plan.triggers.get(code=making.BACKLOG.code), why="Lost orders.", by=s.omar)
    late = alarm.decide_by
    return {
        "rollback.write_plan": lambda: making.plan(wave, bo, s.cora, by=s.omar, rto=100),
        "rollback.rehearse": lambda: making.rehearsal(plan, by=s.omar),
        "rollback.call_alarm": lambda: rollback.call_alarm(trigger=trigger, why="Wrong ward.", by=s.omar),
        "rollback.answer_alarm": lambda: rollback.answer_alarm(alarm=alarm, answer="go_on", reason="Known.", by=bo),
        "rollback.sweep": lambda: rollback.sweep(by=s.system, now=late),
    }


def _signing(s: Stage) -> dict[str, Call]:
    said = {"subject": "DICT-7", "digest": "a" * 64, "seen": "a" * 64, "meaning": "I release it.", "seat": "Steward"}
    return {"signing.sign": lambda: signatures.sign(**said, proof="password", by=s.omar)}


def _measures(s: Stage) -> dict[str, Call]:
    case = s.case()
    described = {"title": "Beds", "direction": "lower", "fresh_seconds": 60}
    known = measures.define_measure(code="beds", unit="count", by=s.omar, **described)
    now = timezone.now()
    line = {"measure": "beds", "wave": case.wave.slug, "value": 4, "as_of": now.isoformat()}
    measures.report(lines=[line], source="api:pipe", by=s.pipe)
    later = now + dt.timedelta(days=known.keep_days + 1)
    return {
        "measures.reporting.report": lambda: measures.report(lines=[line | {"value": 5}], source="api:pipe", by=s.pipe),
        "measures.defining.define_measure": lambda: measures.define_measure(
            code="wards", unit="count", by=s.omar, **described
        ),
        "measures.defining.change_measure": lambda: measures.change_measure(
            measure=known, keep_days=9, by=s.omar, **described
        ),
        "measures.sampling.sample_builtins": lambda: measures.sample_builtins(by=s.system),
        "measures.sampling.forget_old": lambda: measures.forget_old(by=s.system, now=later),
    }


GROUPS: dict[str, Callable[[Stage], dict[str, Call]]] = {
    "people": _people,
    "ground": _ground,
    "claims": _claims,
    "days": _days,
    "comments": _comments,
    "questions": _questions,
    "decisions": _decisions,
    "setup": _setup,
    "standard": _standard,
    "intake": _intake,
    "notices": _notices,
    "rollback": _rollback,
    "signatures": _signing,
    "measures": _measures,
    "gates": scenes.gates,
    "signing": signing.scenarios,
    "risks": risk_scenes.scenarios,
    "bulk": bulk_scenes.scenarios,
}

#: Actions whose entry is looked at elsewhere, or that need none, with the reason.
ELSEWHERE: dict[str, str] = {
    "gates.superseding.supersede": "part of the change that ends a signature, or of another act: tests/gates",
    "gates.superseding.close": "part of sealing and of the sweep: tests/gates",
    "gates.superseding.release": "part of whatever ends a package, whose entry says it: tests/gates",
    "gates.superseding.told": "called within another action, whose entry says it: tests/gates",
    "gates.superseding.settle_asked": "called within another action, whose entry says it: tests/gates",
    "gates.superseding.ask": "called within another action, whose entry says it: tests/gates",
    "measures.reporting.keep_lines": "part of a chunk, whose entry holds the digest of its lines: tests/measures",
    "intake.chunks.land": "one entry a chunk, with the digest of its bytes: tests/intake",
    "intake.reconciliations.keep_lines": "part of a chunk, whose entry holds the digest of its lines: tests/triage",
    "intake.populations.keep_lines": "part of a chunk, whose entry holds the digest of its lines: tests/intake",
    "intake.runs.announce": "needs a package on disk: tests/intake",
    "intake.leases.lease_run": "takes a job in hand and changes nothing that anybody relies on",
    "cases.next_case.take_next": "part of claiming the next case, now or ahead, which has a scenario",
    "cases.contradictions.send_on": "part of a decision that contradicts others: tests/merges/test_contradictions.py",
    "cases.reversing.overrule": "part of a decision that reverses others: tests/merges/test_contradictions.py",
    "cases.reversing.reverse_standing": "part of reversing a decision, which has a scenario",
    "cases.handing.pass_on": "part of handing over and of removing a claim, which have scenarios",
    "cases.handing.ended": "part of a decision, or of handing over: tests/handing",
    "cases.handing.end_all": "part of losing a role or account, whose entry says it: tests/handing",
    "cases.handing.tell_removed": "part of removing a claim, whose entry says it: tests/handing",
    "overdue.sweep": "one entry a round that took or ended steps: tests/overdue",
    "cases.lost_claims.moved": "part of a run's chunk, whose entry says it: tests/cases/test_reports.py",
    "cases.given.complete": "reads what was sent, and writes nothing",
    "gates.cutting_over.note": "part of starting a cutover and of a board's decision, whose entry says it: tests/gates",
    "cases.openings.open_cases": "part of a decision; each case it opens has an entry: tests/architecture/toy_kind",
    "cases.handing.give_back": "part of answering a question, whose entry says it: tests/questions",
    "questions.returning.of_mailbox": "part of changing a mailbox, whose entry says it: tests/questions",
    "questions.ending.close": "called within another action, whose entry says it: tests/questions",
    "questions.ending.tell_asker": "called within another action, whose entry says it: tests/questions",
    "notices.post": "called within another action, whose entry says it: tests/questions",
    "notices.recall_letters": "called within another action, whose entry says it: tests/questions",
    "notices.tell": "called within another action, whose entry says it: tests/notices",
    "notices.settle": "called within another action, whose entry says it: tests/notices",
    "waves.record_cutover": "part of a gate's act, whose entry says it: tests/gates/test_cutting_over.py",
    "cases.waking.wake_after_cutover": "part of the sweep, with an entry a batch: tests/cases/test_past_cutover.py",
    "waves.guard": "part of sealing, whose entry says it: tests/gates",
    "waves.unguard": "part of whatever ends a package, whose entry says it: tests/gates",
}
