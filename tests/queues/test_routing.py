"""Routing rules: SQL and Python agree; rules are ordered; what makes no sense is refused."""

from __future__ import annotations

import pytest
from django.db import connection
from guardian.shortcuts import assign_perm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.errors import Denied, Invalid
from tests import factories
from triage.queues import routing
from triage.queues.actions import queues as setting_up
from triage.queues.actions import rules as rule_actions
from triage.queues.models import RoutingRule

pytestmark = pytest.mark.django_db

words = st.sampled_from(["a", "b", "c d", "e'f", "100%", "{}", "%(x)s"])
conditions = st.fixed_dictionaries(
    {},
    optional={
        "wave": st.lists(words, min_size=1, max_size=3),
        "severity_at_least": st.integers(1, 5),
        "domain": st.lists(words, min_size=1, max_size=3),
        "any_reason": st.lists(words, min_size=1, max_size=3),
        "source": st.lists(words, min_size=1, max_size=3),
        "facility": st.lists(words, min_size=1, max_size=3),
        "size_at_least": st.integers(1, 9),
        "score_at_least": st.floats(-20, 20),
        "score_below": st.floats(-20, 20),
    },
)
rules = st.lists(st.builds(routing.Rule, conditions, st.integers(1, 9), st.integers(0, 49)), max_size=5)
facts = st.builds(
    routing.Facts,
    wave=words,
    severity=st.integers(1, 4),
    domain=words,
    reasons=st.lists(words, max_size=3).map(tuple),
    size=st.integers(1, 8),
    score=st.none() | st.floats(-20, 20),
    facilities=st.lists(words, max_size=3).map(tuple),
    source=words,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=rules, rows=st.lists(facts, min_size=1, max_size=6))
def test_sql_answers_as_python_does(rules, rows) -> None:
    sql, parameters = routing.compile_rules(rules, row="s", wave="s.wave", source="s.source")
    for row in rows:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {sql} FROM (SELECT %(w)s::text AS wave, %(v)s::int AS severity, %(d)s::text AS domain,"
                " %(r)s::text[] AS reasons, %(z)s::int AS size, %(s)s::double precision AS score,"
                " %(o)s::text AS source, %(f)s::text[] AS facilities) AS s",
                parameters
                | {
                    "w": row.wave,
                    "v": row.severity,
                    "d": row.domain,
                    "r": list(row.reasons),
                    "z": row.size,
                    "s": row.score,
                    "o": row.source,
                    "f": list(row.facilities) or None,
                },
            )
            assert cursor.fetchone()[0] == routing.first_match(rules, row)


@pytest.mark.parametrize(
    "conditions",
    [
        {"colour": ["red"]},
        {"domain": []},
        {"domain": "identity"},
        {"severity_at_least": "high"},
        {"size_at_least": True},
    ],
)
def test_conditions_that_make_no_sense_are_refused(lena, conditions) -> None:
    queue = factories.make_queue()
    with pytest.raises(Invalid):
        save(queue, lena, conditions=conditions)
    assert not RoutingRule.objects.exists()


def save(queue, by, **changes):
    fields = {"name": "Rule", "kind": "merge", "conditions": {}, "priority": 0, "active": True} | changes
    return rule_actions.save_rule(rule=None, queue=queue, by=by, **fields)


def test_rules_are_asked_in_order_and_can_be_moved(lena) -> None:
    queue = factories.make_queue()
    one, two, three = (save(queue, lena, name=name) for name in ("one", "two", "three"))
    rule_actions.move_rule(rule=three, up=True, by=lena)
    rule_actions.move_rule(rule=one, up=True, by=lena)
    assert list(RoutingRule.objects.values_list("name", flat=True)) == ["one", "three", "two"]
    rule_actions.move_rule(rule=two, up=False, by=lena)
    assert list(RoutingRule.objects.values_list("name", flat=True)) == ["one", "three", "two"]


def test_a_lead_of_one_queue_cannot_change_rules_that_reach_across(eve) -> None:
    queue = factories.make_queue()
    assign_perm("cases.manage_queue", eve, queue)
    with pytest.raises(Denied, match="all queues"):
        save(queue, eve)
    assert setting_up.save_queue(queue=queue, by=eve, lease_seconds=600).lease_seconds == 600


def test_a_queue_cannot_be_set_up_so_that_no_one_can_work(lena) -> None:
    queue = factories.make_queue()
    for fields in ({"lease_seconds": 5}, {"undo_seconds": 10**6}, {"targets": {"escalation": queue}}):
        with pytest.raises(Invalid):
            setting_up.save_queue(queue=queue, by=lena, **fields)
    with pytest.raises(Invalid, match="already"):
        setting_up.save_queue(queue=None, by=lena, slug="merges", name="Again", kind="merge")
