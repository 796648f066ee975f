"""Several at once: what is signed was true when it was signed, or the signature has fallen. There is no third order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import close_old_connections, connection

from console.errors import Refusal
from console.people import actions as people
from governance.gates import actions
from governance.gates.models import Ballot, DecisionPackage, Gate, Signature, Supersession
from governance.gates.queries import status as standings
from tests.gates.stage import Stage
from tests.intake import making

pytestmark = pytest.mark.committed


@pytest.fixture
def told(committed_db: str, settings: Any, tmp_path: Path) -> tuple[Stage, Gate]:
    """A green cutover gate on a database of its own."""
    settings.PACKAGE_ROOT = tmp_path / "store"
    settings.INBOX_ROOT = tmp_path / "inbox"
    settings.INBOX_ROOT.mkdir()
    stage = Stage(tmp_path / "made")
    stage.facts()
    return stage, stage.cutover()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each came to, started together: its value, or what it was refused with."""
    start, found = threading.Barrier(len(works), timeout=30), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            close_old_connections()
            start.wait()
            found[place] = work()
        except Refusal as refusal:
            found[place] = refusal  # type: ignore[call-overload]
        except Exception as error:  # noqa: BLE001 - the test looks at it
            found[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def faults(found: list[Any]) -> list[Any]:
    return [one for one in found if isinstance(one, Exception) and not isinstance(one, Refusal)]


def test_everybody_votes_at_once_and_the_chain_has_one_order(told: tuple[Stage, Gate]) -> None:
    stage, gate = told
    package = actions.seal(gate=gate, by=stage.sam)
    voters = [stage.bo, stage.mira, stage.nora, stage.paul, stage.bo]
    found = at_once(*[lambda person=person: stage.vote(package, person) for person in voters])  # type: ignore[misc]
    assert faults(found) == []
    assert Ballot.objects.filter(package=package).count() == 4
    chain = list(Signature.objects.filter(package=package).order_by("place"))
    assert [row.place for row in chain] == [1, 2, 3, 4]
    assert [row.previous for row in chain] == ["", *[row.hash for row in chain[:-1]]]


def test_one_seal_of_two(told: tuple[Stage, Gate]) -> None:
    stage, gate = told
    found = at_once(*[lambda: actions.seal(gate=gate, by=stage.sam)] * 2)
    assert faults(found) == []
    assert DecisionPackage.objects.filter(gate=gate).count() == 1


@pytest.mark.parametrize("turn", range(4))
def test_a_vote_and_a_critical_exception(told: tuple[Stage, Gate], turn: int) -> None:
    stage, gate = told
    package = actions.seal(gate=gate, by=stage.sam)
    stage.vote(package, stage.bo)
    lines = [stage.critical(5000), *making.merge_lines(6000, 5 * turn)]
    works = [lambda: stage.vote(package, stage.mira), lambda: stage.run("run-2", lines=lines)]
    found = at_once(*(works if turn % 2 else works[::-1]))
    assert faults(found) == []
    assert Supersession.objects.filter(package=package).count() == 1
    assert not standings.of(Gate.objects.select_related("wave").get(pk=gate.pk), package.sealed_at).live
    vote = next(one for one in found if isinstance(one, Refusal) or hasattr(one, "ballot"))
    if not isinstance(vote, Refusal):
        assert vote.ballot.at <= Supersession.objects.get(package=package).at


def test_the_beginning_and_a_critical_exception(told: tuple[Stage, Gate]) -> None:
    stage, gate = told
    package, _ = stage.gone(gate)
    found = at_once(
        lambda: actions.begin(package=package, seen=package.digest, by=stage.omar),
        lambda: stage.run("run-2", lines=[stage.critical(5000)]),
    )
    assert faults(found) == []
    started = [one for one in found if getattr(one, "passed", False)]
    assert bool(started) != Supersession.objects.filter(package=package).exists()


def test_a_vote_and_the_loss_of_its_right(told: tuple[Stage, Gate]) -> None:
    stage, gate = told
    package = actions.seal(gate=gate, by=stage.sam)
    found = at_once(
        lambda: stage.vote(package, stage.mira), lambda: people.revoke_role(grant=stage.granted, by=stage.ada)
    )
    assert faults(found) == []
    voted = Ballot.objects.filter(package=package, person=stage.mira).exists()
    assert voted == Supersession.objects.filter(package=package).exists()
