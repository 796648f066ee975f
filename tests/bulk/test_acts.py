"""Acts × states: what each act does to each case, what it leaves and refuses, and that undoing restores it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Invalid, Stale
from console.notices.models import Notice
from console.people.models import User
from console.people.queries import system
from tests import factories
from tests.bulk.making import WHY, at, carried_out, item, previewed, undone
from triage.bulk import actions
from triage.bulk.models import BulkChange, Result, Stage, Undo
from triage.cases import actions as cases
from triage.cases import sequencer
from triage.cases.actions import maintenance
from triage.cases.models import Case, Claim, Decision, HeldRecord, State

pytestmark = pytest.mark.django_db


class Scene:
    """Cases in every state, in a queue with another one beside it."""

    def __init__(self) -> None:
        self.ana = factories.make_user("ana-of-scene", role="reviewer")
        self.ben = factories.make_user("ben-of-scene", role="reviewer")
        self.there = factories.make_queue("there", order=2)
        self.here = factories.make_queue("here", order=1, hold_limit=30, targets={"escalation": self.there})
        self.run = factories.make_run()

    def open(self) -> Case:
        return factories.make_case(queue=self.here, run=self.run)

    def claimed(self) -> Case:
        return cases.claim(case=self.open(), by=self.ana).case

    def lapsed(self) -> Case:
        case = self.claimed()
        Claim.objects.filter(case=case).update(expires_at=timezone.now() - dt.timedelta(minutes=1))
        return case

    def deferred(self) -> Case:
        return self._decided("DEFER", "later_run_expected", until=timezone.now() + dt.timedelta(days=3))

    def waiting(self) -> Case:
        return self._decided(
            "NEEDS_INFO", "paper_record_needed", asked_of=factories.make_user("records", role="reviewer").username
        )

    def decided(self) -> Case:
        return self._decided("NO_MATCH", "namesakes")

    def released(self) -> Case:
        case = self.decided()
        sequencer.release(by=system(), now=timezone.now() + dt.timedelta(days=1))
        return Case.objects.get(pk=case.pk)

    def withdrawn(self) -> Case:
        case = self.open()
        Case.objects.filter(pk=case.pk).update(state=State.WITHDRAWN)
        return case

    def reversed(self) -> Case:
        case = self.released()
        cases.reverse(case=case, reason="The paper record differs.", by=factories.make_user("rev", role="lead"))
        return Case.objects.get(pk=case.pk)

    def transferred(self) -> Case:
        case = self._decided("ESCALATE", "second_opinion")
        return Case.objects.get(pk=case.pk)

    def _decided(self, verdict: str, reason: str, **more: Any) -> Case:
        case = self.claimed()
        return cases.decide(case=case, verdict=verdict, reason=reason, seen=case.revision, by=self.ana, **more).case


STATES = ["open", "claimed", "lapsed", "deferred", "waiting", "decided", "released", "withdrawn", "reversed",
          "transferred"]  # fmt: skip
#: act → state → result; closed cases are refused by every act.
TABLE: dict[str, dict[str, str]] = {
    "assign": dict.fromkeys(["open", "claimed", "lapsed", "reversed", "transferred"], "will"),
    "move": {"open": "will", "claimed": "refused", "lapsed": "will", "deferred": "refused", "waiting": "refused",
             "reversed": "will", "transferred": "already"},
    "priority": {"open": "will", "claimed": "will", "lapsed": "will", "deferred": "will", "waiting": "will",
                 "reversed": "refused", "transferred": "refused"},
    "due": dict.fromkeys(["open", "claimed", "lapsed", "deferred", "waiting", "reversed", "transferred"], "will"),
    "release": dict.fromkeys(["open", "lapsed", "deferred", "waiting", "reversed", "transferred"], "already")
    | {"claimed": "will"},
    "defer": {"open": "will", "claimed": "refused", "lapsed": "will", "deferred": "refused", "waiting": "refused",
              "reversed": "will", "transferred": "will"},
}  # fmt: skip


def wanted(act: str, scene: Scene) -> dict[str, Any]:
    return {
        "assign": {"to": scene.ben.pk},
        "move": {"queue": scene.there.pk},
        "priority": {"priority": 40},
        "due": {"at": at(days=9)},
        "release": {},
        "defer": {"at": at(days=4)},
    }[act]


def standing(case: Case) -> dict[str, Any]:
    """All of a case that a bulk change may touch, and its claim."""
    fields = ("state", "queue_id", "severity", "priority", "due_at", "wake_at", "decision_id", "assignee_id")
    row = Case.objects.values(*fields).get(pk=case.pk)
    return row | {"claim": Claim.objects.filter(case=case).values("by_id", "expires_at", "ahead").first()}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", TABLE)
def test_the_table_of_acts_and_states(lena: User, act: str, state: str) -> None:
    scene = Scene()
    case: Case = getattr(scene, state)()
    before = standing(case)
    decisions = Decision.objects.count()
    change = previewed(act, [case], lena, **wanted(act, scene))
    expected = TABLE[act].get(state, "refused")
    found = item(change, case)
    assert (found.result, standing(case)) == (expected, before), found.sentence
    assert found.sentence
    if expected != "will":
        with pytest.raises(Invalid, match="None of the selected"):
            actions.start(change=change, reason=WHY, by=lena)
        return
    actions.start(change=change, reason=WHY, by=lena)
    assert actions.work(change.pk)
    assert item(change, case).result == Result.DONE, item(change, case).sentence
    assert standing(case) != before
    change = undone(BulkChange.objects.get(pk=change.pk), lena)
    assert item(change, case).undo == Undo.DONE, item(change, case).undo_sentence
    after = standing(case)
    if state == "lapsed":  # a claim that has run out is none, and is not given back
        before, after = (row | {"claim": None, "state": "open"} for row in (before, after))
    assert after == before
    assert Decision.objects.count() == decisions, "No verdict in bulk."


def test_a_moved_case_stays_where_it_is_put_and_gets_no_time(lena: User) -> None:
    scene = Scene()
    case = scene.open()
    carried_out("move", [case], lena, queue=scene.there.pk)
    moved = Case.objects.get(pk=case.pk)
    assert (moved.queue, moved.priority, moved.due_at) == (scene.there, 260, case.due_at)
    entry = LogEntry.objects.get(verb="case.moved")
    assert entry.facts["reason"] == WHY
    assert (entry.facts["from"], entry.facts["to"]) == ("Here", "There")


def test_a_deferral_is_no_verdict_and_ends_on_its_day(lena: User, ana: User) -> None:
    case = factories.make_case()
    carried_out("defer", [case], lena, at=at(days=2))
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.decision) == (State.DEFERRED, None)
    assert not case.decisions.exists()
    with time_machine.travel(timezone.now() + dt.timedelta(days=3), tick=False):
        maintenance.sweep(by=system())
        assert cases.claim(case=case, by=ana).case.state == State.CLAIMED


def test_a_reviewer_does_not_undo_a_lead_s_deferral_with_an_old_decision(lena: User, ana: User) -> None:
    case = factories.make_case()
    case = cases.claim(case=case, by=ana).case
    until = timezone.now() + dt.timedelta(days=1)
    case = cases.decide(case=case, verdict="DEFER", reason="later_run_expected", until=until, seen=1, by=ana).case
    case = cases.resume(case=case, by=ana)
    carried_out("defer", [case], lena, at=at(days=2))
    with pytest.raises(Stale, match="no decision"):
        cases.undo(case=Case.objects.get(pk=case.pk), by=ana)
    assert cases.resume(case=Case.objects.get(pk=case.pk), by=ana).state == State.OPEN


@pytest.mark.parametrize(("severity", "result"), [(2, "will"), (3, "refused"), (4, "refused")])
def test_a_severe_case_is_not_deferred_past_the_cutover_in_bulk(lena: User, severity: int, result: str) -> None:
    run = factories.make_run()
    run.wave.planned_for = (timezone.now() + dt.timedelta(days=5)).date()
    run.wave.save()
    case = factories.make_case(run=run, severity=severity)
    assert item(previewed("defer", [case], lena, at=at(days=3)), case).result == "will"
    assert item(previewed("defer", [case], lena, at=at(days=9)), case).result == result


def test_the_same_again_changes_nothing(lena: User) -> None:
    case, when = factories.make_case(), at(days=3)
    carried_out("due", [case], lena, at=when)
    carried_out("defer", [case], lena, at=when)
    carried_out("priority", [case], lena, priority=7)
    for act, asked in (("due", {"at": when}), ("defer", {"at": when}), ("priority", {"priority": 7})):
        assert item(previewed(act, [case], lena, **asked), case).result == "already"


def test_reviewers_hear_once_who_released_their_claims(lena: User, ana: User, ben: User) -> None:
    queue = factories.make_queue(hold_limit=9)
    held = [cases.claim(case=factories.make_case(queue=queue), by=ana).case for _ in range(4)]
    single = cases.claim(case=factories.make_case(queue=queue), by=ben).case
    change = carried_out("release", [*held, single], lena)
    assert not Claim.objects.exists()
    assert not HeldRecord.objects.exists()
    told = {notice.to: notice for notice in Notice.objects.all()}
    assert set(told) == {ana, ben}
    assert told[ana].sentence.startswith("Lena released 4 of your claims: EX-")
    assert not any(WHY in notice.sentence for notice in told.values())  # free text stays out of mail
    assert (told[ben].subject, told[ben].path) == (single.ref, f"/cases/{single.ref}/")
    assert LogEntry.objects.filter(verb="case.taken_away").count() == 5
    undone(change, lena)
    assert Claim.objects.filter(by=ana).count() == 4
    assert Notice.objects.filter(to=ana, kind="case.claims_restored").count() == 1


def test_handing_over_tells_each_person_once_and_asks_what_one_hand_over_asks(lena, ana, ben) -> None:
    queue = factories.make_queue(hold_limit=9, targets={"escalation": factories.make_queue("second")})
    held = [cases.claim(case=factories.make_case(queue=queue), by=ana).case for _ in range(3)]
    free, his = factories.make_case(queue=queue), cases.claim(case=factories.make_case(queue=queue), by=ben).case
    sent = cases.claim(case=factories.make_case(queue=queue), by=ben).case
    sent = cases.decide(case=sent, verdict="ESCALATE", reason="second_opinion", seen=1, by=ben).case
    change = carried_out("assign", [*held, free, his, sent], lena, to=ben.pk)
    assert Case.objects.filter(assignee=ben, state=State.OPEN).count() == 4
    assert item(change, his).sentence == "Ben holds it"
    assert (item(change, sent).result, "transferred" in item(change, sent).sentence) == (Result.REFUSED, True)
    told = {notice.to: notice.sentence for notice in Notice.objects.all()}
    assert told[ben].startswith("Lena handed 4 cases over to you: EX-")
    assert told[ana].startswith("Lena handed 3 of your cases over to Ben: EX-")
    assert Notice.objects.count() == 2
    undone(change, lena)
    assert Case.objects.filter(assignee=ben).count() == 0
    assert Claim.objects.filter(by=ana).count() == 3
    assert Notice.objects.filter(sentence__startswith="Lena returned 3 of your cases").count() == 1


def test_a_moved_case_is_assigned_again_when_it_comes_home(lena, ana) -> None:
    case, there = factories.make_case(), factories.make_queue("there")
    carried_out("assign", [case], lena, to=ana.pk)
    change = carried_out("move", [case], lena, queue=there.pk)
    assert Case.objects.get(pk=case.pk).assignee is None
    assert Notice.objects.filter(to=ana, sentence__startswith="Lena moved 1 of your cases").count() == 1
    undone(change, lena)
    assert Case.objects.get(pk=case.pk).assignee == ana


def _claims_it(case: Case, ana: User, lena: User) -> None:
    cases.claim(case=case, by=ana)


def _moves_it(case: Case, ana: User, lena: User) -> None:
    carried_out("move", [case], lena, queue=factories.make_queue("elsewhere").pk)


def _more_severe(case: Case, ana: User, lena: User) -> None:
    Case.objects.filter(pk=case.pk).update(severity=4, priority=400)


def _reported(case: Case, ana: User, lena: User) -> None:
    Case.objects.filter(pk=case.pk).update(revision=9)


CHANGES: list[tuple[Callable[[Case, User, User], None], str]] = [
    (_claims_it, "Ana has claimed it"),
    (_moves_it, "it is in another queue now"),
    (_more_severe, "its severity is critical now"),
    (_reported, "it was reported again"),
]


@pytest.mark.parametrize(("happens", "says"), CHANGES)
def test_what_changed_after_the_preview_is_refused_with_what_changed(lena, ana, happens, says) -> None:
    case, other = factories.make_case(), factories.make_case()
    change = previewed("priority", [case, other], lena, priority=9)
    happens(case, ana, lena)
    before = standing(case)
    actions.start(change=change, reason=WHY, by=lena)
    assert actions.work(change.pk)
    assert (item(change, case).result, item(change, case).sentence) == (Result.REFUSED, says)
    assert standing(case) == before
    assert item(change, other).result == Result.DONE


@pytest.mark.parametrize(("happens", "says"), CHANGES)
def test_what_changed_since_is_not_undone(lena, ana, happens, says) -> None:
    case, other = factories.make_case(), factories.make_case()
    change = carried_out("due", [case, other], lena, at=at(days=9))
    happens(case, ana, lena)
    before = standing(case)
    undone(change, lena)
    assert (item(change, case).undo, item(change, case).undo_sentence) == (Undo.REFUSED, says)
    assert standing(case) == before
    assert item(change, other).undo == Undo.DONE


def test_a_renewed_claim_is_the_same_claim(lena: User, ana: User) -> None:
    case = cases.claim(case=factories.make_case(), by=ana).case
    change = previewed("release", [case], lena)
    cases.renew(case=case, by=ana)
    actions.start(change=change, reason=WHY, by=lena)
    actions.work(change.pk)
    assert item(change, case).result == Result.DONE


@pytest.mark.parametrize(
    ("since", "says"),
    [
        (lambda case, ana: User.objects.filter(pk=ana.pk).update(is_active=False), "may no longer work"),
        (lambda case, ana: cases.claim(case=factories.make_case(queue=factories.make_queue("x")), by=ana), "as many"),
        (lambda case, ana: Claim.objects.none(), ""),
    ],
)
def test_a_claim_comes_back_only_where_it_still_could(lena, ana, since, says) -> None:
    case = cases.claim(case=factories.make_case(queue=factories.make_queue(hold_limit=1)), by=ana).case
    change = carried_out("release", [case], lena)
    since(case, ana)
    undone(change, lena)
    assert says in item(change, case).undo_sentence
    assert (item(change, case).undo == Undo.DONE) == (not says)


def test_an_act_is_carried_out_once_and_needs_a_reason(lena: User) -> None:
    case = factories.make_case()
    change = previewed("priority", [case], lena, priority=3)
    for reason in ("", "   ", "x" * 301):
        with pytest.raises(Invalid, match="reason"):
            actions.start(change=change, reason=reason, by=lena)
    actions.start(change=change, reason=WHY, by=lena)
    assert actions.start(change=change, reason="Again.", by=lena).reason == WHY
    assert actions.work(change.pk)
    assert actions.work(change.pk)
    with pytest.raises(Stale, match="carried out already"):
        actions.preview(change=change, wanted={"priority": 4}, by=lena)
    assert LogEntry.objects.filter(verb="case.prioritised").count() == 1
    assert LogEntry.objects.get(verb="bulk.done").facts == {
        "what": "priority 3", "changed": 1, "unchanged": 0, "refused": 0,
    }  # fmt: skip


def test_one_case_is_undone_and_then_the_rest(lena: User) -> None:
    first, second = factories.make_case(), factories.make_case()
    change = carried_out("priority", [first, second], lena, priority=3)
    change = undone(change, lena, of=item(change, first))
    assert [Case.objects.get(pk=case.pk).priority for case in (first, second)] == [200, 203]
    undone(change, lena)
    assert Case.objects.get(pk=second.pk).priority == 200
    with pytest.raises(Stale, match="nothing left"):
        actions.undo(change=BulkChange.objects.get(pk=change.pk), by=lena)


def test_after_ten_minutes_it_stays(lena: User) -> None:
    change = carried_out("priority", [factories.make_case()], lena, priority=3)
    late = timezone.now() + dt.timedelta(minutes=10, seconds=5)
    with time_machine.travel(late, tick=False), pytest.raises(Stale, match="10 minutes"):
        actions.undo(change=change, by=lena)


def test_previews_are_forgotten_after_a_day_and_results_are_kept(lena: User) -> None:
    case = factories.make_case()
    draft, kept = previewed("release", [case], lena), carried_out("priority", [case], lena, priority=3)
    assert actions.forget_drafts(by=system()) == 0
    assert actions.forget_drafts(by=system(), now=timezone.now() + dt.timedelta(days=2)) == 1
    assert list(BulkChange.objects.values_list("pk", "stage")) == [(kept.pk, Stage.DONE)]
    assert draft.pk != kept.pk
