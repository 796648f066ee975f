"""Two people who settle contradictory decisions at one instant, on real connections."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections

from tests import factories
from tests.merges.test_contradictions import case
from triage.cases import actions
from triage.cases.actions import Decided

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("committed_db")]


def at_once(*acts: Any) -> list[Any]:
    """Run each in a thread with a connection of its own; what they gave or raised."""
    found: list[Any] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(place: int, act: Any) -> None:
        try:
            barrier.wait()
            found[place] = act()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked at
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_two_who_contradict_each_other_at_one_instant_one_is_sent_on() -> None:
    people = [factories.make_user(name, role="reviewer") for name in ("ana", "ben", "cleo")]
    for round_ in range(6):
        a, b, c = (9100 + 10 * round_ + place for place in range(3))
        verdicts = (((a, b), "LINK"), ((b, c), "LINK"), ((a, c), "NO_MATCH"))
        acts = []
        for (pair, verdict), by in zip(verdicts, people, strict=True):
            # One record is held by one claim at a time, so the claims are taken down as if they were made by hand.
            made = case(*pair)
            actions.claim(case=made, by=by)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM cases_heldrecord")
            acts.append(
                lambda made=made, verdict=verdict, by=by: actions.decide(
                    case=made, verdict=verdict, reason="other", seen=1, by=by
                )
            )
        done = at_once(*acts)
        assert all(isinstance(one, Decided) for one in done), done
        assert sorted(bool(one.contradicts) for one in done) == [False, False, True]
    consistent()


def consistent() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM merges_keptapart WHERE low_golden = high_golden")
        assert cursor.fetchone()[0] == 0
        cursor.execute(
            "SELECT count(*) FROM merges_goldenrecord AS g WHERE g.size <>"
            " (SELECT count(*) FROM merges_recordidentity AS i WHERE i.golden_id = g.id)"
        )
        assert cursor.fetchone()[0] == 0
