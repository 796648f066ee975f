"""Working through a list: the next case stays within its filters, and what one holds comes first."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.utils import timezone
from guardian.shortcuts import assign_perm

from console.errors import Stale
from tests import factories
from triage.cases import actions, listing, places, worklists
from triage.cases.models import Case, Claim, State
from triage.queues.models import Queue

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def many():
    """Sixty open cases in two queues, with ties in priority and due time, and a few that are not open."""
    rng = random.Random(8)
    queues = [factories.make_queue("one", hold_limit=200), factories.make_queue("two", hold_limit=200)]
    run = factories.make_run()
    for _ in range(60):
        numbers = rng.randrange(10**9), rng.randrange(10**9)
        severity = rng.randint(1, 4)
        factories.make_case(
            queue=rng.choice(queues),
            run=run,
            line=factories.merge_line(*numbers, reasons=[rng.choice("abc")], domain=rng.choice(["identity", "twins"])),
            severity=severity,
            due_at=NOW + dt.timedelta(hours=rng.choice([-3, -2, 2, 3])),
            state=rng.choice([State.OPEN] * 5 + [State.WITHDRAWN]),
            priority=severity * 100 + rng.choice([0, 5]),
        )
    return queues


WORDS = [
    "",
    "severity=high",
    "reason=b",
    "domain=twins&severity=low",
    "overdue=1",
    "sort=due",
    "sort=newest&reason=a",
    "source=legacy-pas",
]


@pytest.mark.parametrize("words", WORDS)
def test_the_next_cases_are_those_of_the_list_in_its_order(many, ana, words) -> None:
    query = dict(part.split("=") for part in words.split("&") if part)
    worklist = worklists.of(ana, None, query)
    shown = [row.id for row in listing.page(worklist.filters, size=200, now=NOW).items]
    assert shown
    taken = []
    while found := actions.claim_next(queues=many, among=worklist.filters, by=ana):
        taken.append(found.case.pk)
    assert taken == shown


def test_a_list_of_all_queues_gives_only_what_one_may_work(many, eve) -> None:
    for queue in many:
        assign_perm("cases.see_queue", eve, queue)
    assign_perm("cases.work_queue", eve, many[0])
    worklist = worklists.of(eve, None, {"reason": "b"})
    assert worklist.workable(eve) == [many[0]]
    while found := actions.claim_next(queues=worklist.workable(eve), among=worklist.filters, by=eve):
        assert found.case.queue_id == many[0].pk


def test_a_held_case_and_a_sibling_are_passed_over(ana, ben) -> None:
    queue = factories.make_queue()
    first, sibling, free = (
        factories.make_case(line=factories.merge_line(*pair, reasons=["a"])) for pair in ((1, 2), (1, 3), (4, 5))
    )
    worklist = worklists.of(ana, queue, {"reason": "a"})
    assert actions.claim_next(queues=[queue], among=worklist.filters, by=ben).case.pk == first.pk
    assert actions.claim_next(queues=[queue], among=worklist.filters, by=ana).case.pk == free.pk
    assert actions.claim_next(queues=[queue], among=worklist.filters, by=ana) is None
    assert Case.objects.get(pk=sibling.pk).state == State.OPEN


def test_a_list_looks_no_further_than_its_budget(ana, monkeypatch) -> None:
    queue = factories.make_queue()
    for reason in ("a", "a", "a", "b"):
        number = random.randrange(10**9)
        factories.make_case(line=factories.merge_line(number, number + 1, reasons=[reason]))
    worklist = worklists.of(ana, queue, {"reason": "b"})
    monkeypatch.setattr(listing, "BUDGET", 3)
    assert actions.claim_next(queues=[queue], among=worklist.filters, by=ana) is None
    monkeypatch.setattr(listing, "BUDGET", 4)
    assert actions.claim_next(queues=[queue], among=worklist.filters, by=ana)


def test_one_person_holds_at_most_so_many(ana, ben) -> None:
    queue, generous = factories.make_queue(hold_limit=2), factories.make_queue("generous", hold_limit=3)
    cases = [factories.make_case(queue=queue) for _ in range(3)]
    more = [factories.make_case(queue=generous) for _ in range(2)]
    actions.claim(case=cases[0], by=ana)
    assert actions.claim_next(queues=[queue], by=ana).case.pk == cases[1].pk
    refusal = "You hold 2 cases, and may claim up to 2 here. Decide or release one first."
    with pytest.raises(Stale, match=refusal):
        actions.claim(case=cases[2], by=ana)
    with pytest.raises(Stale, match=refusal):
        actions.claim_next(queues=[queue], by=ana)
    assert actions.claim_next(queues=[queue, generous], by=ana).case.pk == more[0].pk, "another queue allows three"
    with pytest.raises(Stale, match="up to 3 here"):
        actions.claim_next(queues=[queue, generous], by=ana)
    assert actions.claim(case=cases[2], by=ben)
    actions.release_claim(case=cases[0], by=ana)
    Claim.objects.filter(case=cases[1]).update(expires_at=timezone.now())
    assert actions.claim(case=cases[0], by=ana), "a claim that has expired is not held"


def test_next_resumes_what_one_holds_before_it_claims(client, ana) -> None:
    first, second, third = (factories.make_case() for _ in range(3))
    client.force_login(ana)
    asked = {"resume": "1"}
    assert client.post("/queues/merges/next/", asked).url == f"/cases/{first.ref}/"
    for path in ("/queues/merges/next/", "/queues/next/"):
        assert client.post(path, asked).url.partition("?")[0] == f"/cases/{first.ref}/"
    assert Claim.objects.count() == 1
    assert client.post("/queues/merges/next/", asked | {"from": first.ref}).url == f"/cases/{second.ref}/"
    assert client.post("/queues/merges/next/", asked | {"from": second.ref}).url == f"/cases/{first.ref}/"
    assert client.post("/queues/merges/next/").url == f"/cases/{third.ref}/", "the button of a queue claims"
    refused = client.post("/queues/merges/next/", follow=True)
    assert "You hold 3 cases" in refused.content.decode()


def test_every_page_offers_the_next_case_to_those_who_work(client, ana, cora) -> None:
    client.force_login(ana)
    for path in ("/", "/queues/", "/cases/", "/decisions/mine/"):
        assert 'data-key="n"' in client.get(path).content.decode(), path
    client.force_login(cora)
    assert 'data-key="n"' not in client.get("/").content.decode()


def test_the_list_travels_with_the_case(client, ana) -> None:
    queue = factories.make_queue("one")
    factories.make_case(queue=queue, severity=2)
    high, other = (factories.make_case(queue=queue, severity=3) for _ in range(2))
    client.force_login(ana)
    page = client.get("/queues/one/?severity=high").content.decode()
    assert f'href="/cases/{high.ref}/?queue=one&amp;severity=high"' in page
    assert 'action="/queues/one/next/?severity=high"' in page
    address = f"/cases/{high.ref}/?queue=one&severity=high"
    assert client.post("/queues/one/next/?severity=high").url == address
    page = client.get(address).content.decode()
    assert f'action="/cases/{high.ref}/decisions/?queue=one&amp;severity=high"' in page
    assert client.post(f"/cases/{high.ref}/reveal/?queue=one&severity=high").url == address
    body = {"verdict": "NO_MATCH", "reason": "namesakes", "seen": "1", "then": "next"}
    saved = client.post(f"/cases/{high.ref}/decisions/?queue=one&severity=high", body)
    assert saved.url == f"/cases/{other.ref}/?queue=one&severity=high"
    saved = client.post(f"/cases/{other.ref}/decisions/?queue=one&severity=high", body)
    assert saved.url == "/queues/one/?severity=high", "a medium case waits, and is not of this list"
    assert Queue.objects.get().cases.filter(state="open").count() == 1


def test_an_address_names_only_lists_that_one_may_see(client, ana, eve) -> None:
    case = factories.make_case(queue=factories.make_queue("one"))
    factories.make_queue("two")
    assign_perm("cases.see_queue", eve, case.queue)
    client.force_login(eve)
    assert client.get(f"/cases/{case.ref}/?queue=all&severity=high").status_code == 200
    assert client.get(f"/cases/{case.ref}/?queue=two").status_code == 404
    assert client.get(f"/cases/{case.ref}/?queue=one&severity=odd").status_code == 422


def place(worklist, case) -> str | None:
    found = places.standing(worklist.filters, Case.objects.get(pk=case), now=timezone.now())
    return found.words if found else None


@pytest.mark.parametrize("words", WORDS)
def test_the_place_of_a_case_is_that_in_the_list(many, ana, words) -> None:
    query = dict(part.split("=") for part in words.split("&") if part)
    worklist = worklists.of(ana, None, query)
    shown = [row.id for row in listing.page(worklist.filters, size=200, now=NOW).items]
    for claimed in (False, True):
        total = len(shown)
        assert [place(worklist, pk) for pk in shown] == [f"{at} of {total}" for at in range(1, total + 1)]
        for forward, steps in ((True, shown), (False, shown[::-1])):
            walk = [shown[0] if forward else shown[-1]]
            while pk := places.beside(worklist.filters, Case.objects.get(pk=walk[-1]), forward=forward, now=NOW):
                walk.append(pk)
            assert walk == steps
        if not claimed:  # claimed cases keep their place
            for pk in shown[:: max(1, len(shown) // 4)]:
                actions.claim(case=Case.objects.get(pk=pk), by=ana)
    other = Case.objects.exclude(pk__in=shown).filter(state="open").first()
    assert other is None or place(worklist, other.pk) is None


def test_places_are_counted_so_far(many, ana, monkeypatch) -> None:
    worklist = worklists.of(ana, None, {})
    shown = [row.id for row in listing.page(worklist.filters, size=200, now=NOW).items]
    monkeypatch.setattr(places, "CAP", 6)
    assert [place(worklist, pk) for pk in shown[:7]] == [*(f"{at} of 5+" for at in range(1, 6)), "5+ of 5+", "5+ of 5+"]
    rare = worklists.of(ana, None, {"reason": "a"})
    monkeypatch.setattr(listing, "BUDGET", 10)
    found = places.standing(rare.filters, Case.objects.get(pk=shown[0]), now=timezone.now())
    assert found is None or found.more


def test_previous_and_next_walk_the_list(client, cora) -> None:
    first, second = factories.make_case(severity=3), factories.make_case(severity=2)
    client.force_login(cora)
    page = client.get(f"/cases/{first.ref}/").content.decode()
    assert "1 of 2" in page
    assert f'href="/cases/{first.ref}/following/"' in page
    assert client.get(f"/cases/{first.ref}/following/").url == f"/cases/{second.ref}/"
    assert client.get(f"/cases/{second.ref}/previous/?queue=all").url == f"/cases/{first.ref}/?queue=all"
    ended = client.get(f"/cases/{second.ref}/following/", follow=True)
    assert "is the last case" in ended.content.decode()
