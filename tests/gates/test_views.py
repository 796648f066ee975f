"""The views that prepare and advance gates: each shows its form, does one act, or gives the reason why not."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client
from django.utils import timezone

from console.people.models import User
from governance.gates import actions
from governance.gates.models import Attestation, Consolidation, ControlTest, Gate, Supersession, Waiver
from governance.measures import bounds
from governance.subjects import of_wave
from tests.gates.stage import DAY, PROOF, Stage


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="console.people.backends.ScopedPermissions")
    return client


def _says(response: Any, *sentences: str) -> None:
    text = response.content.decode()
    for sentence in sentences:
        assert sentence in text, sentence


def test_a_steward_makes_the_gates_of_a_wave(stage: Stage) -> None:
    done = _as(stage.sam).post("/waves/wave-1/gates/make/")
    assert done.status_code == 302
    assert Gate.objects.filter(wave=stage.wave).count() == 9
    assert _as(stage.bo).post("/waves/wave-1/gates/make/").status_code == 403


def test_words_are_changed_without_a_new_version(stage: Stage) -> None:
    gate = stage.gate("scope")
    criterion = gate.criteria.first()
    assert criterion is not None
    address = f"/gates/{gate.ref}/criteria/{criterion.code}/reword/"
    client = _as(stage.sam)
    _says(client.get(address), "does not affect signatures")
    client.post(address, {"title": "In other words", "why": "", "order": 5, "owner": stage.omar.pk})
    criterion.refresh_from_db()
    assert (criterion.title, criterion.owner, criterion.versions.count()) == ("In other words", stage.omar, 1)
    assert client.post(address, {"title": "", "order": 5}).status_code == 422


def test_a_threshold_is_changed_as_the_next_version(stage: Stage) -> None:
    gate = stage.gate("cutover")
    criterion = stage.criterion(gate, "rejected-lines")
    address = f"/gates/{gate.ref}/criteria/rejected-lines/change/"
    client = _as(stage.sam)
    shown = client.get(address)
    _says(shown, "Save as version 2", "invalidates its signatures")
    form = {name: value for name, value in shown.context["form"].initial.items() if value not in (None, False)}
    sent = client.post(address, form | {"threshold": "0.002", "reason": "The exporter writes headers twice."})
    assert sent.status_code == 302, sent.context["form"].errors
    assert [str(version.threshold) for version in criterion.versions.order_by("version")][1] == "0.002000"
    same = form | {"threshold": "0.002", "reason": "Once more."}
    assert client.post(address, same | {"seen": 2}).status_code == 422  # nothing would change
    late = client.post(address, same | {"threshold": "0.003"})
    assert late.status_code == 409, "the page showed version 1"
    assert (late.context["form"]["threshold"].value(), late.context["form"]["seen"].value()) == ("0.003", "2")
    assert criterion.versions.count() == 2


def test_a_criterion_is_added_and_retired(stage: Stage) -> None:
    gate = stage.gate("scope")
    client = _as(stage.sam)
    sent = client.post(
        f"/gates/{gate.ref}/criteria/add/",
        {
            "code": "wards-told",
            "title": "The wards are told",
            "kind": "attestation",
            "subject": "Every ward has been told.",
            "min_samples": 1,
            "max_age_hours": 24,
            "coverage": 100,
            "domain": "operational",
            "blocking": "on",
            "reason": "It was forgotten.",
        },
    )
    assert sent.status_code == 302, sent.context["form"].errors
    address = f"/gates/{gate.ref}/criteria/wards-told/retire/"
    _says(client.get(address), "Retire “The wards are told”")
    client.post(address, {"reason": "Told by the hospital's own post."})
    assert gate.criteria.get(code="wards-told").retired_at is not None


def _seats(*rows: dict[str, Any]) -> dict[str, Any]:
    form: dict[str, Any] = {"seats-TOTAL_FORMS": len(rows), "seats-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        form |= {f"seats-{number}-{name}": value for name, value in row.items()}
    return form


def test_the_board_is_seated(stage: Stage) -> None:
    gate = actions.make_gates(subject=of_wave(stage.wave), phases=["scope"], by=stage.sam)[0]
    address = f"/gates/{gate.ref}/policy/"
    client = _as(stage.sam)
    _says(client.get(address), "Chief information officer", "Seat 1")
    needs = {"quorum": 2, "go_needed": 2, "poll_hours": 72, "valid_hours": 168, "reason": "As agreed.", "seen": 0}
    chair = {
        "title": "Chief information officer",
        "code": "chair",
        "holder": stage.bo.pk,
        "chair": "on",
        "required": "on",
    }
    cmio = {"title": "Medical officer", "code": "cmio", "holder": stage.mira.pk, "vetoes": ["clinical"]}
    sent = client.post(address, needs | _seats(chair, cmio, {"title": ""}))
    assert sent.status_code == 302, (sent.context["form"].errors, sent.context["seats"].errors)
    policy = gate.policies.get()
    assert [(seat.code, seat.chair, seat.vetoes) for seat in policy.seats.all()] == [
        ("chair", True, []),
        ("cmio", False, ["clinical"]),
    ]
    _says(client.get(address), "This is version 1", "Medical officer")
    seats = _seats(chair, cmio | {"title": "As typed"}) | {"seats-INITIAL_FORMS": 2}
    late = client.post(address, needs | seats)
    assert late.status_code == 409, "the page showed a gate without a board"
    _says(late, "As typed")
    assert gate.policies.count() == 1


def test_a_board_that_could_decide_alone_is_refused_with_a_sentence(stage: Stage) -> None:
    gate = actions.make_gates(subject=of_wave(stage.wave), phases=["scope"], by=stage.sam)[0]
    client, address = _as(stage.sam), f"/gates/{gate.ref}/policy/"
    needs = {"quorum": 1, "go_needed": 2, "poll_hours": 72, "valid_hours": 168, "reason": "Quick.", "seen": 0}
    chair = {"title": "CIO", "code": "chair", "holder": stage.bo.pk, "chair": "on", "required": "on"}
    assert client.post(address, needs | _seats(chair)).status_code == 422
    refused = client.post(address, needs | {"quorum": 2} | _seats(chair))
    assert refused.status_code == 422
    assert not gate.policies.exists()
    nameless = client.post(address, needs | {"quorum": 2} | _seats(chair, {"title": "CMIO", "code": "cmio"}))
    _says(nameless, "Choose a member for this seat.")


def test_people_attest_and_take_it_back(stage: Stage) -> None:
    gate = stage.gate("scope")
    criterion = gate.criteria.filter(versions__kind="attestation").first()
    assert criterion is not None
    address = f"/gates/{gate.ref}/criteria/{criterion.code}/attest/"
    client = _as(stage.omar)
    _says(client.get(address), "You attest in your name", criterion.versions.get().subject)
    client.post(address, {"note": "Observation with my own eyes.", "seen": 1})
    said = Attestation.objects.get(criterion=criterion)
    back = f"/gates/{gate.ref}/attestations/{said.pk}/withdraw/"
    _says(client.get(back), said.statement)
    client.post(back, {"reason": "It was another wave."})
    said.refresh_from_db()
    assert said.withdrawn_because == "It was another wave."
    assert _as(stage.ana).get(address).status_code == 404


def test_only_attestations_are_attested(stage: Stage) -> None:
    gate = stage.gate("cutover")
    _says(_as(stage.omar).get(f"/gates/{gate.ref}/criteria/rejected-lines/attest/"), "is not an attestation criterion")
    _says(
        _as(stage.omar).get(f"/gates/{gate.ref}/criteria/rejected-lines/control-test/"),
        "is not a control-test criterion",
    )


def _tested(stage: Stage, gate: Gate, *, satisfied: str) -> str:
    criterion = gate.criteria.filter(versions__kind="control-test").first()
    assert criterion is not None
    today = timezone.now().date()
    sent = _as(stage.omar).post(
        f"/gates/{gate.ref}/criteria/{criterion.code}/control-test/",
        {
            "method": "test",
            "satisfied": satisfied,
            "finding": "Looked at twenty.",
            "evidence": "Folder 7.",
            "population": 100,
            "sample": 20,
            "period_from": today - dt.timedelta(days=7),
            "period_to": today,
            "tested_at": (timezone.now() - dt.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"),
        },
    )
    assert sent.status_code == 302, sent.context["form"].errors
    return criterion.code


def test_a_control_test_is_recorded_and_its_failure_waived_by_someone_else(stage: Stage) -> None:
    gate = stage.gate("access")
    code = _tested(stage, gate, satisfied="no")
    assert ControlTest.objects.get().satisfied is False
    address = f"/gates/{gate.ref}/criteria/{code}/waiver/"
    asking = _as(stage.omar)
    _says(asking.get(address), "with the veto for this domain decides")
    until = (timezone.now() + 3 * DAY).strftime("%Y-%m-%dT%H:%M")
    said = {"reason": "The tool comes.", "compensating_control": "Two people look.", "not_after": until, "seen": 1}
    assert asking.post(address, said | {"not_after": "2020-01-01T00:00"}).status_code == 422
    assert asking.post(address, said).status_code == 302
    waiver = Waiver.objects.get()
    decide = f"/gates/{gate.ref}/waivers/{waiver.pk}/decide/"
    assert asking.post(decide, {"granted": "yes", "reason": "Mine."}).status_code == 403
    approver = next(
        person
        for person in (stage.bo, stage.mira, stage.paul)
        if _as(person).post(decide, {"granted": "yes", "reason": "It makes up for it."}).status_code == 302
    )
    waiver.refresh_from_db()
    assert (waiver.granted, waiver.decided_by) == (True, approver)
    revoke = f"/gates/{gate.ref}/waivers/{waiver.pk}/revoke/"
    _says(_as(approver).get(revoke), "blocks immediately")
    assert _as(approver).post(revoke, {"reason": "The tool is there."}).status_code == 302


def test_a_gate_is_sealed_withdrawn_and_sealed_again(stage: Stage) -> None:
    gate = stage.gate("scope")
    client = _as(stage.sam)
    _says(client.get(f"/gates/{gate.ref}/seal/"), "You cannot vote GO on a package you sealed.")
    assert client.post(f"/gates/{gate.ref}/seal/", {"seen": "now"}).status_code == 302
    again = client.post(f"/gates/{gate.ref}/seal/", {"seen": "now"})
    assert again.status_code == 409
    withdraw = f"/gates/{gate.ref}/withdraw/"
    _says(client.get(withdraw), "Withdraw round 1")
    client.post(withdraw, {"reason": "The wrong day."})
    assert Supersession.objects.get().cause == "withdrawn"
    assert _as(stage.bo).post(f"/gates/{gate.ref}/seal/", {"seen": "now"}).status_code == 403


def test_the_chair_ends_the_poll_and_an_operator_begins(stage: Stage) -> None:
    gate = stage.gate("scope")
    stage.say(gate)
    package = stage.polled(gate)
    chair = _as(stage.bo)
    _says(chair.get(f"/gates/{gate.ref}/consolidate/"), "no one can vote after this")
    assert _as(stage.mira).post(f"/gates/{gate.ref}/consolidate/", {"seen": package.digest}).status_code == 403
    assert chair.post(f"/gates/{gate.ref}/consolidate/", {"seen": package.digest}).status_code == 302
    assert Consolidation.objects.filter(package=package).exists()
    actions.decide(package=package, outcome="go", seen=package.digest, proof=PROOF, by=stage.bo)
    begin = f"/gates/{gate.ref}/begin/"
    operator = _as(stage.omar)
    _says(operator.get(begin), "are checked again now")
    assert operator.post(begin, {"seen": "0" * 64}).status_code == 409
    assert operator.post(begin, {"seen": package.digest}).status_code == 302
    assert package.revalidation.passed


def test_t_zero_that_does_not_hold_says_so(stage: Stage) -> None:
    gate = stage.gate("scope")
    stage.say(gate)
    asked = actions.Asked("The wards are told.", stage.omar, timezone.now() + DAY)
    package = actions.seal(gate=gate, by=stage.sam)
    stage.vote(package, stage.bo, "go-with-conditions", conditions=[asked])
    for person in (stage.mira, stage.nora, stage.paul):
        stage.vote(package, person)
    actions.consolidate(package=package, by=stage.bo)
    stage.decide(package, "go-with-conditions")
    sent = _as(stage.omar).post(f"/gates/{gate.ref}/begin/", {"seen": package.digest})
    assert sent.status_code == 302
    assert not package.revalidation.passed
    assert "not met" in " ".join(package.revalidation.findings)


def test_who_set_a_condition_confirms_it(stage: Stage) -> None:
    gate = stage.gate("scope")
    stage.say(gate)
    package = actions.seal(gate=gate, by=stage.sam)
    asked = actions.Asked("The wards are told.", stage.omar, timezone.now() + DAY)
    ballot = stage.vote(package, stage.bo, "go-with-conditions", conditions=[asked]).ballot
    condition = ballot.conditions.get()
    address = f"/gates/{gate.ref}/conditions/{condition.pk}/met/"
    _says(_as(stage.bo).get(address), "The wards are told.")
    assert _as(stage.mira).post(address, {"note": ""}).status_code == 403
    assert _as(stage.bo).post(address, {"note": "Told at noon."}).status_code == 302
    condition.refresh_from_db()
    assert condition.met_by == stage.bo


def test_addresses_of_other_things_are_missing(stage: Stage) -> None:
    gate = stage.gate("scope")
    client = _as(stage.sam)
    for path in (
        "/gates/GATE-999999/seal/",
        "/gates/nonsense/seal/",
        f"/gates/{gate.ref}/withdraw/",
        f"/gates/{gate.ref}/criteria/nothing/reword/",
        f"/gates/{gate.ref}/waivers/1/decide/",
        f"/gates/{gate.ref}/attestations/1/withdraw/",
        f"/gates/{gate.ref}/conditions/1/met/",
    ):
        assert client.get(path).status_code == 404, path


def test_pages_of_measures_show_the_bound_that_a_gate_asks_for(stage: Stage) -> None:
    gate = stage.gate("cutover")
    asked = bounds.of(stage.wave)
    bound = asked["rejected-lines", ""]
    assert (bound.operator, str(bound.threshold), bound.asked_by) == ("le", "0.001000", gate.ref)
    assert bound.path == f"/gates/{gate.ref}/criteria/rejected-lines/"
    assert asked["critical-open", ""].threshold == 0


def test_the_page_shows_conditions_and_what_has_moved_since_it_was_sealed(stage: Stage) -> None:
    gate = stage.gate("scope")
    stage.say(gate)
    package = actions.seal(gate=gate, by=stage.sam)
    asked = actions.Asked("The wards are told.", stage.omar, timezone.now() + DAY)
    stage.vote(package, stage.bo, "go-with-conditions", conditions=[asked])
    for person in (stage.mira, stage.nora, stage.paul):
        stage.vote(package, person)
    blind = _as(stage.mira).get(f"/gates/{gate.ref}/").content.decode()
    assert "The wards are told." not in blind
    actions.consolidate(package=package, by=stage.bo)
    stage.run("run-2", lines=[])
    _says(_as(stage.mira).get(f"/gates/{gate.ref}/"), "The wards are told.", "A new run was loaded.")


def test_the_page_shows_the_course_of_a_measure(stage: Stage) -> None:
    gate = stage.gate("cutover")
    for hours, good in ((30, 9_900), (20, 9_930), (10, 9_960)):
        stage.report("login-success", age=hours * dt.timedelta(hours=1), numerator=good, denominator=10_000)
    _says(_as(stage.bo).get(f"/gates/{gate.ref}/"), "Required: at least 99%", "<svg")
