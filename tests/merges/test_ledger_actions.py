"""Random histories by the actions themselves: decide, undo, reverse, reopened by a run, against a closure by hand."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from console.people.models import User
from console.people.queries import system
from tests import factories
from tests.cases.landing import Line, land
from tests.merges.test_contradictions import line, queues
from tests.merges.test_ledger import Brute, Sets, sets_of
from triage.cases import actions, sequencer
from triage.cases.keys import record_key
from triage.cases.models import Case, ReleaseDue, State
from triage.merges import consistency
from triage.merges.models import RecordIdentity

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Again(Line):
    """A line about a case that is there, with evidence of its own."""

    of: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def fingerprint(self) -> uuid.UUID:
        return self.of


@dataclass
class History:
    """One history over five records of its own."""

    rng: random.Random
    first: int
    reviewer: User
    lead: User
    brute: Brute = field(default_factory=Brute)
    used: set[tuple[int, ...]] = field(default_factory=set)

    def decide(self) -> None:
        numbers = sorted(self.rng.sample(range(self.first, self.first + 5), self.rng.choice([2, 2, 3, 4])))
        if tuple(numbers) in self.used:  # there is one case about a set of records
            return
        self.used.add(tuple(numbers))
        made = factories.make_case(line=line(*numbers), queue=queues())
        verdict, content = self._verdict(len(numbers))
        actions.claim(case=made, by=self.reviewer)
        done = actions.decide(
            case=made, verdict=verdict, reason="other", content=content, seen=1, by=self.reviewer, confirmed=True
        )
        sets = self._sets(verdict, content, numbers)
        assert bool(done.contradicts) != self.brute.agrees([sets])
        if not done.contradicts:
            self.brute.standing[made.pk] = sets

    def _verdict(self, size: int) -> tuple[str, dict[str, Any] | None]:
        if size < 3 or self.rng.random() < 0.5:
            return self.rng.choice(["LINK", "NO_MATCH"]), None
        alone = self.rng.randrange(size)
        rest = [place for place in range(size) if place != alone]
        return "PARTITION", {"groups": [rest, [alone]], "apart_reason": "other"}

    def _sets(self, verdict: str, content: dict[str, Any] | None, numbers: list[int]) -> Sets:
        keys = [record_key("PAS", f"rec-{number}") for number in numbers]
        if content:
            return [[keys[place] for place in group] for group in content["groups"]]
        return [keys] if verdict == "LINK" else [[key] for key in keys]

    def end(self) -> None:
        """Undo, reverse or reopen one of the decisions that stand."""
        number = self.rng.choice(sorted(self.brute.standing))
        found = Case.objects.get(pk=number)
        how = self.rng.choice(["undo", "reverse", "report"])
        if how == "report":
            again = Again("again", evidence=str(uuid.uuid4()), of=found.fingerprint)
            assert land(factories.make_run(), again).reopened == 1
        elif how == "undo" and found.state == State.DECIDED:
            actions.undo(case=found, by=self.reviewer)
            actions.release_claim(case=found, by=self.reviewer)
        else:
            _release()
            actions.reverse(case=found, reason="Wrong.", by=self.lead)
        del self.brute.standing[number]

    def agrees(self) -> None:
        keys = {record_key("PAS", f"rec-{number}") for number in range(self.first, self.first + 5)}
        found = dict(RecordIdentity.objects.filter(pk__in=keys).values_list("record_key", "golden_id"))
        expected = self.brute.persons(list(self.brute.standing.values()))
        assert sets_of(found) == sets_of(expected | {key: ("alone", key) for key in found if key not in expected})


def _release() -> None:
    while ReleaseDue.objects.exists():
        sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))


@pytest.mark.parametrize("seed", range(2))
def test_histories_of_actions_agree_with_a_closure_by_hand(ana: User, lena: User, seed: int) -> None:
    rng = random.Random(seed)
    for number in range(60):
        history = History(rng, 500_000 + 10 * number, ana, lena)
        for _ in range(rng.randint(2, 7)):
            if history.brute.standing and rng.random() < 0.35:
                history.end()
            else:
                history.decide()
        history.agrees()
    assert not consistency.check().wrong
    assert not consistency.check().left_out
