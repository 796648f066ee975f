"""No page sends more queries because there is more to show: each is counted with one and with six of everything."""

from __future__ import annotations

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
#: Pages that still grow, by name. The list must be empty in the end.
GROWING: frozenset[str] = frozenset()


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


def _grown(one: Counts, six: Counts) -> Iterator[tuple[str, str]]:
    """Yield each page that asks more with six than with one, and what it asks more of."""
    for page, roles in six.found.items():
        for role, shapes in roles.items():
            before = one.found[page][role]
            if shapes.total() > before.total():
                yield page, f"{page} for {role} ({before.total()} → {shapes.total()}):\n{listed(more(shapes, before))}"


def test_no_page_grows_with_what_it_shows(db: None) -> None:
    one, six = _tour(ONE), _tour(SIX)
    assert {page: set(roles) for page, roles in one.found.items()} == {
        page: set(roles) for page, roles in six.found.items()
    }, "A page answers one role with one of everything and not with six."
    growing: dict[str, list[str]] = {}
    for page, said in _grown(one, six):
        growing.setdefault(page, []).append(said)
    unknown = "\n".join(said for page, lines in growing.items() if page not in GROWING for said in lines)
    assert not unknown, f"These pages ask more the more there is to show:\n{unknown}"
    assert not GROWING - growing.keys(), "These pages no longer grow: take them off GROWING."
