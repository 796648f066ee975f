"""Handing a case to a named colleague: who may, to whom, what ends it, and who is told."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Stale
from console.notices.models import Notice
from console.people import actions as people
from console.people.models import RoleGrant, User
from console.people.queries import system
from console.waves.models import Wave
from tests import factories
from triage.cases import actions
from triage.cases.models import Case, Claim, Handover, HeldRecord, State
from triage.queues.models import Queue

pytestmark = pytest.mark.django_db

#: What a reason may say and no notice, mail, entry or address ever does.
WHY = "Wanjiru Odhiambo's chart is Ben's."


def now(case: Case) -> Case:
    return Case.objects.select_related("assignee", "queue").get(pk=case.pk)


def whose(case: Case) -> tuple[str, str | None, int]:
    found = now(case)
    return found.state, found.assignee and found.assignee.username, Claim.objects.filter(case=case).count()


def assigned(ben: User, lena: User, **fields) -> Case:
    case = factories.make_case(**fields)
    return actions.hand_over(case=case, to=ben, why=WHY, by=lena)


def told(person: User, kind: str) -> list[Notice]:
    return list(Notice.objects.filter(to=person, kind=kind, over_at=None))


def test_who_holds_a_case_hands_it_to_a_colleague(ana, ben) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    actions.hand_over(case=now(case), to=ben, why=WHY, by=ana)
    assert whose(case) == (State.OPEN, "ben", 0)
    assert not HeldRecord.objects.filter(case=case).exists()
    kept = Handover.objects.get(case=case)
    assert (kept.before, kept.to, kept.by, kept.why) == (ana, ben, ana, WHY)
    (notice,) = told(ben, "case.handed_over")
    assert (notice.subject, notice.path) == (case.ref, f"/cases/{case.ref}/")
    assert not told(ana, "case.taken_away"), "who hands it over knows it"
    with pytest.raises(Stale):
        actions.decide(case=case, verdict="LINK", seen=1, by=ana)


def test_the_reason_stands_on_the_row_and_nowhere_else(ana, ben, lena) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    actions.hand_over(case=now(case), to=ben, why=WHY, by=lena)
    actions.take_back(case=now(case), why=WHY, by=lena)
    assert LogEntry.objects.get(verb="case.handed_over").facts == {"to": "ben", "before": ana.pk}
    assert LogEntry.objects.get(verb="case.taken_back").facts == {"before": ben.pk}
    said = [notice.sentence for notice in Notice.objects.all()]
    assert said
    assert not [text for text in said if "Wanjiru" in text]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_logentry AS e WHERE e::text LIKE '%%Wanjiru%%'")
        assert cursor.fetchone()[0] == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.update(why="Otherwise.")


def test_other_reviewers_may_not(ana, ben, cleo, lena) -> None:
    case = factories.make_case()
    with pytest.raises(Denied, match="Only who has claimed"):
        actions.hand_over(case=case, to=ben, why=WHY, by=ana)
    actions.hand_over(case=case, to=ben, why=WHY, by=lena)
    with pytest.raises(Denied):
        actions.hand_over(case=now(case), to=cleo, why=WHY, by=ana)
    actions.hand_over(case=now(case), to=cleo, why=WHY, by=ben)
    assert whose(case) == (State.OPEN, "cleo", 0)


def test_who_it_is_assigned_to_does_not_hand_it_on_under_anothers_claim(ben, cleo, lena) -> None:
    case = assigned(ben, lena)
    actions.claim(case=case, by=lena)
    with pytest.raises(Stale, match="Lena has claimed"):
        actions.hand_over(case=now(case), to=cleo, why=WHY, by=ben)


def test_a_lead_takes_it_from_who_holds_it_and_they_are_told(ana, ben, lena) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    actions.hand_over(case=case, to=ben, why=WHY, by=lena)
    assert whose(case) == (State.OPEN, "ben", 0)
    (notice,) = told(ana, "case.taken_away")
    assert notice.sentence == f"{case.ref} was handed over to Ben."


def test_a_case_only_kept_ready_is_lost_without_a_word(ana, ben, lena) -> None:
    held, ready = factories.make_case(severity=4), factories.make_case(severity=3)
    actions.claim_next(queues=[held.queue], by=ana)
    from triage.cases.listing import Filters

    kept = actions.claim_ahead(queues=[held.queue], among=Filters((held.queue_id,)), by=ana)
    assert kept is not None
    actions.hand_over(case=now(ready), to=ben, why=WHY, by=lena)
    assert whose(ready) == (State.OPEN, "ben", 0)
    assert not told(ana, "case.taken_away")


@pytest.mark.parametrize("role", ["board", "compliance", "operator", None])
def test_only_to_colleagues_who_work_the_queue(lena, role) -> None:
    case = factories.make_case()
    other = factories.make_user("other", role=role)
    with pytest.raises(Invalid, match="Other does not work this queue"):
        actions.hand_over(case=case, to=other, why=WHY, by=lena)


def test_only_to_people_who_can_sign_in(lena) -> None:
    case = factories.make_case()
    gone = factories.make_user("gone", role="reviewer", is_active=False)
    service = factories.make_user("svc", role="reviewer", kind="service")
    for other in (gone, service):
        with pytest.raises(Invalid, match="cannot sign in"):
            actions.hand_over(case=case, to=other, why=WHY, by=lena)


def test_not_to_who_has_it_already(ana, ben, lena) -> None:
    case = assigned(ben, lena)
    with pytest.raises(Invalid, match="already assigned to Ben"):
        actions.hand_over(case=case, to=ben, why=WHY, by=ben)
    held = factories.make_case()
    actions.claim(case=held, by=ana)
    for by in (ana, lena):
        with pytest.raises(Invalid, match="Ana has claimed"):
            actions.hand_over(case=held, to=ana, why=WHY, by=by)


def test_not_to_who_transferred_it_there(ana, ben, lena) -> None:
    second = factories.make_queue("second")
    case = factories.make_case(queue=factories.make_queue(targets={"escalation": second}))
    actions.claim(case=case, by=ana)
    actions.decide(case=case, verdict="ESCALATE", reason="second_opinion", seen=1, by=ana)
    assert now(case).queue == second
    with pytest.raises(Invalid, match="Ana transferred"):
        actions.hand_over(case=now(case), to=ana, why=WHY, by=lena)
    actions.hand_over(case=now(case), to=ben, why=WHY, by=lena)


@pytest.mark.parametrize("why", ["", "  ", "x" * 301])
def test_it_needs_a_reason(ben, lena, why) -> None:
    case = factories.make_case()
    with pytest.raises(Invalid, match="Enter a reason"):
        actions.hand_over(case=case, to=ben, why=why, by=lena)
    assert whose(case) == (State.OPEN, None, 0)


def test_a_frozen_wave_does_not_stop_it(ben, lena) -> None:
    case = factories.make_case()
    Wave.objects.filter(pk=case.wave_id).update(frozen_at=timezone.now(), frozen_because="GATE-1")
    actions.hand_over(case=case, to=ben, why=WHY, by=lena)
    assert whose(case) == (State.OPEN, "ben", 0)


def test_paused_and_closed_cases_are_not_handed_over(ana, ben, lena) -> None:
    case, paused = factories.make_case(), factories.make_case()
    for one in (case, paused):
        actions.claim(case=one, by=ana)
    actions.decide(case=case, verdict="LINK", seen=1, by=ana)
    actions.decide(case=paused, verdict="NEEDS_INFO", reason="paper_record_needed", asked_of="lena", seen=1, by=ana)
    with pytest.raises(Stale, match="is decided"):
        actions.hand_over(case=case, to=ben, why=WHY, by=lena)
    with pytest.raises(Stale, match="Resume it first"):
        actions.hand_over(case=paused, to=ben, why=WHY, by=lena)


def test_others_do_not_claim_what_is_assigned(ana, ben, lena) -> None:
    case = assigned(ben, lena)
    with pytest.raises(Denied, match=f"{case.ref} is assigned to Ben. Ask them or a lead to hand it over."):
        actions.claim(case=case, by=ana)
    assert actions.claim_next(queues=[case.queue], by=ana) is None
    actions.claim(case=case, by=lena)
    assert whose(case) == (State.CLAIMED, "ben", 1), "a lead who looks into it does not end the assignment"
    actions.release_claim(case=case, by=lena)
    assert actions.claim(case=case, by=ben).case.pk == case.pk


def test_it_ends_when_the_case_is_decided_and_undoing_does_not_restore_it(ben, lena) -> None:
    case = assigned(ben, lena)
    actions.claim(case=case, by=ben)
    assert whose(case) == (State.CLAIMED, "ben", 1)
    actions.decide(case=now(case), verdict="LINK", seen=1, by=ben)
    assert whose(case) == (State.DECIDED, None, 0)
    assert not told(ben, "case.handed_over"), "its notice asks for nothing now"
    actions.undo(case=now(case), by=ben)
    assert whose(case) == (State.CLAIMED, None, 1)


def test_it_lasts_while_the_case_is_paused(ben, lena) -> None:
    case = assigned(ben, lena)
    actions.claim(case=case, by=ben)
    until = timezone.now() + dt.timedelta(minutes=30)
    actions.decide(case=now(case), verdict="DEFER", reason="later_run_expected", until=until, seen=1, by=ben)
    assert whose(case) == (State.DEFERRED, "ben", 0)
    actions.resume(case=now(case), by=lena)
    assert whose(case) == (State.OPEN, "ben", 0)


def test_it_ends_when_the_case_moves_to_another_queue(ben, lena) -> None:
    second = factories.make_queue("second")
    case = assigned(ben, lena, queue=factories.make_queue(targets={"escalation": second}))
    actions.claim(case=case, by=ben)
    actions.decide(case=now(case), verdict="ESCALATE", reason="second_opinion", seen=1, by=ben)
    assert whose(case) == (State.OPEN, None, 0)
    assert not told(ben, "case.handed_over")


def test_the_database_ends_it_whatever_moves_the_case(ben, lena) -> None:
    moved, gone, stays = (assigned(ben, lena) for _ in range(3))
    other = factories.make_queue("other")
    Case.objects.filter(pk=moved.pk).update(queue=other)
    Case.objects.filter(pk=gone.pk).update(state=State.WITHDRAWN)
    Case.objects.filter(pk=stays.pk).update(state=State.WAITING, severity=3, priority=300)
    assert [whose(case)[1] for case in (moved, gone, stays)] == [None, None, "ben"]
    with pytest.raises(IntegrityError, match="cases_case_assignment"), transaction.atomic():
        Case.objects.filter(pk=gone.pk).update(assignee=ben, assigned_at=timezone.now())


def test_by_hand_for_who_has_it_and_for_leads(ana, ben, lena) -> None:
    case = assigned(ben, lena)
    with pytest.raises(Denied, match="is assigned to Ben"):
        actions.take_back(case=case, why=WHY, by=ana)
    actions.take_back(case=case, why=WHY, by=ben)
    assert whose(case) == (State.OPEN, None, 0)
    assert not told(ben, "case.handed_over")
    with pytest.raises(Stale, match="is not assigned"):
        actions.take_back(case=case, why=WHY, by=lena)
    actions.hand_over(case=now(case), to=ben, why=WHY, by=lena)
    actions.take_back(case=now(case), why=WHY, by=lena)
    (notice,) = told(ben, "case.taken_away")
    assert notice.sentence == f"{case.ref} is no longer assigned to you."


def test_what_was_handed_over_after_the_look_is_not_passed_on_unseen(ben, cleo, lena) -> None:
    case = factories.make_case()
    actions.hand_over(case=case, to=ben, why=WHY, by=lena)
    with pytest.raises(Stale, match="is assigned to Ben in the meantime"):
        actions.hand_over(case=case, to=cleo, why=WHY, by=lena)
    with pytest.raises(Stale):
        actions.hand_over(case=now(case), to=cleo, why=WHY, by=lena, seen=0)
    actions.hand_over(case=now(case), to=cleo, why=WHY, by=lena, seen=ben.pk)
    assert whose(case) == (State.OPEN, "cleo", 0)


def test_taking_a_claim_away_hands_over(ana, ben, lena) -> None:
    case, plain = factories.make_case(), factories.make_case()
    for one in (case, plain):
        actions.claim(case=one, by=ana)
    actions.remove_claim(case=case, reason="On leave.", to=ben, by=lena)
    actions.remove_claim(case=plain, reason="On leave.", by=lena)
    assert (whose(case), whose(plain)) == ((State.OPEN, "ben", 0), (State.OPEN, None, 0))
    assert told(ben, "case.handed_over")
    assert {notice.subject for notice in told(ana, "case.taken_away")} == {case.ref, plain.ref}
    facts = [entry.facts for entry in LogEntry.objects.filter(verb="case.taken_away").order_by("pk")]
    assert facts[0] == {"reason": "On leave.", "holder": ana.pk, "to": "ben"}
    with pytest.raises(Denied):
        actions.remove_claim(case=case, reason="On leave.", to=ben, by=ana)


def test_a_revoked_role_ends_its_assignments(lena) -> None:
    user = factories.make_user("nora")
    people.grant_role(user=user, role="reviewer", by=system())
    cases = [assigned(user, lena) for _ in range(3)]
    for grant in RoleGrant.objects.filter(user=user):
        people.revoke_role(grant=grant, by=system())
    assert [whose(case)[1] for case in cases] == [None] * 3
    assert LogEntry.objects.get(verb="case.assignments_lost").facts == {"person": "nora", "count": 3}
    assert not told(user, "case.handed_over")


def test_a_role_lost_on_one_queue_ends_the_assignments_there(lena) -> None:
    user, one, two = factories.make_user("nora"), factories.make_queue("one"), factories.make_queue("two")
    for queue in (one, two):
        people.grant_role(user=user, role="reviewer", scope=queue, by=system())
    here, there = assigned(user, lena, queue=one), assigned(user, lena, queue=two)
    people.revoke_role(grant=RoleGrant.objects.get(user=user, scope_id=one.pk), by=system())
    assert (whose(here)[1], whose(there)[1]) == (None, "nora")


def test_a_deactivated_account_ends_its_assignments_and_its_claims(lena, ben) -> None:
    open_case, held, others = assigned(ben, lena), assigned(ben, lena), factories.make_case()
    actions.claim(case=held, by=ben)
    actions.hand_over(case=others, to=lena, why=WHY, by=lena)
    people.deactivate(user=ben, by=system())
    assert [whose(case) for case in (open_case, held)] == [(State.OPEN, None, 0)] * 2
    assert whose(others)[1] == "lena"


@pytest.fixture
def cleo(db_ready) -> User:
    """A third reviewer on every queue."""
    return factories.make_user("cleo", role="reviewer")


@pytest.fixture
def queue(db_ready) -> Queue:
    return factories.make_queue(hold_limit=20)


def test_a_lapsed_claim_hands_nothing_over(ana, ben) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2), tick=False), pytest.raises(Denied):
        actions.hand_over(case=case, to=ben, why=WHY, by=ana)
