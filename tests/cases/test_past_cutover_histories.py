"""Deferrals past the cutover over random histories, against a plain model of who must agree and what wakes them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.utils import timezone

from console.errors import Denied, Invalid, Stale
from console.people.models import User
from console.people.queries import system
from console.waves import actions as waves
from console.waves.models import Wave
from tests import factories
from tests.cases.landing import Line, case_of, land
from triage.cases import actions, queries
from triage.cases.actions import waking
from triage.cases.models import PAST_CUTOVER, State
from triage.cases.models.decision import CUTOVER
from triage.queues.models import Queue, Severity

pytestmark = pytest.mark.django_db
HISTORIES, STEPS = 10, 24
NAMES, WAVES = ("x", "y"), ("first", "second", "third")
STEPS_TAKEN = {"defer": 8, "undo": 4, "report": 3, "cut over": 2, "retract": 2, "sweep": 2}
#: After these the counts are compared as well, and at the end of each history.
COUNTED = ("undone", "asked again", "woken")


@dataclass(frozen=True)
class Asked:
    """A deferral that another person must agree to. Its author takes it back while the case has this ``revision``."""

    author: str
    revision: int | None


@dataclass
class Told:
    """What the decision record says of one case."""

    severity: int
    waves: set[str]
    revision: int = 1
    deferred_by: str = ""
    proposal: Asked | None = None
    answered: Asked | None = None

    def defer(self, person: str, gone: set[str]) -> str:
        """What happens when this person defers it past the cutover."""
        if self.deferred_by:
            return "deferred already"
        if self.proposal and self.proposal.author == person:
            return "own proposal"
        if self.waves & gone:
            return "has cut over"
        if self.severity >= Severity.HIGH and not self.proposal:
            self.revision += 1
            self.proposal = Asked(person, self.revision)
            return "proposed"
        self.deferred_by, self.answered, self.proposal = person, self.proposal, None
        return "agreed" if self.answered else "deferred"

    def undo(self, person: str) -> str:
        """What happens when this person undoes the latest decision."""
        if self.deferred_by == person:
            self.deferred_by, self.proposal, self.answered = "", self.answered, None
            return "undone"
        if self.proposal == Asked(person, self.revision):
            self.proposal, self.revision = None, self.revision + 1
            return "recalled"
        return "not undone"

    def report(self, severity: int, wave: str) -> str:
        """A run of ``wave`` reports it, as severe as before or more."""
        was, self.severity = self.severity, severity
        self.waves.add(wave)
        self.revision += 1
        if self.deferred_by and severity > was and (severity == Severity.CRITICAL or was < Severity.HIGH <= severity):
            self.proposal, self.deferred_by, self.answered = Asked(self.deferred_by, None), "", None
            return "asked again"
        return "reported"

    def sweep(self, gone: set[str]) -> int:
        """Wakes it once one of its waves has cut over; how many woke."""
        if not self.deferred_by or not self.waves & gone:
            return 0
        self.deferred_by, self.answered = "", None
        self.revision += 1
        return 1


@dataclass
class History:
    """One random life of a few cases, told to the console and to the model alike."""

    dice: random.Random
    people: dict[str, User]
    operator: User
    queue: Queue
    told: dict[str, Told] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Every case is reported once."""
        for name in NAMES:
            severity, wave = self.dice.randint(1, 4), self.dice.choice(WAVES)
            self.told[name] = Told(severity, {wave})
            land(factories.make_run(wave=factories.make_wave(wave)), Line(name, severity=severity))

    def step(self) -> str:
        """One thing happens; says what."""
        what = self.dice.choices([*STEPS_TAKEN], [*STEPS_TAKEN.values()])[0]
        name, person, wave = (self.dice.choice(some) for some in (NAMES, [*self.people], WAVES))
        if what == "defer":
            return self._defer(name, person)
        if what == "undo":
            return self._undo(name, person)
        if what == "report":
            return self._report(name, wave)
        if what == "sweep":
            return self.sweep()
        if what == "cut over":
            return self._cut_over(wave)
        return self._retract()

    def _defer(self, name: str, person: str) -> str:
        happens, by = self.told[name].defer(person, self.gone), self.people[person]
        refusals = {"deferred already": Stale, "own proposal": Denied}
        if happens in refusals:
            with pytest.raises(refusals[happens]):
                actions.claim(case=case_of(name), by=by)
            return happens
        actions.claim(case=case_of(name), by=by)
        case = case_of(name)
        given = {"verdict": "DEFER", "reason": "later_run_expected", "until": CUTOVER, "seen": case.revision}
        if happens == "has cut over":
            with pytest.raises(Invalid, match="has cut over"):
                actions.decide(case=case, by=by, **given)
            actions.release_claim(case=case_of(name), by=by)
        else:
            actions.decide(case=case, by=by, **given)
        return happens

    def _undo(self, name: str, person: str) -> str:
        happens, by = self.told[name].undo(person), self.people[person]
        if happens == "not undone":
            with pytest.raises((Denied, Stale)):
                actions.undo(case=case_of(name), by=by)
            return happens
        assert actions.undo(case=case_of(name), by=by).claimed
        actions.release_claim(case=case_of(name), by=by)
        return happens

    def _report(self, name: str, wave: str) -> str:
        severity = self.dice.randint(self.told[name].severity, 4)
        run = factories.make_run(wave=factories.make_wave(wave))
        land(run, Line(name, severity=severity, report=run.run_id))
        return self.told[name].report(severity, wave)

    def _cut_over(self, slug: str) -> str:
        if slug in self.gone:
            return "nothing"
        self.gone.add(slug)
        waves.state_cutover(wave=factories.make_wave(slug), reason="As told.", by=self.operator)
        return "cut over"

    def _retract(self) -> str:
        if not self.gone:
            return "nothing"
        slug = self.dice.choice(sorted(self.gone))
        self.gone.remove(slug)
        waves.retract_cutover(wave=factories.make_wave(slug), reason="Rolled back.", by=self.operator)
        return "retracted"

    def sweep(self) -> str:
        """What is deferred past a cutover that has taken place wakes, and nothing else."""
        wakes = sum(told.sweep(self.gone) for told in self.told.values())
        assert waking.wake_after_cutover(by=system(), now=timezone.now()) == wakes
        return "woken" if wakes else "nothing"

    def compare(self) -> None:
        """Cases are as the model says."""
        for name, told in self.told.items():
            case = case_of(name)
            found = case.state, case.past_cutover, case.proposal.by.username if case.proposal else "", case.severity
            state = State.DEFERRED if told.deferred_by else State.OPEN
            asks = told.proposal.author if told.proposal else ""
            assert found == (state, bool(told.deferred_by), asks, told.severity), name
            assert (case.decision.by.username if case.decision else "") == told.deferred_by, name

    def count(self) -> None:
        """Counts of the queue and of the waves are as the model says."""
        past = [told for told in self.told.values() if told.deferred_by]
        tally = queries.tally([self.queue])[self.queue.pk]
        assert (tally[State.DEFERRED], tally[PAST_CUTOVER]) == (len(past), len(past))
        counted = queries.unresolved_by_severity(of := dict(Wave.objects.values_list("pk", "slug")))
        for pk, slug in of.items():
            number = sum(number for _, number in counted[pk].values())
            assert number == sum(slug in told.waves for told in past), slug


def test_histories_wake_what_the_model_wakes(ana: User, ben: User, omar: User) -> None:
    """The console and the model never differ, nor do they after a last sweep."""
    people = {person.username: person for person in (ana, ben)}
    queue, happened = factories.make_queue(), Counter[str]()
    for seed in range(HISTORIES):
        with transaction.atomic():
            history, steps = History(random.Random(seed), people, omar, queue), ["reported"]
            try:
                history.begin()
                for _ in range(STEPS):
                    history.compare()
                    steps.append(history.step())
                    if steps[-1] in COUNTED:
                        history.count()
                steps.append(history.sweep())
                history.compare()
                history.count()
            except (AssertionError, Denied, Invalid, Stale) as problem:
                raise AssertionError(f"history {seed}, {steps}: {problem!r}") from problem
            happened.update(steps)
            transaction.set_rollback(True)
    rare = {"proposed", "agreed", "deferred", "undone", "recalled", "asked again", "own proposal", "has cut over"}
    for what in rare | {"cut over", "retracted", "woken", "deferred already", "not undone"}:
        assert happened[what] >= 3, f"“{what}” took place {happened[what]} times: little is proven of it."
