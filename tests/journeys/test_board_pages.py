"""Every page of governance, light and dark, wide and at 400 % zoom, after all that the board's story has left there."""

from __future__ import annotations

import pytest

from tests.journeys.board_stops import board_stops
from tests.journeys.conftest import PageFor
from tests.journeys.house import House
from tests.journeys.test_pages import looked_at

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("who", ["bo", "mira", "theo", "sam", "omar", "ana"])
def test_every_page_of_governance_is_for_everybody(who: str, demo: House, demo_page_for: PageFor) -> None:
    page = demo_page_for(who)
    faults: list[str] = []
    for stop in [each for each in board_stops(demo) if each.who == who]:
        answer = page.goto(stop.path)
        assert answer is not None
        if answer.status != stop.status:
            faults.append(f"{stop.name}: status {answer.status}, not {stop.status}")
        if stop.then:
            stop.then(page)
        faults += [f"{stop.name}: {fault}" for fault in looked_at(page)]
    assert not faults, "\n".join(faults)
