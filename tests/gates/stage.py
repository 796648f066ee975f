"""A wave whose cutover gate is green, and the people around it: for tests of whole lives of gates.

Facts come the way they come in the product: runs through intake, values through reports, everything else through the
actions of its capability.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from console.people import actions as people
from console.people.models import User, UserKind
from console.people.queries import system
from console.waves import actions as waves
from console.waves.models import Wave
from governance.gates import actions
from governance.gates.actions import Place
from governance.gates.models import Criterion, DecisionPackage, Gate, GateDecision, Kind
from governance.gates.queries import status as standings
from governance.gates.queries.status import GateStatus
from governance.measures import actions as measures
from governance.risks import actions as risks
from governance.risks.actions import Said, Scored
from governance.risks.models import Risk
from governance.rollback import actions as rollback
from governance.rollback.models import RollbackPlan
from governance.rollback.values import PlanDraft, TriggerDraft
from governance.subjects import of_wave
from tests import factories
from tests.intake import making
from triage.runs.models import Run

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PROOF = "password"
#: Words of the scheme that look up levels 1 to 4.
ONE = {"likelihood": "low", "consequence": "minor"}
TWO = {"likelihood": "low", "consequence": "considerable"}
THREE = {"likelihood": "medium", "consequence": "considerable"}
FOUR = {"likelihood": "medium", "consequence": "catastrophic"}


class Stage:
    """One wave with its people. ``root`` is where run packages are written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sam = factories.make_user("sam", role="steward")
        self.omar = factories.make_user("omar", role="operator")
        self.ada = factories.make_user("ada", role="administrator")
        self.bo = factories.make_user("bo", role="board")
        self.mira = factories.make_user("mira")
        self.granted = people.grant_role(user=self.mira, role="board", by=self.ada)
        self.nora = factories.make_user("nora", role="board")
        self.paul = factories.make_user("paul", role="board")
        self.theo = factories.make_user("theo", role="board")
        self.ana = factories.make_user("ana", role="reviewer")
        self.lena = factories.make_user("lena", role="lead")
        self.pipe = factories.make_user("watch", role="monitor", kind=UserKind.SERVICE)
        self.wave = waves.make_wave(
            slug="wave-1", name="Wave 1", planned_for=(timezone.now() + 7 * DAY).date(), by=self.sam
        )
        making.make_queue()
        factories.make_source("legacy-pas")
        self.plan: RollbackPlan | None = None

    # Facts

    def run(
        self, run_id: str, *, lines: list[dict[str, Any]] | None = None, age: dt.timedelta = HOUR, **more: Any
    ) -> Run:
        """Take a run in that ended ``age`` ago, with 2,000 of 2,000 records reconciled."""
        end = timezone.now() - age
        folder = self.root / uuid.uuid4().hex / run_id
        folder.mkdir(parents=True)
        given = making.merge_lines(1, 120) if lines is None else lines
        files = [making.lines_file(folder, given)] if given else []
        matched = more.pop("matched", 2000)
        checks = [
            {"layer": layer, "domain": "patient", "check": "counts", "expected": 2000, "matched": matched}
            for layer in ("storage", "schema", "record", "workflow")
        ]
        files.append(making.lines_file(folder, checks, "reconciliation.ndjson", "reconciliation"))
        said = {"started_at": (end - HOUR).isoformat(), "finished_at": end.isoformat()} | more
        return making.take_in(making.manifest(folder, files, **said))

    def critical(self, number: int, **fields: str) -> dict[str, Any]:
        """A line about a critical problem of its own; ``fields`` of its first record are other evidence of it."""
        line = factories.merge_line(10 * number, 10 * number + 1, severity="critical")
        line["records"][0]["fields"] |= fields
        return line

    def report(self, measure: str, *, age: dt.timedelta = HOUR, **value: Any) -> None:
        """Report one value of the wave."""
        line = {"measure": measure, "wave": "wave-1", "as_of": (timezone.now() - age).isoformat()} | value
        measures.report(lines=[line], source="api:watch", by=self.pipe)

    def facts(self) -> None:
        """Everything that a green cutover gate rests on, but for what people say."""
        self.run("run-1")
        self.report("login-success", numerator=9_950, denominator=10_000)
        self.report("chart-open-p95", value=1.25, samples=400)
        self.report("restore-test", age=3 * DAY)
        self.write_plan()
        self.rehearse()
        self.risk()

    def draft(self, **changes: Any) -> PlanDraft:
        """A sound rollback plan."""
        day = timezone.now() + 7 * DAY
        said: dict[str, Any] = {
            "authority": self.bo,
            "deputy": self.mira,
            "decide_within": 15,
            "window_start": day.replace(microsecond=0),
            "window_end": day.replace(microsecond=0) + 8 * HOUR,
            "margin": 30,
            "rto": 120,
            "rpo": 15,
            "mtd": 480,
            "transport": "Interfaces and sign-ins are turned back.",
            "data_scope": "replayable",
            "data": "Writes are replayed at the legacy system.",
            "steps": "Activate, recover, reconstitute.",
            "triggers": (TriggerDraft("call", "Anybody's call"),),
            "runbook_title": "Cutover",
            "runbook_digest": "ab" * 32,
        }
        return PlanDraft(**(said | changes))

    def write_plan(self, **changes: Any) -> RollbackPlan:
        """Write the plan, or its next version."""
        self.plan = rollback.write_plan(wave=self.wave, draft=self.draft(**changes), reason="First.", by=self.omar)
        return self.plan

    def rehearse(self) -> None:
        """A dress rehearsal that counts."""
        assert self.plan is not None
        ended = timezone.now()
        rollback.rehearse(
            plan=self.plan,
            kind="dress",
            started_at=ended - 3 * HOUR,
            finished_at=ended,
            planned_minutes=90,
            rollback_minutes=80,
            records=2_000,
            production_records=2_000,
            succeeded=True,
            report="All went as written.",
            by=self.omar,
        )

    def risk(self, **changes: Any) -> Any:
        """An open clinical risk of the wave, rated low enough."""
        said = {"wave": self.wave, "current": TWO} | changes
        current = said.pop("current")
        wave = said.pop("wave")
        return risks.add_risk(
            said=self.risk_said(**said),
            wave=wave,
            inherent=Scored(FOUR, "Before anything is done."),
            current=Scored(current, "As things are."),
            by=self.sam,
        )

    def risk_said(self, **changes: Any) -> Said:
        """What a risk says of itself."""
        texts = dict.fromkeys(("cause", "hazard", "effect", "harm", "failure_mode"), "As written.")
        known = {"title": "A chart opens late", "domain": "clinical", "owner": self.sam, "scheme": "dcb0129-1"}
        return Said(**(texts | known | {"detection_method": "The wards call."} | changes))

    def rate(self, risk: Risk, factors: dict[str, str]) -> None:
        """Rate the risk as it stands now."""
        risks.rate(risk=risk, kind="current", factors=factors, rationale="Observation again.", by=self.sam)

    # Gates

    def board(self, **changes: Any) -> list[Place]:
        """The board of these tests: a chair and two vetoes; Theo is Nora's alternate."""
        return [
            Place("chair", "Chief information officer", self.bo, chair=True),
            Place("cmio", "Chief medical information officer", self.mira, vetoes=("clinical",)),
            Place("cno", "Chief nursing officer", self.nora, alternate=self.theo),
            Place("privacy", "Privacy officer", self.paul, required=False, vetoes=("privacy", "technical")),
        ]

    def board_member(self, name: str) -> User:
        """Someone more with the board's role."""
        return factories.make_user(name, role="board")

    def gate(self, phase: str = "cutover", **policy: Any) -> Gate:
        """A gate of the wave with its board, made from the template."""
        gate = actions.make_gates(subject=of_wave(self.wave), phases=[phase], by=self.sam)[0]
        self.seat(gate, **policy)
        return gate

    def seat(self, gate: Gate, **policy: Any) -> None:
        """Give the gate its board, or the next version of it."""
        last = gate.policies.order_by("-version").first()
        said = {"places": self.board(), "quorum": 3, "go_needed": 3, "reason": "Seated.", "seen": 0}
        said |= {"seen": last.version} if last else {}
        actions.change_policy(gate=gate, by=self.sam, **(said | policy))

    def say(self, gate: Gate) -> None:
        """Attest and test whatever the gate asks people for."""
        now = timezone.now()
        for criterion in gate.criteria.filter(retired_at__isnull=True):
            version = criterion.versions.order_by("-version")[0]
            if version.kind == Kind.ATTESTATION:
                actions.attest(criterion=criterion, seen=version.version, by=self.sam)
            if version.kind == Kind.CONTROL_TEST:
                self.control(version.subject, now)

    def control(self, control: str, now: dt.datetime, *, satisfied: bool = True, by: User | None = None) -> None:
        """Record a test of a control."""
        actions.record_control_test(
            subject=of_wave(self.wave),
            control=control,
            method="test",
            satisfied=satisfied,
            finding="As it should be.",
            evidence="Folder 7.",
            population=100,
            sample=20,
            period_from=(now - 7 * DAY).date(),
            period_to=now.date(),
            tested_at=now,
            by=by or self.omar,
        )

    def scope_gate(self) -> Gate:
        """The gate of scope, decided GO and started."""
        gate = self.gate("scope")
        self.say(gate)
        self.decided(gate)
        return gate

    def cutover(self, **policy: Any) -> Gate:
        """The cutover gate, green: it waits for the gate of scope only."""
        self.scope_gate()
        gate = self.gate("cutover", **policy)
        for phase in ("access", "validation"):
            actions.retire_criterion(criterion=self.criterion(gate, f"after-{phase}"), reason="Not here.", by=self.sam)
        actions.add_criterion(
            gate=gate,
            code="after-scope",
            title="The scope is agreed",
            how=after_scope(),
            reason="It must be.",
            by=self.sam,
        )
        self.say(gate)
        return gate

    def criterion(self, gate: Gate, code: str) -> Criterion:
        """A criterion of the gate."""
        return gate.criteria.select_related("gate__wave").get(code=code)

    def version(self, gate: Gate, code: str) -> int:
        """Its current version."""
        return self.criterion(gate, code).versions.order_by("-version")[0].version

    # Votes

    def vote(self, package: DecisionPackage, by: User, choice: str = "go", **more: Any) -> Any:
        """Cast a ballot; anything but a GO has a reason."""
        said = {"seen": package.digest, "proof": PROOF, "rationale": "" if choice == "go" else "Because."}
        return actions.vote(package=package, choice=choice, by=by, **(said | more))

    def polled(self, gate: Gate, *, choice: str = "go") -> DecisionPackage:
        """Seal, and let everybody vote."""
        package = actions.seal(gate=gate, by=self.sam)
        for person in (self.bo, self.mira, self.nora, self.paul):
            self.vote(package, person, choice)
        return package

    def gone(self, gate: Gate, *, outcome: str = "go") -> tuple[DecisionPackage, GateDecision]:
        """Seal, vote, consolidate, decide."""
        package = self.polled(gate)
        actions.consolidate(package=package, by=self.bo)
        decision = self.decide(package, outcome)
        return package, decision

    def decide(self, package: DecisionPackage, outcome: str = "go", **more: Any) -> GateDecision:
        """Decide as the chair."""
        said = {"seen": package.digest, "proof": PROOF, "statement": "So be it."}
        return actions.decide(package=package, outcome=outcome, by=self.bo, **(said | more))

    def decided(self, gate: Gate) -> DecisionPackage:
        """All of it, and started."""
        package, _ = self.gone(gate)
        done = actions.begin(package=package, seen=package.digest, by=self.omar)
        assert done.passed, done.findings
        return package

    def standing(self, gate: Gate) -> GateStatus:
        """How the gate stands now."""
        return standings.of(Gate.objects.select_related("wave").get(pk=gate.pk), timezone.now())

    def fresh_wave(self) -> Wave:
        """The wave as it is now."""
        return Wave.objects.get(pk=self.wave.pk)


def after_scope() -> Any:
    """How a criterion asks for the gate of scope."""
    from governance.gates.templates import How

    return How(Kind.PRIOR_GATE, subject="scope", max_age=365 * 86_400)


__all__ = ["DAY", "FOUR", "HOUR", "ONE", "PROOF", "THREE", "TWO", "Decimal", "Stage", "after_scope", "system", "uuid"]
