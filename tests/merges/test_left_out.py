"""Decisions that stand outside of the ledger are marked in lists, with a case that they contradict, in one query."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from console.people.models import User
from tests import factories
from tests.desk.reading import signed_in
from tests.merges.test_contradictions import line, queues
from triage.cases import actions
from triage.cases.models import Case
from triage.merges.left_out import left_out
from triage.merges.models import KeptApart, LinkedPair

pytestmark = pytest.mark.django_db


def decided(by: User, verdict: str, *numbers: int, content: Any = None) -> Case:
    case = factories.make_case(line=line(*numbers), queue=queues())
    actions.claim(case=case, by=by)
    return actions.decide(
        case=case, verdict=verdict, reason="other", content=content, seen=1, by=by, confirmed=True
    ).case


def before_the_ledger(by: User, verdict: str, *numbers: int, content: Any = None) -> Case:
    """A decision of which the ledger knows nothing, as those from before it, or that could not follow their records."""
    found = decided(by, verdict, *numbers, content=content)
    for rows in (LinkedPair, KeptApart):
        rows.objects.filter(case=found).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM merges_recordidentity WHERE record_key = ANY(%s)", [found.record_keys])
    return found


PARTITION = {"groups": [[0, 1], [2]], "apart_reason": "namesakes"}


@pytest.mark.parametrize(
    ("early", "later"),
    [
        (("LINK", (1, 2), None), ("NO_MATCH", (1, 2, 3), None)),
        (("NO_MATCH", (1, 2), None), ("LINK", (1, 2, 3), None)),
        (("PARTITION", (1, 2, 3), PARTITION), ("LINK", (2, 3), None)),
        (("PARTITION", (1, 2, 3), PARTITION), ("NO_MATCH", (1, 2), None)),
    ],
)
def test_a_list_marks_it_with_a_case_that_it_contradicts(ana: User, early: Any, later: Any) -> None:
    old = before_the_ledger(ana, early[0], *early[1], content=early[2])
    new = decided(ana, later[0], *later[1], content=later[2])
    assert left_out([old.pk, new.pk]) == {old.pk: new.pk}
    page = signed_in(ana).get("/cases/?state=settled").content.decode()
    assert page.count(f"Contradicts {new.ref}") == 1
    assert f"Contradicts {old.ref}" not in page


def test_what_is_in_the_ledger_or_asserts_nothing_is_not_marked(ana: User) -> None:
    plain = decided(ana, "LINK", 1, 2)
    apart = decided(ana, "NO_MATCH", 3, 4)
    away = decided(ana, "NO_MATCH", 5, 6, 7)
    assert left_out([plain.pk, apart.pk, away.pk]) == {}
    assert left_out([]) == {}
    assert "Contradicts" not in signed_in(ana).get("/cases/?state=settled").content.decode()


def test_one_that_contradicts_none_any_longer_is_marked_all_the_same(ana: User) -> None:
    old = before_the_ledger(ana, "LINK", 1, 2)
    assert left_out([old.pk]) == {old.pk: 0}
    assert "Contradicts other decisions" in signed_in(ana).get("/cases/?state=settled").content.decode()


def test_it_is_one_query_however_many_rows(ana: User, django_assert_num_queries: Any) -> None:
    cases = [decided(ana, "LINK", 2 * number, 2 * number + 1).pk for number in range(1, 6)]
    with django_assert_num_queries(1):
        left_out(cases)
