"""Claiming the next case offers what is assigned to a person first, and to no other; and lists show whose a case is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from tests import factories
from triage.cases import actions, facets, filters, listing, places, queries
from triage.cases.actions import next_case
from triage.cases.listing import UNASSIGNED, Filters
from triage.cases.models import Case
from triage.queues.models import Queue

pytestmark = pytest.mark.django_db

WHY = "Ben knows the ward."


@pytest.fixture
def queue(db_ready) -> Queue:
    return factories.make_queue(hold_limit=20)


@pytest.fixture
def cases(queue, ben, lena) -> dict[str, Case]:
    """Cases of falling priority: Lena's, one of no person, Ben's, and another of no person."""
    severities = {"lenas": 4, "first": 3, "bens": 2, "last": 1}
    made = {name: factories.make_case(queue=queue, severity=severity) for name, severity in severities.items()}
    actions.hand_over(case=made["lenas"], to=lena, why=WHY, by=lena)
    actions.hand_over(case=made["bens"], to=ben, why=WHY, by=lena)
    return made


def drained(by, queue: Queue, among: Filters | None = None) -> list[int]:
    taken = []
    while found := actions.claim_next(queues=[queue], by=by, among=among):
        taken.append(found.case.pk)
    return taken


LISTS = {
    "whole": lambda queue: None,
    "plain": lambda queue: Filters((queue.pk,)),
    "by due": lambda queue: Filters((queue.pk,), sort="due"),
    "newest": lambda queue: Filters((queue.pk,), sort="newest"),
    "domain": lambda queue: Filters((queue.pk,), domain="identity"),
}


@pytest.mark.parametrize("name", LISTS)
def test_ones_own_first_then_those_of_no_person_and_no_one_elses(cases, queue, ana, ben, name) -> None:
    now = timezone.now()
    for place, key in enumerate(("last", "bens", "first", "lenas")):
        Case.objects.filter(pk=cases[key].pk).update(due_at=now + dt.timedelta(hours=place))
    mine, *rest = drained(ben, queue, LISTS[name](queue))
    assert mine == cases["bens"].pk
    assert set(rest) == {cases["first"].pk, cases["last"].pk}
    assert drained(ana, queue) == []


@pytest.mark.parametrize(
    ("asked", "wanted"), [("me", ["bens"]), ("none", ["first", "last"]), ("ben", ["bens"]), ("lena", [])]
)
def test_a_list_of_whose_cases_is_worked_as_such(cases, queue, ben, asked, wanted) -> None:
    among = filters.read({"assignee": asked}, [queue], me=ben)
    assert drained(ben, queue, among) == [cases[name].pk for name in wanted]


@pytest.mark.parametrize("sort", listing.SORTS)
@pytest.mark.parametrize("state", ["open", "unresolved", "all"])
def test_lists_show_all_and_narrow_to_a_person_or_to_none(cases, queue, ben, lena, sort, state) -> None:
    now = timezone.now()

    def found(assignee: int | None) -> set[int]:
        wanted = Filters((queue.pk,), state=state, sort=sort, assignee=assignee)
        first = listing.page(wanted, size=1, now=now)
        rows, page = list(first.items), first
        while page.next:
            page = listing.page(wanted, place=listing.keyset.Place(after=page.next), size=1, now=now)
            rows += page.items
        assert len(rows) == len({row.id for row in rows})
        assert listing.counted(wanted, now=now) == (len(rows), False)
        return {row.id for row in rows}

    keys = {name: case.pk for name, case in cases.items()}
    assert found(None) == set(keys.values())
    assert found(ben.pk) == {keys["bens"]}
    assert found(lena.pk) == {keys["lenas"]}
    assert found(UNASSIGNED) == {keys["first"], keys["last"]}


def test_the_pick_list_counts_whose_cases_they_are(cases, queue, ben) -> None:
    found = facets.picks(Filters((queue.pk,)), [queue], {}, now=timezone.now(), me=ben)
    words = {pick.name: [option.words for option in pick.options] for pick in found}
    assert words["assignee"] == ["Me (1)", "Not assigned (2)", "Ben (1)", "Lena (1)"]


def test_a_place_in_the_list_of_ones_own(cases, queue, ben) -> None:
    among = filters.read({"assignee": "me"}, [queue], me=ben)
    standing = places.standing(among, cases["bens"], now=timezone.now())
    assert standing
    assert standing.words == "1 of 1"
    assert places.standing(among, cases["first"], now=timezone.now()) is None


def test_assigned_cases_press_as_others_do(cases, queue) -> None:
    now = timezone.now()
    Case.objects.filter(pk=cases["bens"].pk).update(due_at=now - dt.timedelta(hours=3))
    Case.objects.filter(pk=cases["last"].pk).update(due_at=now - dt.timedelta(hours=2))
    pressure = queries.pressure([queue], now)[queue.pk]
    assert (pressure.overdue, pressure.earliest) == (2, now - dt.timedelta(hours=3))


def plan_of(sql: str, values: dict[str, object]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", values)
        return "\n".join(row for (row,) in cursor.fetchall())


def test_the_next_case_is_the_first_of_its_index_however_many_are_assigned(queue, ben, lena, monkeypatch) -> None:
    """Three thousand assigned cases at the top of the queue, and none of them is looked at."""
    monkeypatch.setattr(listing, "BUDGET", 50)  # beyond all cases, sorting them costs no more than their index
    case = factories.make_case(queue=queue, severity=1)
    columns = (
        "kind, state, queue_id, wave_id, severity, domain, reasons, size, record_keys, priority, opened_at, due_at"
    )
    columns += ", opened_run_id, latest_exception_id, reopened, revision"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cases_case (fingerprint, evidence, {columns}) "
            f"SELECT gen_random_uuid(), gen_random_uuid(), {columns} FROM cases_case, generate_series(1, 6000) "
            "WHERE id = %s",
            [case.pk],
        )
        cursor.execute(
            "UPDATE cases_case SET severity = 4, priority = 400, assignee_id = %s, assigned_at = now() "
            "WHERE id %% 2 = 0 AND id <> %s",
            [lena.pk, case.pk],
        )
        # The application may not ANALYZE: without statistics the planner must be kept from what it takes for as cheap.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
    now = timezone.now()
    for among in (None, Filters((queue.pk,), sort="due"), Filters((queue.pk,), domain="identity")):
        sql, values = next_case._candidate([queue.pk], among, ben, now)
        plan = plan_of(f"{sql} SELECT * FROM candidate", values | {"me": ben.pk, "now": now})
        plan = plan[plan.index("CTE free") :]
        assert "cases_case_next " in plan or "cases_case_due " in plan, plan
        read = [
            int(line.split("Rows Removed by Filter: ")[1]) for line in plan.splitlines() if "Removed by Filter" in line
        ]
        assert sum(read) == 0, plan
    sql, values = next_case._candidate([queue.pk], None, lena, now)
    plan = plan_of(f"{sql} SELECT * FROM candidate", values | {"me": lena.pk})
    assert "cases_case_assigned" in plan, plan
    assert "never executed" in plan, "what is assigned to none is not looked at"
