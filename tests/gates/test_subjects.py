"""A gate on a subject that is no wave: a system to retire, with criteria, a sealed package, a vote and a start."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.audit import log
from console.errors import Denied, Invalid, Missing
from console.fact_changes import Cause
from console.sealing import key
from governance.gates import actions, lookup, standard
from governance.gates.actions import maintenance
from governance.gates.models import ControlTest, Gate, Kind, Supersession
from governance.gates.offline.verify_decision import report, verify
from governance.gates.packages import export
from governance.gates.queries import lanes
from governance.gates.rules import GateState
from governance.gates.templates import OPERATIONAL, How, Template, attested, control
from governance.measures import builtin
from governance.measures.builtin import Series
from governance.measures.models import Direction, Unit
from governance.measures.readings import Reading
from governance.subjects import Subject, SubjectKind, find, kinds
from governance.subjects import locks as subject_locks
from tests import factories
from tests.gates.stage import Stage

RETIRE = Template(
    "retire",
    1,
    "Retirement of a system",
    (
        attested(
            "read-only",
            "System is read-only",
            "Nothing is written after the archive was taken.",
            "The system accepts no writes.",
            days=30,
            domain=OPERATIONAL,
        ),
        control("archive", "Archive is readable", "Records must stay readable.", days=30),
    ),
    quorum=3,
    go_needed=3,
    freezes=True,
)


class SystemCause(Cause):
    USERS_COUNTED = "users_counted"


class Systems:
    """The systems of this test, in memory: on which waves each rests, and how many users it still has."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.waves, self.users = stage, [stage.wave], 0

    def load(self, keys: Any) -> dict[int, Subject]:
        waves = tuple(type(wave).objects.get(pk=wave.pk) for wave in self.waves)
        return {key: Subject("system", key, f"SYS-{key}", "Old PAS", waves) for key in keys if key == 7}

    def resting_on(self, waves: Any) -> list[int]:
        return [7] if {wave.pk for wave in self.waves} & set(waves) else []

    def read(self, asked: Sequence[Series], now: dt.datetime) -> list[Reading]:
        value = Fraction(self.users)
        return [Reading("active-users", value=value, samples=1, as_of=now, source="concord") for _ in asked]


@pytest.fixture(params=["on a wave", "on no wave"])
def systems(request: Any, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systems]:
    made = Systems(stage)
    if request.param == "on no wave":
        made.waves = []
    for register, name in ((kinds, "_kinds"), (standard, "_of_kinds")):
        monkeypatch.setattr(register, name, dict(getattr(register, name)))
    kinds.register(SubjectKind("system", "system", made.load, made.resting_on, lambda subject: "/"))
    standard.register("system", [RETIRE])
    measure = builtin.BuiltIn("active-users", "Active users", "", Unit.COUNT, Direction.LOWER, made.read)
    with builtin.BUILT_IN.holding(dataclasses.replace(measure, kinds=frozenset({"system"}))):
        yield made


@pytest.fixture
def gate(systems: Systems, stage: Stage) -> Gate:
    """The gate of the system with its board, its criteria satisfied, and a measure of the system among them."""
    subject = find("system", 7)
    gate = actions.make_gates(subject=subject, phases=["retire"], by=stage.sam)[0]
    stage.seat(gate, freezes=True)
    how = How(Kind.COUNT_IS_ZERO, measure="active-users")
    actions.add_criterion(gate=gate, code="users", title="Active users", how=how, reason="So.", by=stage.sam)
    attested_to = gate.criteria.get(code="read-only")
    actions.attest(criterion=attested_to, seen=1, by=stage.sam)
    now = timezone.now()
    actions.record_control_test(
        subject=subject,
        control=gate.criteria.get(code="archive").versions.get().subject,
        method="test",
        satisfied=True,
        finding="Read.",
        evidence="Folder 7.",
        population=10,
        sample=2,
        period_from=now.date(),
        period_to=now.date(),
        tested_at=now,
        by=stage.omar,
    )
    return Gate.objects.get(pk=gate.pk)


def test_it_is_sealed_voted_on_decided_and_started(stage: Stage, systems: Systems, gate: Gate) -> None:
    assert (gate.subject_kind, gate.subject_id, gate.wave_id) == ("system", 7, None)
    assert ControlTest.objects.filter(subject_kind="system", subject_id=7, wave=None).count() == 1
    package, decision = stage.gone(gate)
    assert stage.fresh_wave().guarded_at is not None if systems.waves else stage.fresh_wave().guarded_at is None
    assert bool(stage.fresh_wave().frozen_at) == bool(systems.waves)
    assert decision.signature.meaning.endswith(f"{gate.ref} Retirement of a system of Old PAS, turn 1.")
    done = actions.begin(package=package, seen=package.digest, by=stage.omar)
    assert done.passed, done.findings
    assert stage.standing(gate).state == GateState.BEGUN
    assert stage.fresh_wave().guarded_at is None
    assert stage.fresh_wave().frozen_at is None


def test_a_change_of_its_own_facts_invalidates_what_was_signed(stage: Stage, systems: Systems, gate: Gate) -> None:
    package = stage.polled(gate)
    with log.transaction(by=stage.sam, purpose="test"):
        subject_locks.lock_shared(gate.subject)
        systems.users = 3
        subject_locks.publish(SystemCause.USERS_COUNTED, gate.subject, by=stage.sam)
    ended = Supersession.objects.get(package=package)
    assert ended.cause == "users_counted"
    assert [change["code"] for change in ended.changes] == ["criterion-left"]
    assert stage.fresh_wave().guarded_at is None


def test_a_change_of_its_waves_reaches_it(stage: Stage, systems: Systems, gate: Gate) -> None:
    package = stage.polled(gate)
    stage.run("run-2", lines=[stage.critical(5000)])
    assert Supersession.objects.filter(package=package).exists() == bool(systems.waves)


def test_its_decision_verifies_offline_and_names_it(stage: Stage, gate: Gate) -> None:
    package, _ = stage.gone(gate)
    file = export.document(package, by=stage.sam, now=timezone.now())
    said = verify(file, key.public_key())
    assert "system Old PAS, round 1" in next(report(said))
    assert json.loads(package.document)["wave"]["kind"] == "system"


def test_it_is_seen_and_prepared_with_permission_only(stage: Stage, systems: Systems, gate: Gate) -> None:
    subject, stranger = gate.subject, factories.make_user("stranger")
    assert lanes(stranger, [subject]) == []
    assert [lane.title for one in lanes(stage.bo, [subject]) for lane in one.lanes] == ["Retirement of a system"]
    with pytest.raises(Missing):
        lookup.gate_for(stranger, gate.ref)
    with pytest.raises(Denied):
        actions.make_gates(subject=subject, by=stranger)
    with pytest.raises(Invalid):
        actions.make_gates(subject=subject, phases=["cutover"], by=stage.sam)[0]


def test_its_pages_and_api_answer(stage: Stage, systems: Systems, gate: Gate, client: Client) -> None:
    client.force_login(stage.sam)
    for address in (
        reverse("gates:gate", args=[gate.ref]),
        reverse("gates:subject-gates", args=["system", 7]),
        reverse("gates:gates"),
        reverse("gates:criterion", args=[gate.ref, "users"]),
        reverse("gates:criterion", args=[gate.ref, "archive"]),
        reverse("gates:seal", args=[gate.ref]),
    ):
        response = client.get(address)
        assert response.status_code == 200, address
        assert "Old PAS" in response.content.decode(), address
    assert client.get(reverse("gates:subject-gates", args=["system", 8])).status_code == 404
    assert client.get(reverse("gates:subject-gates", args=["nothing", 7])).status_code == 404


def test_time_ends_its_packages_too(stage: Stage, gate: Gate) -> None:
    package = stage.polled(gate)
    later = package.closes_at + dt.timedelta(days=2)
    assert maintenance.sweep(by=stage.sam, now=later) == 1
    assert Supersession.objects.get(package=package).cause in ("lapsed", "stale")


def test_the_database_holds_kind_and_wave_together(stage: Stage, gate: Gate) -> None:
    for statement in (
        "UPDATE gates_gate SET wave_id = %s WHERE id = %s",
        "UPDATE gates_gate SET subject_kind = 'wave', subject_id = %s WHERE id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [stage.wave.pk, gate.pk])
