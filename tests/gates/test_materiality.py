# ruff: noqa: E501 - one row of a table is one line
"""What withdraws signatures and what does not, each by name, on real rows and through the actions of the product.

Every material change supersedes in its own transaction; what time ends is seen at reading, with no scheduler; nothing
cosmetic withdraws a signature.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Refusal
from console.notices.models import Notice
from console.people import actions as people
from console.people import permissions
from console.people.models import User
from console.waves import actions as waves
from governance.gates import actions
from governance.gates.models import Kind, Supersession
from governance.gates.rules import GateState
from governance.gates.templates import How
from governance.measures.comparison import Comparison
from governance.risks import actions as risks
from governance.risks.models import Risk, RiskAcceptance
from governance.subjects import of_wave
from tests import factories
from tests.gates.stage import DAY, HOUR, ONE, THREE, TWO, Stage
from tests.intake import making
from triage.cases import actions as cases
from triage.cases import sequencer
from triage.cases.models import Case
from triage.intake.actions import recalls
from triage.queues.models import Severity
from triage.runs.models import Run

pytestmark = pytest.mark.django_db


class World(Stage):
    """A polled cutover gate that rests on one of everything: a waiver, an acceptance, a critical case that is settled."""

    def set_up(self) -> None:
        self.queue = factories.make_queue("merges")
        factories.make_queue("merges", targets={"overlay": factories.make_queue("overlays")})
        self.run("run-2", lines=[self.critical(5000), *making.merge_lines(6000, 100)], age=50 * dt.timedelta(minutes=1))
        self.settled = Case.objects.get(severity=Severity.CRITICAL)
        self.settle(self.settled)
        self.high = self.risk(title="Two charts are one", current=THREE)
        self.accepted = self.accept(self.high, 40)
        self.asked_of_board = self.risk(title="Orders are late", current=TWO)
        self.closed = self.risk(title="Over", current=ONE)
        risks.close(risk=self.closed, reason="It is over.", by=self.sam)
        self.other = factories.make_user("other")
        self.other_grant = people.grant_role(user=self.other, role="board", by=self.ada)
        self.gate_ = self.cutover()
        self.add_failing()
        self.waiver = self.waive("reports-late", 20)
        self.add_advisory()
        self.package = actions.seal(gate=self.gate_, by=self.sam)
        assert [
            one.sentence
            for one in self.standing(self.gate_).snapshot.evaluated
            if one.spec.blocking and not one.permits
        ] == []
        self.vote(self.package, self.bo)
        self.vote(self.package, self.mira)

    def settle(self, case: Case) -> None:
        """Decide a case, and release the decision."""
        self.decide_case(case)
        sequencer.release(by=people_system(), now=timezone.now() + HOUR)

    def decide_case(self, case: Case, verdict: str = "NO_MATCH", **more: Any) -> None:
        claimed = cases.claim(case=case, by=self.ana).case
        said = {"reason": "namesakes", "note": "Two people."} | more
        cases.decide(case=claimed, verdict=verdict, seen=claimed.revision, by=self.ana, **said)

    def accept(self, risk: Risk, days: int, *, grant: bool = True) -> RiskAcceptance:
        row = risks.request_acceptance(
            risk=risk, reason="It is carried.", not_after=timezone.now() + days * DAY, by=self.sam
        )
        if not grant:
            return row
        risks.take_up(acceptance=row, by=self.paul)
        return risks.decide_acceptance(acceptance=row, grant=True, reason="Yes.", by=self.paul)

    def add_failing(self) -> None:
        """A criterion that fails, and may be waived."""
        self.report("help-desk-volume", value=90, samples=90)
        how = How(Kind.WINDOW, "help-desk-volume", "", Comparison.LE, Decimal(50), interval=86_400, consecutive=1)
        self.add("reports-late", how)

    def add_advisory(self) -> None:
        """An advisory criterion that passes."""
        self.report("interface-backlog", value=10, samples=10)
        how = How(Kind.WINDOW, "interface-backlog", "", Comparison.LE, Decimal(50), interval=86_400, consecutive=1)
        self.add("backlog", dataclasses.replace(how, blocking=False))

    def add(self, code: str, how: How) -> None:
        actions.add_criterion(gate=self.gate_, code=code, title=code, how=how, reason="Asked for.", by=self.sam)

    def ask_waiver(self, code: str, days: int) -> Any:
        return actions.ask_waiver(
            criterion=self.criterion(self.gate_, code),
            reason="The desk was moved.",
            compensating_control="A second desk.",
            not_after=timezone.now() + days * DAY,
            seen=self.version(self.gate_, code),
            by=self.omar,
        )

    def waive(self, code: str, days: int) -> Any:
        row = self.ask_waiver(code, days)
        return actions.decide_waiver(waiver=row, granted=True, reason="For a while.", by=self.bo)

    def how(self, code: str, **changes: Any) -> Any:
        """Judge a criterion in another way."""
        last = self.criterion(self.gate_, code).versions.order_by("-version")[0]
        said = {field.name: getattr(last, field.name) for field in dataclasses.fields(How)} | changes
        said["operator"] = said["operator"] or None
        return actions.change_criterion(
            criterion=self.criterion(self.gate_, code), how=How(**said), reason="So.", seen=last.version, by=self.sam
        )

    def describe(self, **changes: Any) -> None:
        wave = self.fresh_wave()
        said = {"name": wave.name, "description": wave.description, "planned_for": wave.planned_for} | changes
        waves.describe_wave(wave=wave, by=self.sam, **said)

    def places(self, **changes: Any) -> list[Any]:
        """The board with another first seat."""
        first, *rest = self.board()
        return [dataclasses.replace(first, **changes), *rest]

    def reword(self, **changes: Any) -> None:
        row = self.criterion(self.gate_, "login-success")
        said = {"title": row.title, "why": row.why, "owner": row.owner, "order": row.order} | changes
        actions.reword_criterion(criterion=row, by=self.sam, **said)

    def medium(self) -> Case:
        found = Case.objects.filter(severity=Severity.MEDIUM, state="open").order_by("pk").first()
        assert found is not None
        return found

    def undo(self, case: Case) -> None:
        self.decide_case(case)
        cases.undo(case=case, by=self.ana)

    def elsewhere(self) -> None:
        factories.make_wave("wave-2")
        self.run(
            "run-of-2", lines=[self.critical(9000), *making.merge_lines(9100, 100)], age=dt.timedelta(0), wave="wave-2"
        )

    def ask_waiver_of_failing(self) -> Any:
        """Request a waiver of an advisory criterion that fails."""
        self.report("interface-backlog", age=dt.timedelta(0), value=500, samples=9)
        return self.ask_waiver("backlog", 5)

    def say_again(self) -> None:
        version = self.version(self.gate_, "downtime-procedures")
        actions.attest(criterion=self.criterion(self.gate_, "downtime-procedures"), seen=version, by=self.omar)

    def forget(self, person: User) -> None:
        """What is kept on a user must not outlive a change that was rolled back."""
        permissions.forget(person)
        person.refresh_from_db()


def people_system() -> User:
    return User.objects.get(kind="system")


Change = Callable[[World], Any]

#: What withdraws signatures in the transaction that does it.
MATERIAL: dict[str, Change] = {
    "a ratio leaves its bound by a report": lambda w: w.report(
        "login-success", age=dt.timedelta(0), numerator=98, denominator=100
    ),
    "a ratio leaves its bound by a correction": lambda w: w.report(
        "login-success", age=HOUR, numerator=98, denominator=100
    ),
    "a ratio comes to rest on too few": lambda w: w.report(
        "login-success", age=dt.timedelta(0), numerator=50, denominator=50
    ),
    "a ratio is reported with nothing to count": lambda w: w.report(
        "login-success", age=dt.timedelta(0), numerator=0, denominator=0
    ),
    "a window is broken by a report": lambda w: w.report("chart-open-p95", age=dt.timedelta(0), value=3, samples=9),
    "reconciliation falls with a run": lambda w: w.run("run-9", lines=[], age=dt.timedelta(0), matched=1900),
    "a run turns lines away": lambda w: w.run(
        "run-9", lines=[*making.merge_lines(9000, 100), {"id": "broken"}], age=dt.timedelta(0)
    ),
    "a run brings a critical exception": lambda w: w.run(
        "run-9", lines=[w.critical(9000), *making.merge_lines(9100, 100)], age=dt.timedelta(0)
    ),
    "a critical case is reported again": lambda w: w.run(
        "run-9", lines=[w.critical(5000, phone="0"), *making.merge_lines(9100, 100)], age=dt.timedelta(0)
    ),
    "a decision on a critical case is reversed": lambda w: cases.reverse(
        case=w.settled, reason="The chart differs.", by=w.lena
    ),
    "a case is transferred as critical": lambda w: w.decide_case(
        Case.objects.filter(severity=Severity.MEDIUM).first(), "OVERLAY_SUSPECTED", reason="two_people_one_record"
    ),  # type: ignore[arg-type]
    "runs are made by another transformation": lambda w: w.run(
        "run-9",
        lines=making.merge_lines(9000, 100),
        age=dt.timedelta(0),
        transformation={"name": "legacy-to-fhir", "version": "2", "digest": "sha256:def"},
    ),
    "a counted run is recalled": lambda w: recalls.recall(
        run=Run.objects.get(run_id="run-1"), reason="Sent by mistake.", by=w.omar
    ),
    "the latest run is recalled": lambda w: recalls.recall(
        run=Run.objects.get(run_id="run-2"), reason="Sent by mistake.", by=w.omar
    ),
    "a control is tested and not satisfied": lambda w: w.control("access-review", timezone.now(), satisfied=False),
    "an attestation is withdrawn": lambda w: actions.withdraw_attestation(
        attestation=w.criterion(w.gate_, "downtime-procedures").attestations.get(), reason="It does not hold.", by=w.sam
    ),
    "a threshold is raised": lambda w: w.how("login-success", threshold=Decimal("0.992")),
    "a threshold is lowered": lambda w: w.how("login-success", threshold=Decimal("0.98")),
    "a criterion may be older": lambda w: w.how("login-success", max_age=30 * 86_400),
    "a criterion blocks no more": lambda w: w.how("login-success", blocking=False),
    "a criterion is added": lambda w: w.add("more", How(Kind.CONTROL_TEST, subject="access-review")),
    "a criterion is retired": lambda w: actions.retire_criterion(
        criterion=w.criterion(w.gate_, "restore-test"), reason="Not needed.", by=w.sam
    ),
    "the quorum is changed": lambda w: w.seat(w.gate_, quorum=2),
    "the GO votes required are changed": lambda w: w.seat(w.gate_, go_needed=2),
    "a seat has another holder": lambda w: w.seat(
        w.gate_, places=w.places(holder=factories.make_user("new", role="board"))
    ),
    "a seat has an alternate": lambda w: w.seat(
        w.gate_, places=w.places(alternate=factories.make_user("new", role="board"))
    ),
    "a seat has a veto": lambda w: w.seat(w.gate_, places=w.places(vetoes=("security",))),
    "the poll is open for longer": lambda w: w.seat(w.gate_, poll_hours=100),
    "a risk is rated higher": lambda w: w.rate(w.asked_of_board, THREE),
    "a risk is added": lambda w: w.risk(title="New"),
    "a risk of the whole programme is added": lambda w: w.risk(title="New", wave=None, current=ONE),
    "a closed risk is opened again": lambda w: risks.reopen(risk=w.closed, reason="It came back.", by=w.sam),  # type: ignore[attr-defined]
    "an acceptance is given": lambda w: w.accept(w.asked_of_board, 10),
    "an acceptance is revoked": lambda w: risks.revoke_acceptance(acceptance=w.accepted, reason="No more.", by=w.paul),
    "a waiver is given": lambda w: (
        w.report("login-success", age=dt.timedelta(0), numerator=98, denominator=100),
        w.waive("login-success", 5),
    ),
    "a waiver is revoked": lambda w: actions.revoke_waiver(waiver=w.waiver, reason="No more.", by=w.omar),
    "the rollback plan gets a new version": lambda w: w.write_plan(decide_within=20),
    "the runbook is another": lambda w: w.write_plan(runbook_digest="cd" * 32),
    "a signer loses the role": lambda w: people.revoke_role(grant=w.granted, by=w.ada),
    "a signer is shut out": lambda w: people.deactivate(user=w.bo, by=w.ada),
    "the planned day is moved": lambda w: w.describe(planned_for=(timezone.now() + 30 * DAY).date()),
    "the planned day is taken away": lambda w: w.describe(planned_for=None),
}

#: What withdraws nothing.
COSMETIC: dict[str, Change] = {
    "a criterion is said in other words": lambda w: w.reword(title="Signing in", why="So."),
    "a criterion has an owner": lambda w: w.reword(owner=w.omar),
    "a criterion has another place": lambda w: w.reword(order=999),
    "the wave is renamed": lambda w: w.describe(name="The first wave"),
    "the wave is edited": lambda w: w.describe(description="All of the north."),
    "a value moves within its bound": lambda w: w.report(
        "login-success", age=dt.timedelta(0), numerator=9_960, denominator=10_000
    ),
    "a window's value moves within its bound": lambda w: w.report(
        "chart-open-p95", age=dt.timedelta(0), value=1.5, samples=9
    ),
    "a measure that nothing looks at is reported": lambda w: w.report(
        "replication-lag", age=dt.timedelta(0), value=900
    ),
    "an advisory criterion fails": lambda w: w.report("interface-backlog", age=dt.timedelta(0), value=500, samples=9),
    "what is waived fails more": lambda w: w.report("help-desk-volume", age=dt.timedelta(0), value=95, samples=9),
    "a run brings cases that are not critical": lambda w: w.run(
        "run-9", lines=making.merge_lines(9000, 100), age=dt.timedelta(0)
    ),
    "a run that is not counted is recalled": lambda w: (
        w.run("run-9", lines=making.merge_lines(9000, 100), age=dt.timedelta(0)),
        recalls.recall(run=Run.objects.get(run_id="run-9"), reason="Too early.", by=w.omar),
    ),
    "a case is claimed": lambda w: cases.claim(case=w.medium(), by=w.ana),
    "a case is decided": lambda w: w.decide_case(w.medium()),
    "a case is deferred": lambda w: w.decide_case(
        w.medium(), "DEFER", reason="identifier_missing", until=timezone.now() + DAY
    ),
    "a decision is undone": lambda w: w.undo(w.medium()),
    "another wave has a critical exception": lambda w: w.elsewhere(),
    "a risk is said in other words": lambda w: risks.edit(
        risk=w.high, said=w.risk_said(title="In other words"), by=w.sam
    ),
    "a risk is reviewed": lambda w: risks.review(risk=w.high, note="Still right.", by=w.sam),
    "a risk is rated as before": lambda w: w.rate(w.asked_of_board, TWO),
    "a risk is rated lower": lambda w: w.rate(w.asked_of_board, ONE),
    "a risk is closed": lambda w: risks.close(risk=w.asked_of_board, reason="It is over.", by=w.sam),
    "an acceptance is asked for": lambda w: w.accept(w.asked_of_board, 10, grant=False),
    "a waiver is requested and refused": lambda w: actions.decide_waiver(
        waiver=w.ask_waiver_of_failing(), granted=False, reason="No.", by=w.bo
    ),
    "the rollback is rehearsed again": lambda w: w.rehearse(),
    "it is attested once more": lambda w: w.say_again(),
    "a control is tested once more": lambda w: w.control("access-review", timezone.now()),
    "someone has another name": lambda w: User.objects.filter(pk=w.bo.pk).update(
        name="Another Name", email="bo-elsewhere@hospital.test"
    ),
    "someone who holds no seat loses a role": lambda w: people.revoke_role(grant=w.other_grant, by=w.ada),
    "someone who has not signed is shut out": lambda w: people.deactivate(user=w.theo, by=w.ada),
    "someone is given a role": lambda w: people.grant_role(user=w.ana, role="board", by=w.ada),
    "a queue is renamed": lambda w: type(w.queue).objects.filter(pk=w.queue.pk).update(name="Other"),
    "a gate of another phase is made": lambda w: actions.make_gates(
        subject=of_wave(w.wave), phases=["consent"], by=w.sam
    )[0],
    "another vote is cast": lambda w: w.vote(w.package, w.nora),
}

#: What time ends: how long after the sealing, the code of the change, and what it names.
LAPSES: dict[str, tuple[dt.timedelta, str, str]] = {
    "the window has no reading any longer": (24 * HOUR, "criterion-left", "chart-open-p95"),
    "a ratio is stale": (49 * HOUR, "criterion-left", "login-success"),
    "a count is stale": (73 * HOUR, "criterion-left", "critical-open"),
    "a restore lies too far back": (28 * DAY, "criterion-left", "restore-test"),
    "the rehearsal lies too far back": (31 * DAY, "criterion-left", "rollback-rehearsed"),
    "an attestation is too old": (31 * DAY, "criterion-left", "downtime-procedures"),
    "a control's test is too old": (91 * DAY, "criterion-left", "access-review"),
    "a waiver has run out": (20 * DAY + HOUR, "waiver-ended", ""),
    "an acceptance has run out": (40 * DAY + HOUR, "acceptance-ended", ""),
}


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Any) -> World:
    """The gate with all that it rests on, polled by two."""
    settings.PACKAGE_ROOT = tmp_path / "store"
    settings.INBOX_ROOT = tmp_path / "inbox"
    settings.INBOX_ROOT.mkdir()
    made = World(tmp_path / "made")
    made.facts()
    made.set_up()
    return made


def ended(world: World) -> Supersession | None:
    return Supersession.objects.filter(package=world.package).first()


def tried(world: World, changes: dict[str, Change], look: Callable[[str], str]) -> list[str]:
    """Make each change on its own; what ``look`` has against it afterwards."""
    problems = []
    for name, change in changes.items():
        point = transaction.savepoint()
        try:
            change(world)
        except Refusal as refusal:
            problems.append(f"{name}: refused ({refusal.sentence})")
        else:
            problems += [f"{name}: {problem}" for problem in [look(name)] if problem]
        transaction.savepoint_rollback(point)
        for person in (world.bo, world.mira, world.theo, world.ana):
            world.forget(person)
    return problems


def test_every_material_change_supersedes_in_its_transaction(world: World) -> None:
    assert len(MATERIAL) >= 20

    def look(name: str) -> str:
        row = ended(world)
        if row is None:
            return "the signatures still stand"
        if world.fresh_wave().guarded_at is not None:
            return "the wave is still guarded"
        told = set(
            Notice.objects.filter(kind="gate.superseded", subject=world.gate_.ref).values_list("to_id", flat=True)
        )
        missing = {world.bo.pk, world.mira.pk, world.sam.pk} - told - ({world.bo.pk} if "shut out" in name else set())
        if missing:
            return f"no one told {missing}"
        logged = LogEntry.objects.filter(verb="gate.superseded", subject=world.gate_.ref).count()
        return "" if logged == 1 and row.changes else f"logged {logged} times, changes {row.changes}"

    assert tried(world, MATERIAL, look) == []


def test_nothing_cosmetic_withdraws_a_signature(world: World) -> None:
    assert len(COSMETIC) >= 10

    def look(name: str) -> str:
        row = ended(world)
        if row is not None:
            return f"withdrawn: {row.changes}"
        found = world.standing(world.gate_)
        return "" if found.live and not found.material else f"does not stand: {found.material}"

    assert tried(world, COSMETIC, look) == []


@pytest.mark.parametrize("name", LAPSES)
def test_what_time_ends_is_seen_at_reading_without_any_scheduler(world: World, name: str) -> None:
    after, code, about = LAPSES[name]
    titles = dict(world.gate_.criteria.values_list("code", "title"))
    about = titles.get(about, about)  # people know a criterion by its title
    with time_machine.travel(timezone.now() + after, tick=False):
        found = world.standing(world.gate_)
        seen = [change for change in found.material if change.code == code and about in change.sentence]
        assert seen, [change.sentence for change in found.material]
        assert not found.live
        assert found.state == GateState.SUPERSEDED
        with pytest.raises(Refusal):
            world.vote(world.package, world.nora)
    assert ended(world) is None
    assert world.standing(world.gate_).live
