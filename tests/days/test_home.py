"""A reviewer's home: what they hold, what waits, what comes back, and their own day, which no one else can ask for."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.urls import get_resolver
from django.utils import timezone

from console.audit.models import LogEntry
from console.people.queries import system
from tests import factories
from tests.cases.landing import Line, case_of, land
from triage.cases import actions, sequencer
from triage.cases.actions import maintenance
from triage.cases.models import Case, Claim, Decision, State
from triage.days import actions as days
from triage.days import back, home, today

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PARTS = ("/day/continue/", "/cases/home/", "/day/back/", "/day/figures/", "/day/later/", "/day/held/")
#: A day without a change of clocks near it, at noon.
NOON = dt.datetime(2026, 9, 15, 12, tzinfo=dt.UTC)


@pytest.fixture
def queue(db):
    there = factories.make_queue("overlays")
    return factories.make_queue(targets={"escalation": there, "overlay": there}, undo_seconds=0, hold_limit=50)


def words(client, user, path: str, *, fragment: bool = True) -> str:
    client.force_login(user)
    answer = client.get(path, headers={"HX-Request": "true"} if fragment else {})
    assert answer.status_code == 200, path
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def decide(case: Case, by, verdict: str = "LINK", *, after: float = 60, **more):
    """Claim and decide, so many seconds later."""
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        actions.claim(case=case, by=by)
    with time_machine.travel(now + dt.timedelta(seconds=after), tick=False):
        case = Case.objects.get(pk=case.pk)
        return actions.decide(case=case, verdict=verdict, reason="other", seen=case.revision, by=by, **more)


def release() -> None:
    sequencer.release(by=system(), now=timezone.now() + HOUR)


# Empty, and for whom


@pytest.mark.parametrize("path", PARTS)
def test_each_part_says_what_it_is_when_there_is_nothing(client, ana, queue, path) -> None:
    assert (
        "No " in words(client, ana, path)
        or "Nothing" in words(client, ana, path)
        or path == "/day/continue/"
        or ("no case" in words(client, ana, path))
    )


@pytest.mark.parametrize("path", PARTS)
def test_each_part_is_a_page_of_its_own_without_scripts(client, ana, queue, path) -> None:
    assert "Part of your home page" in words(client, ana, path, fragment=False)


def test_others_have_no_such_day_and_no_address_names_a_person(client, ana, omar, ada, cora) -> None:
    for who in (omar, ada, cora):
        client.force_login(who)
        for path in PARTS:
            if path != "/cases/home/":
                assert client.get(path).status_code == 403, (who, path)
        assert client.post("/day/pause/").status_code == 403
    routes = [
        str(p.pattern)
        for r in get_resolver().url_patterns
        if getattr(r, "namespace", "") == "days"
        for p in r.url_patterns
    ]
    assert len(routes) == 6
    assert not any("<" in route for route in routes), "no parameter says whose day it is"


def test_a_lead_who_names_a_reviewer_gets_their_own_figures(client, ana, lena, queue) -> None:
    decide(factories.make_case(queue=queue), ana)
    for query in (f"?by={ana.pk}", f"?user={ana.username}", f"?person={ana.pk}"):
        assert "No decision yet today" in words(client, lena, f"/day/figures/{query}")
        assert "You have settled no case" in words(client, lena, f"/day/later/{query}")


# Own day


def test_the_day_counts_decisions_their_hours_and_the_middle_time(ana, ben, queue) -> None:
    with timezone.override("Africa/Kampala"), time_machine.travel(NOON, tick=False):
        for seconds, verdict in ((30, "LINK"), (90, "NO_MATCH"), (600, "LINK")):
            decide(factories.make_case(queue=queue), ana, verdict, after=seconds)
        decide(factories.make_case(queue=queue), ana, "DEFER", after=45, until=NOON + DAY)
        decide(factories.make_case(queue=queue), ben)
        day = today.day_of(ana, timezone.localtime())
    assert (day.decided, day.aside, day.timed) == (4, 1, 4)
    assert day.median == "1:08", "the middle of 30, 45, 90 and 600 seconds"
    assert [(hour.label, hour.count, hour.height) for hour in day.hours] == [("15:00", 4, 100)]


def test_what_one_undid_is_not_counted_and_what_a_lead_reversed_is(ana, lena, queue) -> None:
    undone, reversed_ = factories.make_case(queue=queue), factories.make_case(queue=queue)
    decide(undone, ana, after=0)
    actions.undo(case=Case.objects.get(pk=undone.pk), by=ana)
    decide(reversed_, ana, after=0)
    release()
    actions.reverse(case=Case.objects.get(pk=reversed_.pk), reason="Wrong.", by=lena)
    assert today.day_of(ana, timezone.localtime()).decided == 1
    assert today.day_of(lena, timezone.localtime()).decided == 0, "a reversal is no decision of a case"


def test_decisions_of_which_it_is_not_known_since_when_are_left_out_of_the_median(client, ana, queue) -> None:
    found = decide(factories.make_case(queue=queue), ana, after=0).decision
    assert found.claimed_at is not None
    values = {field.attname: getattr(found, field.attname) for field in Decision._meta.concrete_fields}
    values |= {"id": found.pk + 1_000, "claimed_at": None, "request_key": "00000000-0000-4000-8000-000000000001"}
    Decision.objects.create(**values)
    text = words(client, ana, "/day/figures/")
    assert "The median is of the 1 decision" in text


@pytest.mark.parametrize("zone", ["UTC", "Africa/Kampala", "America/Los_Angeles"])
def test_the_day_is_that_of_the_persons_zone(ana, queue, zone) -> None:
    with timezone.override(zone):
        start = today.midnight(timezone.localtime(NOON))
        for moment in (start - dt.timedelta(minutes=2), start + dt.timedelta(minutes=2)):
            with time_machine.travel(moment, tick=False):
                decide(factories.make_case(queue=queue), ana, after=0)
        day = today.day_of(ana, start + HOUR)
    assert day.decided == 1
    assert day.made[0].at == start + dt.timedelta(minutes=2)


def test_released_claims_are_those_that_one_gave_up(ana, ben, queue) -> None:
    for who in (ana, ana, ben):
        case = factories.make_case(queue=queue)
        actions.claim(case=case, by=who)
        actions.release_claim(case=case, by=who)
    assert today.day_of(ana, timezone.localtime()).released == 2


# What later runs said


def settled(name: str, by, verdict: str = "LINK") -> Case:
    land(factories.make_run(), Line(name))
    case = case_of(name)
    decide(case, by, verdict, after=0)
    release()
    return Case.objects.get(pk=case.pk)


def test_every_decision_is_counted_once_by_what_became_of_it(client, ana, ben, lena, queue) -> None:
    confirmed, changed, unseen = (settled(name, ana) for name in ("confirmed", "changed", "unseen"))
    disproved, reversed_ = settled("disproved", ana), settled("reversed", ana)
    Case.objects.filter(pk=confirmed.pk).update(state=State.VERIFIED, verified_run=confirmed.opened_run)
    land(factories.make_run(), Line("changed", "b"))
    land(factories.make_run(decisions_applied=10_000), Line("disproved"))
    actions.reverse(case=reversed_, reason="Wrong.", by=lena)
    settled("of another person", ben)
    found = today.later_of(ana, timezone.localtime())
    assert (found.confirmed, found.unseen, found.changed, found.disproved, found.reversed) == (1, 1, 1, 1, 1)
    assert found.cases["disproved"] == [disproved.ref]
    assert unseen.ref in found.cases["unseen"]
    text = words(client, ana, "/day/later/")
    assert f"Disproved 1 {disproved.ref}" in text
    assert f"Reopened, as the evidence changed 1 {changed.ref}" in text


def test_a_confirmed_decision_that_a_run_reopens_is_confirmed_no_longer(ana, queue) -> None:
    case = settled("x", ana)
    Case.objects.filter(pk=case.pk).update(state=State.VERIFIED, verified_run=case.opened_run)
    assert today.later_of(ana, timezone.localtime()).confirmed == 1
    land(factories.make_run(), Line("x", "b"))
    found = today.later_of(ana, timezone.localtime())
    assert (found.confirmed, found.changed) == (0, 1)


def test_old_undone_and_unsettling_decisions_are_left_out(ana, queue) -> None:
    with time_machine.travel(timezone.now() - 40 * DAY, tick=False):
        settled("old", ana)
    case = factories.make_case(queue=queue)
    decide(case, ana, after=0)
    actions.undo(case=Case.objects.get(pk=case.pk), by=ana)
    decide(factories.make_case(queue=queue), ana, "DEFER", after=0, until=timezone.now() + DAY)
    assert today.later_of(ana, timezone.localtime()).total == 0


# Continue, hold, pause


def test_continue_is_the_case_worked_last_with_its_place(client, ana, queue) -> None:
    now = timezone.now()
    cases = [factories.make_case(queue=queue) for _ in range(4)]
    for minutes, case in ((0, cases[2]), (2, cases[0]), (4, cases[1])):
        with time_machine.travel(now + dt.timedelta(minutes=minutes), tick=False):
            actions.claim(case=case, by=ana)
    with time_machine.travel(now + dt.timedelta(minutes=6), tick=False):
        actions.renew(case=cases[0], by=ana)
        found = home.resume_for(ana, timezone.now())
        assert found.claim.case == cases[0]
        assert (found.standing.words, found.others) == ("1 of 4", 2)
        assert "1 of 4 in “Merges”" in words(client, ana, "/day/continue/")


def test_a_case_only_kept_ready_is_not_held(client, ana, queue) -> None:
    case = factories.make_case(queue=queue)
    actions.claim(case=case, by=ana)
    Claim.objects.update(ahead=True)
    assert home.resume_for(ana, timezone.now()) is None
    assert "No case" in words(client, ana, "/day/held/")


def test_pausing_releases_all_that_one_holds_and_nothing_else(client, ana, ben, queue) -> None:
    mine, other = [factories.make_case(queue=queue) for _ in range(3)], factories.make_case(queue=queue)
    for case in mine:
        actions.claim(case=case, by=ana)
    actions.claim(case=other, by=ben)
    client.force_login(ana)
    answer = client.post("/day/pause/", follow=True)
    assert "3 cases are open again." in answer.content.decode()
    assert set(Case.objects.filter(state="open")) == set(mine)
    assert list(Claim.objects.values_list("case", flat=True)) == [other.pk]
    assert LogEntry.objects.filter(verb="case.given_back", actor=ana).count() == 3
    assert days.release_all(by=ana) == [], "a second press releases nothing"


# Queues


def test_queues_are_first_due_first_with_keys_and_those_that_are_empty_below(client, ana, queue) -> None:
    now = timezone.now()
    later = factories.make_queue("later")
    factories.make_queue("idle")
    factories.make_case(queue=later, due_at=now + 9 * DAY, opened_at=now - 20 * DAY)
    for due in (now - HOUR, now + 3 * DAY):
        factories.make_case(queue=queue, due_at=due)
    rows, empty = home.queues_for(ana, timezone.localtime())
    assert [(row.queue.slug, row.key, row.open, row.due_today, row.oldest.label) for row in rows] == [
        ("merges", "1", 2, "1", "under 1 day"),
        ("later", "2", 1, "0", "over 7 days"),
    ]
    assert [one.slug for one in empty] == ["idle", "overlays"]
    text = words(client, ana, "/cases/home/")
    assert "Nothing waits in Idle, Overlays." in text


def test_operators_see_no_queue_and_leads_of_none_to_work_see_them_without_claiming(client, omar, queue) -> None:
    assert "No queues available" in words(client, omar, "/cases/home/")


# Due soon, back


def rows_of(person) -> dict[str, str]:
    return {row.ref: f"{row.look.word}: {row.text}" for row in back.rows_for(person, timezone.now())}


def test_what_is_due_soon_or_overdue_is_offered_first_due_first(client, ana, queue) -> None:
    now = timezone.now()
    soon, late = factories.make_case(queue=queue, due_at=now + HOUR), factories.make_case(queue=queue, due_at=now - DAY)
    factories.make_case(queue=queue, due_at=now + DAY)
    found = rows_of(ana)
    assert list(found) == [late.ref, soon.ref]
    assert found[late.ref].startswith("Overdue: 2 records")
    assert f'action="/cases/{soon.ref}/claim/"' in client_html(client, ana)


def test_what_is_assigned_comes_first_and_only_to_whom_it_is(ana, ben, lena, queue) -> None:
    now = timezone.now()
    case, due = factories.make_case(queue=queue, due_at=now + DAY), factories.make_case(queue=queue, due_at=now)
    actions.hand_over(case=case, to=ana, why="She knows the family.", by=lena)
    found = rows_of(ana)
    assert list(found) == [case.ref, due.ref]
    assert found[case.ref].startswith("Assigned to you: 2 records")
    assert "from Lena" in found[case.ref]
    assert "family" not in str(found), "why is told on the page of the case alone"
    assert list(rows_of(ben)) == [due.ref]


def client_html(client, user) -> str:
    client.force_login(user)
    return client.get("/day/back/", headers={"HX-Request": "true"}).content.decode()


def test_a_case_that_one_sent_on_oneself_is_not_offered(ana, queue) -> None:
    case = factories.make_case(queue=queue, severity=3)
    decide(case, ana, "ESCALATE", after=0)
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now())
    assert rows_of(ana) == {}


def test_what_a_run_reopened_comes_back_with_what_changed(ana, ben, queue) -> None:
    payload = factories.merge_line(900, 901)
    land(factories.make_run(), Line("x", real=True, payload=payload))
    case = case_of("x")
    decide(case, ana, after=0)
    release()
    payload["records"][0]["fields"]["phone"] = "700111222"
    land(factories.make_run(), Line("x", real=True, payload=payload))
    found = rows_of(ana)
    assert found[case.ref].startswith("Came back: you ")
    assert "phone" in found[case.ref]
    assert "700111222" not in str(found)
    assert rows_of(ben) == {}, "it is not theirs"
    decide(Case.objects.get(pk=case.pk), ben, after=0)
    assert rows_of(ana) == {}, "another has decided it"


def test_what_one_deferred_or_asked_about_comes_back_when_it_is_open_again(ana, ben, queue) -> None:
    deferred, asked = factories.make_case(queue=queue), factories.make_case(queue=queue)
    decide(deferred, ana, "DEFER", after=0, until=timezone.now() + DAY)
    factories.make_mailbox("archive")
    decide(asked, ana, "NEEDS_INFO", after=0, asked_of="archive")
    assert rows_of(ana) == {}
    actions.resume(case=Case.objects.get(pk=asked.pk), by=ben)
    maintenance.sweep(by=system(), now=timezone.now() + 2 * DAY)
    assert set(rows_of(ana)) == {deferred.ref, asked.ref}
    decide(Case.objects.get(pk=deferred.pk), ben, after=0)
    assert set(rows_of(ana)) == {asked.ref}
