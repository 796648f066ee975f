"""No page sends more queries because there is more to show: each is counted with one and with six of everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import time_machine
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from tests.architecture.crowd import Crowd
from tests.architecture.queries import listed, more
from tests.architecture.tour import Counts, count, warm
from tests.architecture.world import World

ONE, SIX = 1, 6


def _tour(size: int) -> Counts:
    """Count every page in a world with ``size`` more of everything, and take that world away again."""
    with transaction.atomic():
        world = World(Crowd(size))
        warm(world)
        with time_machine.travel(timezone.now(), tick=False):
            counts = count(world)
        transaction.set_rollback(True)
    cache.clear()
    return counts


def _grown(one: Counts, six: Counts) -> Iterator[str]:
    """Yield a text for each page and role that sends more queries with six than with one: which ones are added."""
    for page, roles in six.found.items():
        for role, shapes in roles.items():
            before = one.found[page][role]
            if shapes.total() > before.total():
                yield f"{page} for {role} ({before.total()} → {shapes.total()}):\n{listed(more(shapes, before))}"


def _answers(counts: Counts) -> dict[str, set[str]]:
    """Return page → the roles that it answers."""
    return {page: set(roles) for page, roles in counts.found.items()}


def test_no_page_grows_with_what_it_shows(db: None) -> None:
    one, six = _tour(ONE), _tour(SIX)
    assert _answers(one) == _answers(six), "A page answers a role with one of everything and not with six."
    grown = "\n".join(_grown(one, six))
    assert not grown, f"These pages ask more the more there is to show:\n{grown}"


def test_a_page_that_grows_is_named_with_its_role_and_the_queries_it_adds() -> None:
    one = Counts({"app:list": {"lead": Counter({"SELECT app_row": 1}), "board": Counter({"SELECT app_row": 1})}})
    six = Counts({"app:list": {"lead": Counter({"SELECT app_row": 6}), "board": Counter({"SELECT app_row": 1})}})
    assert list(_grown(one, six)) == ["app:list for lead (1 → 6):\n    +5  SELECT app_row"]
