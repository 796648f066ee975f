"""Filters as pick-lists: every value by its label, with how many cases it would leave."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests import factories
from triage.cases import actions, facets, filters, listing

pytestmark = pytest.mark.django_db


def made(reasons: list[str], domain: str = "identity", **fields):
    made.last += 2
    return factories.make_case(
        line=factories.merge_line(made.last, made.last + 1, reasons=reasons, domain=domain), **fields
    )


made.last = 5_000_000


def picks(queue, query: dict[str, str]) -> dict[str, dict[str, str]]:
    wanted = filters.read(query, [queue])
    found = facets.picks(wanted, [queue], query, now=timezone.now())
    return {pick.name: {option.value: option.words for option in pick.options} for pick in found}


def test_values_stand_by_their_labels_with_counts(ana) -> None:
    queue = factories.make_queue()
    for _ in range(3):
        made(["possible_twin"], severity=3)
    held = made(["possible_twin", "no_identifier"], "twins", severity=2)
    shown = picks(queue, {})
    assert shown["reason"] == {"possible_twin": "Possible twin (4)", "no_identifier": "No identifier (1)"}
    assert shown["domain"] == {"identity": "Identity (3)", "twins": "Twins (1)"}
    assert shown["severity"]["high"] == "High (3)"
    assert shown["severity"]["critical"] == "Critical (0)"
    assert shown["wave"] == {"wave-1": "Wave-1 (4)"}
    assert shown["source"] == {"legacy-pas": "Legacy-Pas (4)"}
    assert set(shown["run"].values()) >= {f"{held.opened_run.run_id} (1)"}
    actions.claim(case=held, by=ana)
    assert picks(queue, {})["holder"] == {"ana": "Ana (1)"}
    assert picks(queue, {})["state"]["claimed"] == "Claimed (1)"


def test_what_a_list_is_narrowed_by_does_not_hide_the_other_values() -> None:
    queue = factories.make_queue()
    made(["a"], severity=3)
    made(["b"], severity=1)
    assert picks(queue, {"severity": "low"})["reason"] == {"a": "A (1)", "b": "B (1)"}


def test_a_long_list_says_that_there_may_be_more(monkeypatch) -> None:
    queue = factories.make_queue()
    for _ in range(4):
        made(["a"])
    monkeypatch.setattr(facets, "LOOKED", 3)
    shown = picks(queue, {})
    assert shown["reason"] == {"a": "A (3+)"}
    assert shown["severity"]["critical"] == "Critical (0+)"


def test_a_reason_is_found_as_it_is_read_and_as_it_is_stored() -> None:
    queue = factories.make_queue()
    twin = made(["possible_twin"])
    made(["no_identifier"])
    for typed in ("possible_twin", "possible twin", "Possible twin"):
        page = listing.page(filters.read({"reason": typed}, [queue]), now=timezone.now())
        assert [row.id for row in page.items] == [twin.pk], typed


def test_the_page_greys_what_is_empty_and_keeps_what_is_chosen(client, ana, ben) -> None:
    queue = factories.make_queue()
    held, other = made(["a"], severity=2), made(["a"], severity=2)
    actions.claim(case=held, by=ben)
    client.force_login(ana)
    page = client.get("/queues/merges/?severity=critical").content.decode()
    assert '<option value="critical" selected>Critical (0)</option>' in page
    assert '<option value="high" disabled>High (0)</option>' in page
    page = client.get("/queues/merges/?holder=ben").content.decode()
    assert f"/cases/{held.ref}/" in page
    assert f"/cases/{other.ref}/" not in page
    assert queue.slug in page


def test_the_counts_cost_the_same_for_many(django_assert_num_queries) -> None:
    queue = factories.make_queue()
    made(["a"])
    with django_assert_num_queries(7):
        picks(queue, {})
    for _ in range(20):
        made(["b"])
    with django_assert_num_queries(7):
        picks(queue, {})
