"""A verdict that contradicts settled decisions: refused, kept, sent to a third person, adjudicated in one act."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Stale
from console.people.models import User
from console.people.queries import system
from tests import factories
from tests.desk.reading import signed_in
from triage.cases import actions, sequencer
from triage.cases.actions import Decided
from triage.cases.models import Case, Decision, FeedItem, ReleaseDue, Role, State
from triage.merges.models import KeptApart, LinkedPair, RecordIdentity
from triage.queues.models import Queue

pytestmark = pytest.mark.django_db
A, B, C, D = 9001, 9002, 9003, 9004


@pytest.fixture
def rita(db: None) -> User:
    """A reviewer who has decided nothing yet."""
    return factories.make_user("rita", role="reviewer")


def line(*numbers: int) -> dict[str, Any]:
    made = factories.merge_line(numbers[0], numbers[1])
    made["records"] = [factories.record(number, "PAS") for number in numbers]
    (pair,) = made["match"]["pairs"]
    places = range(len(numbers))
    made["match"]["pairs"] = [pair | {"left": one, "right": two} for one in places for two in places if one < two]
    return made


def queues() -> Queue:
    return factories.make_queue(targets={"adjudication": factories.make_queue("adjudication")})


def case(*numbers: int) -> Case:
    return factories.make_case(line=line(*numbers), queue=queues())


def decide(found: Case, verdict: str, by: User, **changes: Any) -> Decided:
    actions.claim(case=found, by=by)
    found.refresh_from_db()
    return actions.decide(
        **({"case": found, "verdict": verdict, "reason": "other", "seen": found.revision, "by": by} | changes)
    )


def release() -> None:
    while sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1)).count:
        pass


def entitle(user: User, *permissions: str) -> None:
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))


def refused(ana: User, ben: User) -> tuple[Case, list[Decided], Decided]:
    """LINK A-B and B-C by ana, then NO_MATCH A-C by ben."""
    before = [decide(case(A, B), "LINK", ana), decide(case(B, C), "LINK", ana)]
    third = case(A, C)
    done = decide(third, "NO_MATCH", ben)
    third.refresh_from_db()
    return third, before, done


def test_the_example_of_the_report_is_refused_and_goes_to_a_third_person(ana: User) -> None:
    third, before, done = refused(ana, ana)
    assert done.contradicts == [one.decision.pk for one in before]
    assert (third.state, third.queue.slug, third.decision) == (State.OPEN, "adjudication", None)
    made = Decision.objects.get(pk=done.decision.pk)
    assert (made.verdict, made.role, made.release_at) == ("NO_MATCH", Role.FIRST, None)
    assert not ReleaseDue.objects.filter(decision=made).exists()
    assert LogEntry.objects.filter(verb="case.contradicted").count() == 1
    release()
    assert [item.decision_id for item in FeedItem.objects.order_by("position")] == done.contradicts


def test_any_order_of_the_example_is_refused(ana: User) -> None:
    decide(case(A, C), "NO_MATCH", ana)
    decide(case(A, B), "LINK", ana)
    assert len(decide(case(B, C), "LINK", ana).contradicts) == 2
    assert len(decide(case(A, B, C), "LINK", ana).contradicts) == 1


def test_the_same_request_sent_again_gives_the_same_answer(ana: User) -> None:
    third, _, done = refused(ana, ana)
    again = actions.decide(case=third, verdict="NO_MATCH", reason="other", seen=1, by=ana)
    assert again.repeat
    assert again.contradicts == done.contradicts


def test_without_a_queue_for_it_nothing_is_written(ana: User) -> None:
    for pair in ((A, B), (B, C)):
        decide(factories.make_case(line=line(*pair)), "LINK", ana)
    third = factories.make_case(line=line(A, C))
    with pytest.raises(Stale, match="has no queue for contradictory decisions"):
        decide(third, "NO_MATCH", ana)
    third.refresh_from_db()
    assert third.state == State.CLAIMED
    assert Decision.objects.count() == 2


def test_the_api_answers_with_what_is_contradicted(ana: User) -> None:
    before = decide(case(A, B), "LINK", ana)
    second = case(A, B, C)
    actions.claim(case=second, by=ana)
    body = {"verdict": "NO_MATCH", "reason": "other", "seen": 1}
    answer = send(ana, second, body)
    assert answer.status_code == 409
    facts = answer.json()
    assert facts["error"] == "contradiction"
    assert (facts["contradicts"][0]["case"], facts["contradicts"][0]["decision"]) == (
        before.case.ref,
        before.decision.pk,
    )
    assert facts["queue"] == "adjudication"


def send(by: User, found: Case, body: dict[str, Any]) -> HttpResponse:
    path = f"/api/v1/cases/{found.ref}/decisions/"
    return signed_in(by).post(path, json.dumps(body), content_type="application/json")


def test_the_page_says_which_decisions_by_whom_and_when(ana: User) -> None:
    before = decide(case(A, B), "LINK", ana)
    second = case(A, B, C)
    actions.claim(case=second, by=ana)
    fields = {"verdict": "NO_MATCH", "reason": "other", "seen": "1"}
    html = signed_in(ana).post(f"/cases/{second.ref}/decisions/", fields, follow=True).content.decode()
    assert "contradicts" in html
    assert f'<a href="/cases/{before.case.ref}/">{before.case.ref}</a> (Same person, Ana,' in html
    assert "where a third person decides" in html


# Who may adjudicate


def test_no_author_of_either_side_may_take_the_case(ana: User, ben: User, rita: User) -> None:
    third, _, _ = refused(ana, ben)
    for author in (ana, ben):
        with pytest.raises(Denied, match="A third person decides"):
            actions.claim(case=third, by=author)
        assert actions.claim_next(queues=[third.queue], by=author) is None
    assert actions.claim_next(queues=[third.queue], by=rita) is not None


def adjudicate(third: Case, by: User, verdict: str, **changes: Any) -> Decided:
    return decide(third, verdict, by, **({"note": "The charts show two people."} | changes))


def test_putting_an_adjudication_off_leaves_its_question(ana: User, ben: User, rita: User) -> None:
    third, before, _ = refused(ana, ben)
    entitle(rita, "cases.reverse_decision")
    decide(third, "DEFER", rita, reason="later_run_expected", until=timezone.now() + dt.timedelta(days=3))
    actions.resume(case=third, by=rita)
    assert "contradict" in signed_in(rita).get(f"/cases/{third.ref}/").content.decode()
    done = adjudicate(third, rita, "NO_MATCH", reverse=[before[0].decision.pk])
    assert (done.decision.role, done.contradicts) == (Role.ADJUDICATION, [])


def test_a_third_person_reverses_what_was_wrong_and_decides_in_one_act(ana: User, ben: User, rita: User) -> None:
    third, before, _ = refused(ana, ben)
    entitle(rita, "cases.reverse_decision")
    wrong = before[1]
    done = adjudicate(third, rita, "NO_MATCH", reverse=[wrong.decision.pk])
    assert done.contradicts == []
    assert (done.decision.role, done.case.state) == (Role.ADJUDICATION, State.DECIDED)
    wrong.case.refresh_from_db()
    assert (wrong.case.state, wrong.case.decision) == (State.OPEN, None)
    reversal = Decision.objects.get(reverses=wrong.decision)
    assert (reversal.by_id, reversal.verdict, reversal.note) == (rita.pk, "UNDO", "The charts show two people.")
    release()
    released = set(FeedItem.objects.values_list("decision_id", flat=True))
    assert released == {before[0].decision.pk, done.decision.pk}, "what was not released yet never is"
    assert LinkedPair.objects.count() == 1
    assert KeptApart.objects.count() == 1


def test_a_released_decision_is_reversed_in_the_feed(ana: User, ben: User, rita: User) -> None:
    third, before, _ = refused(ana, ben)
    entitle(rita, "cases.reverse_decision")
    release()
    adjudicate(third, rita, "NO_MATCH", reverse=[before[0].decision.pk])
    release()
    assert [item.decision.verdict for item in FeedItem.objects.order_by("position")][2:] == ["REVERSE", "NO_MATCH"]


def test_what_still_contradicts_is_refused_and_nothing_is_written(ana: User, ben: User, rita: User) -> None:
    third, before, _ = refused(ana, ben)
    entitle(rita, "cases.reverse_decision")
    made = Decision.objects.count()
    decide(case(A, B, C), "LINK", ana)
    made += 1
    with pytest.raises(Stale, match="still contradicts"):
        adjudicate(third, rita, "NO_MATCH")
    third.refresh_from_db()
    with pytest.raises(Stale, match="still contradicts"):
        actions.decide(
            case=third,
            verdict="NO_MATCH",
            reason="other",
            note="x",
            seen=third.revision,
            reverse=[before[0].decision.pk],
            by=rita,
        )
    assert Decision.objects.count() == made
    before[0].case.refresh_from_db()
    assert before[0].case.state == State.DECIDED


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"note": ""}, Invalid, "Enter a reason for the reversal"),
        ({"reverse": [10**9]}, Stale, "no longer stands"),
    ],
)
def test_an_adjudication_needs_a_reason_and_decisions_that_stand(
    ana: User, ben: User, rita: User, changes: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    third, before, _ = refused(ana, ben)
    entitle(rita, "cases.reverse_decision")
    with pytest.raises(error, match=sentence):
        adjudicate(third, rita, "NO_MATCH", **({"reverse": [before[0].decision.pk]} | changes))


def test_an_adjudicator_needs_the_permission_to_reverse(ana: User, ben: User, rita: User) -> None:
    third, before, _ = refused(ana, ben)
    with pytest.raises(Denied, match="reverse decisions"):
        adjudicate(third, rita, "NO_MATCH", reverse=[before[0].decision.pk])


def test_only_an_adjudication_reverses_other_decisions_and_only_those_in_question(
    ana: User, ben: User, rita: User
) -> None:
    third, before, _ = refused(ana, ben)
    entitle(rita, "cases.reverse_decision")
    other = decide(case(D, D + 1), "LINK", ana)
    with pytest.raises(Invalid, match="does not contradict"):
        adjudicate(third, rita, "NO_MATCH", reverse=[other.decision.pk])
    with pytest.raises(Invalid, match="Only the adjudication"):
        decide(case(D + 2, D + 3), "LINK", rita, reverse=[before[0].decision.pk], note="x")


def test_an_adjudicator_may_side_with_the_earlier_decisions(ana: User, ben: User, rita: User) -> None:
    third, _, _ = refused(ana, ben)
    done = adjudicate(third, rita, "LINK")
    assert (done.decision.role, done.contradicts) == (Role.ADJUDICATION, [])


# What ends an assertion


def test_undo_and_reversal_make_room_for_the_other_answer(ana: User, lena: User) -> None:
    first = case(A, B)
    decide(first, "LINK", ana)
    actions.undo(case=first, by=ana)
    actions.release_claim(case=first, by=ana)
    assert not LinkedPair.objects.exists()
    second = decide(case(A, B, C), "NO_MATCH", ana)
    release()
    actions.reverse(case=second.case, reason="Wrong chart.", by=lena)
    assert not KeptApart.objects.exists()
    assert decide(first, "LINK", ana).contradicts == []
    assert RecordIdentity.objects.values("golden").distinct().count() == 2
