"""More of everything, so that a page's queries can be counted with one and with six of what it shows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from console.notices import actions as notices
from console.people.models import RoleGrant, ServiceToken, User, UserKind
from console.waves.models import Wave
from governance.gates import actions as gates
from governance.gates.actions import Asked, Place
from governance.gates.models import Criterion, DecisionPackage, Gate, Kind
from governance.gates.templates import How
from governance.measures import actions as measures
from governance.measures.comparison import Comparison
from governance.risks import actions as risks
from governance.risks.models import Escalation, Risk
from governance.rollback import actions as rollback
from governance.rollback.models import RollbackPlan
from governance.rollback.values import TriggerDraft
from governance.subjects import of_wave
from tests import factories
from tests.bulk import making as making_bulk
from tests.risks import making as register
from tests.rollback import making
from triage.bulk.models import BulkChange, BulkItem, Result
from triage.cases import actions as cases
from triage.cases.models import Case, MigrationException, Occurrence, SavedView
from triage.comments import actions as comments
from triage.questions import actions as questions
from triage.questions.models import Question
from triage.queues.models import BusinessCalendar, RoutingRule, SlaPolicy
from triage.runs.models import RejectedLine, RunFile

if TYPE_CHECKING:
    from tests.architecture.world import World

DAY = dt.timedelta(days=1)
#: Measures that the console itself computes or a monitor reports: each criterion and trigger reads another of them.
MEASURES = ("crowd-0", "crowd-1", "crowd-2", "crowd-3", "crowd-4", "crowd-5")


class Crowd:
    """Adds ``size`` of everything to a world."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.size))

    def triggers(self) -> tuple[TriggerDraft, ...]:
        """Triggers of a rollback plan, each watching a measure of its own that has crossed its limit twice in a row."""
        crossed = {"operator": "ge", "threshold": Decimal(0), "consecutive": 2}
        return tuple(TriggerDraft(f"watch-{n}", f"Watch {n}", measure=MEASURES[n], **crossed) for n in self)

    def measures(self, world: World) -> None:
        """Measures that the hospital added, with values of the world's wave and without a wave."""
        now = timezone.now()
        for n in self:
            measures.define_measure(
                code=MEASURES[n],
                title=f"Crowd {n}",
                unit="count",
                direction="lower",
                fresh_seconds=86_400,
                by=world.people["steward"],
            )
            for age in range(2):
                as_of = now - age * dt.timedelta(hours=1)
                register.report(MEASURES[n], str(n), wave=world.run.wave, as_of=as_of)

    def triage(self, world: World) -> None:
        """Queues, cases, runs, files, lines that were rejected, sources."""
        by = world.people["lead"]
        for n in self:
            queue = factories.make_queue(f"crowd-{n}")
            calendar = BusinessCalendar.objects.create(name=f"Crowd {n}")
            SlaPolicy.objects.create(queue=queue, minutes=60, calendar=calendar)
            RoutingRule.objects.create(order=10 + n, name=f"Crowd {n}", kind="merge", queue=queue)
            SavedView.objects.create(owner=by, name=f"Crowd {n}", query="state=open")
            run = factories.make_run(f"crowd-{n}", wave=world.run.wave, source=factories.make_source(f"source-{n}"))
            for of in (run, world.run):
                self._lines(of, n)
            factories.make_case(queue=queue, run=run)
            factories.make_case(queue=world.queue, run=world.run)
            self._sibling(world, n)
            self._again(world, run, n)
            comments.write(case=world.case, text=f"@the-board {n}", by=by)

    def questions(self, world: World) -> None:
        """Mailboxes, questions to all of the cast, and answers to the reviewer's."""
        asker, clerk = factories.make_user("crowd-asker", role="reviewer"), factories.make_user("crowd-clerk")
        cast = [person for role, person in world.people.items() if role != "none"]
        for n in self:
            factories.make_mailbox(f"desk-{n}", *cast, clerk)
            self._ask(world, n, by=asker)
            answered = self._ask(world, n, by=world.people["reviewer"])
            questions.answer(question=answered, answer="Yes.", by=clerk)
        for n in self:  # the world's own case, once for each
            asked = self._ask(world, n, by=world.people["reviewer"], case=Case.objects.get(pk=world.case.pk))
            questions.answer(question=asked, answer="Yes.", by=clerk)

    @staticmethod
    def _ask(world: World, n: int, *, by: User, case: Case | None = None) -> Question:
        held = cases.claim(case=case or factories.make_case(queue=world.queue, run=world.run), by=by).case
        said = {"verdict": "NEEDS_INFO", "reason": "other", "asked_of": f"desk-{n}", "seen": held.revision}
        return Question.objects.get(decision=cases.decide(case=held, by=by, **said).decision)

    def bulk(self, world: World) -> None:
        """Cases of the world's bulk change, and further changes, of the lead."""
        change, by = BulkChange.objects.get(), world.people["lead"]
        for _ in self:
            case = factories.make_case(queue=world.queue, run=world.run)
            BulkItem.objects.create(change=change, case=case, result=Result.DONE, sentence="0 → 3")
            making_bulk.carried_out("move", [case], by, queue=factories.make_queue("crowd-0").pk)

    def people(self, world: World) -> None:
        """People with roles, service accounts with tokens, notices for each person of the cast."""
        system = User.objects.get(kind=UserKind.SYSTEM)
        for n in self:
            person = factories.make_user(f"crowd-{n}", role="reviewer")
            RoleGrant.objects.create(user=person, role="reviewer", granted_by=system)
            account = factories.make_user(f"service-{n}", role="pipeline", kind=UserKind.SERVICE)
            for owner in (account, world.service):
                ServiceToken.objects.create(
                    user=owner, name=f"t{n}", digest=f"{owner.pk}-{n}".zfill(64), expires_at=timezone.now() + DAY
                )
            notices.tell(
                to=list(world.people.values()),
                kind="gate.vote_asked",
                subject=f"GATE-{900 + n}",
                sentence="Vote.",
                path="/waves/",
                by=system,
            )

    def register(self, world: World, risk: Risk) -> None:
        """Risks of the wave; links, controls, ratings, reviews, acceptances and escalations of one risk."""
        by, board, now = world.people["steward"], world.people["board"], timezone.now()
        for n in self:
            more = register.make_risk(by, wave=world.run.wave, title=f"Crowd {n}")
            register.accept(more, by, board)
            risks.link(risk=risk, kind="case", target=factories.make_case(run=world.run).ref, by=by)
            risks.add_control(risk=risk, means="design", text=f"Control {n}.", by=by)
            register.rate(risk, 3, by)
            risks.review(risk=risk, note="Still right.", by=by)
            Escalation.objects.create(risk=risk, step=1, because=f"Overdue {n}.", due_at=now - (n + 1) * DAY, at=now)
            taken = risks.take_up(acceptance=register.ask(risk, by), by=board)
            risks.decide_acceptance(acceptance=taken, grant=False, reason="Not yet.", by=board)

    def plan(self, world: World, plan: RollbackPlan) -> None:
        """Rehearsals and alarms of the world's plan."""
        by = world.people["operator"]
        for n in self:
            making.rehearsal(plan, by=by)
            rollback.call_alarm(trigger=plan.triggers.get(code=f"watch-{n}"), why="Orders wait.", by=by)

    def waves(self, world: World) -> None:
        """Waves with a run, a case, a risk, a plan and a sealed gate each."""
        operator, board, steward = (world.people[role] for role in ("operator", "board", "steward"))
        for n in self:
            wave = factories.make_wave(f"crowd-{n}")
            factories.make_case(queue=world.queue, run=factories.make_run(f"wave-{n}", wave=wave))
            register.make_risk(steward, wave=wave)
            making.plan(wave, board, world.people["compliance"], by=operator)
            for code in MEASURES[:1]:
                register.report(code, "3", wave=wave)
            self._sealed(wave, board, steward)

    def criteria(self, gate: Gate, *, steward: User, operator: User) -> None:
        """Criteria of each kind on one gate, with what bears on them; packages that were withdrawn."""
        for n in self:
            counted = How(Kind.COUNT_IS_ZERO, measure=MEASURES[n])
            self._add(gate, f"counted-{n}", counted, steward)
            held = How(Kind.WINDOW, MEASURES[n], "", Comparison.LE, Decimal(100), interval=3600, consecutive=2)
            self._add(gate, f"held-{n}", held, steward)
            said = self._add(gate, f"said-{n}", How(Kind.ATTESTATION, subject=f"Crowd {n} is ready."), steward)
            gates.attest(criterion=said, seen=1, by=operator)
            tested = self._add(gate, f"tested-{n}", How(Kind.CONTROL_TEST, subject=f"control-{n}"), steward)
            self._tested(gate, f"control-{n}", operator)
            gates.ask_waiver(
                criterion=tested,
                reason="The tool comes next week.",
                compensating_control="Two people look.",
                not_after=timezone.now() + 7 * DAY,
                seen=1,
                by=operator,
            )

    def earlier(self, gate: Gate, *, steward: User) -> None:
        """Packages of the gate that were sealed and withdrawn."""
        for _ in self:
            gates.withdraw(package=gates.seal(gate=gate, by=steward), reason="Too early.", by=steward)

    def places(self) -> list[Place]:
        """Seats of a board, each with its member."""
        return [
            Place(f"seat-{n}", f"Crowd {n}", factories.make_user(f"member-{n}", role="board"), required=False)
            for n in self
        ]

    def votes(self, package: DecisionPackage, places: list[Place], owner: User) -> None:
        """Ballots with two conditions each, one of them shown by a measure."""
        due = timezone.now() + DAY
        for n, place in enumerate(places):
            shown = {"measure": MEASURES[n], "operator": "le", "threshold": Decimal(10)}
            gates.vote(
                package=package,
                choice="go-with-conditions",
                seen=package.digest,
                proof="password",
                rationale="If it stays low.",
                conditions=[Asked(f"Condition {n}.", owner, due), Asked(f"Shown {n}.", owner, due, **shown)],
                by=place.holder,
            )

    @staticmethod
    def _add(gate: Gate, code: str, how: How, by: User) -> Criterion:
        return gates.add_criterion(gate=gate, code=code, title=code.title(), how=how, reason="So.", by=by)

    @staticmethod
    def _tested(gate: Gate, control: str, by: User) -> None:
        today = timezone.now().date()
        assert gate.wave is not None
        gates.record_control_test(
            subject=of_wave(gate.wave),
            control=control,
            method="test",
            satisfied=False,
            finding="Two accounts still work.",
            evidence="Folder 7.",
            population=100,
            sample=20,
            period_from=today - 7 * DAY,
            period_to=today,
            tested_at=timezone.now(),
            by=by,
        )

    @staticmethod
    def _sealed(wave: Wave, chair: User, steward: User) -> None:
        gate = gates.make_gates(subject=of_wave(wave), phases=["cutover"], by=steward)[0]
        second = User.objects.get(username="the-second")
        places = [Place("chair", "Chair", chair, chair=True), Place("cmio", "CMIO", second, vetoes=("clinical",))]
        gates.change_policy(gate=gate, places=places, quorum=2, go_needed=2, reason="Seated.", seen=0, by=steward)
        gates.seal(gate=gate, by=steward)

    @staticmethod
    def _lines(run: Any, n: int) -> None:
        file = RunFile.objects.create(
            run=run,
            path=f"merges-{n}.ndjson",
            kind="merges",
            rows=3,
            bytes=90,
            sha256="0" * 64,
            state="loaded",
            lines=3,
        )
        RejectedLine.objects.create(run=run, file=file, line_no=n, reason="json", detail="No JSON.", excerpt="{")

    @staticmethod
    def _sibling(world: World, n: int) -> None:
        """A case about one of the records that the world's case is about."""
        line = json.loads(world.case.exceptions.first().payload)
        other = factories.record(5_000_000 + n)
        line["records"] = [line["records"][0], other]
        factories.make_case(queue=world.queue, run=world.run, line=line)

    @staticmethod
    def _again(world: World, run: Any, n: int) -> None:
        """The world's case once more in another run with other evidence, and a decision on it that was undone."""
        first = world.case.exceptions.first()
        found = MigrationException.objects.create(
            case=world.case, run=run, evidence=first.evidence, digest=first.digest, payload=first.payload
        )
        Occurrence.objects.create(case=world.case, run=run, exception_id=found.pk, file_id=0, line_no=n)
        by = world.people["reviewer"]
        held = cases.claim(case=Case.objects.get(pk=world.case.pk), by=by).case
        decided = cases.decide(case=held, verdict="NO_MATCH", reason="namesakes", seen=held.revision, by=by).case
        cases.release_claim(case=cases.undo(case=decided, by=by).case, by=by)
