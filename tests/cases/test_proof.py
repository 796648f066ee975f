"""What a run may prove by silence, and what a recall undoes of it: a wrong "verified" would harm a patient."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Stale
from console.people.models import User
from console.people.queries import system
from tests import factories
from tests.cases.landing import SYSTEMS, Line, case_of, land
from tests.cases.test_arrivals import decide
from tests.intake import making
from triage.cases import actions, feed, queries, sequencer
from triage.cases.actions import outcomes, proving
from triage.cases.models import Case, Claim, HeldRecord, State
from triage.intake import actions as intake
from triage.runs.models import Run, RunFile, RunState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def queue(db: None) -> Any:
    making.world()
    return factories.make_queue("merges")


def text(response: HttpResponse) -> str:
    return response.content.decode()


def run_with(rejected: int = 0, *, kind: str = "merges", **fields: Any) -> Run:
    """A run that carried one file of this kind, so many lines of which were rejected."""
    run = factories.make_run(manifest=factories.examined(*SYSTEMS), **fields)
    add_file(run, rejected, kind)
    return run


def add_file(run: Run, rejected: int, kind: str = "merges") -> None:
    path = f"{kind}-{run.files.count()}.ndjson"
    RunFile.objects.create(run=run, path=path, kind=kind, rows=9, bytes=1, sha256="0" * 64, rejected=rejected)


def silent_run(*, rejected: int = 0) -> Run:
    """A run which had applied all that was released, and reports nothing."""
    return run_with(rejected, decisions_applied=queries.last_position())


def verified_by(ana: User, *names: str) -> Run:
    """Cases of these names that were opened, decided, and verified by the run that is given back."""
    land(factories.make_run(), *(Line(name) for name in names))
    for name in names:
        decide(name, ana)
    run = silent_run()
    assert proving.prove(run) == len(names)
    return run


def decide_all(ana: User) -> None:
    for case in Case.objects.filter(state=State.OPEN):
        actions.claim(case=case, by=ana)
        actions.decide(case=case, verdict="LINK", reason="other", seen=case.revision, by=ana)
    sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))


# Proof


def test_a_rejected_line_may_be_about_any_decided_case_so_nothing_is_proven(ana: User) -> None:
    land(factories.make_run(), Line("x"))
    decide("x", ana)
    spoilt = silent_run(rejected=0)
    add_file(spoilt, 1)
    assert proving.prove(spoilt) == 0
    (sentence,) = proving.reservations(spoilt)
    assert sentence.startswith("1 line of merges was rejected. ")
    assert "proves nothing about merges by silence" in sentence
    assert (case_of("x").state, case_of("x").verified_run) == (State.RELEASED, None)
    clean = silent_run()
    assert proving.prove(clean) == 1
    assert proving.reservations(clean) == []
    assert (case_of("x").state, case_of("x").verified_run) == (State.VERIFIED, clean)


def test_rejected_chart_excerpts_stand_in_no_proofs_way(ana: User) -> None:
    land(factories.make_run(), Line("x"))
    decide("x", ana)
    run = silent_run()
    add_file(run, 5, "records")
    assert proving.prove(run) == 1
    assert proving.reservations(run) == []


def test_a_run_that_applied_nothing_has_nothing_to_be_reserved_about() -> None:
    assert proving.reservations(run_with(3)) == []


def test_over_random_runs_nothing_is_verified_by_a_run_that_could_not_read_all(ana: User) -> None:
    """A few dictionaries and the database agree on who is verified, whatever was rejected and whatever was reported."""
    rng = random.Random(11)
    names = [f"case-{number}" for number in range(12)]
    land(factories.make_run(), *(Line(name) for name in names))
    verdicts = {name: rng.choice(["LINK", "NO_MATCH"]) for name in names}
    for name, verdict in verdicts.items():
        decide(name, ana, verdict)
    expected = dict.fromkeys(names, "released")
    whole = factories.examined(*SYSTEMS)
    positions = {item.decision.case_id: item.position for item in feed.page(0, 100).items}
    for _ in range(30):
        applied, rejects = rng.randrange(len(names) + 1), [rng.choice([0, 0, 1, 7]) for _ in range(rng.randrange(3))]
        run = factories.make_run(decisions_applied=applied, manifest=whole)
        for rejected in rejects:
            add_file(run, rejected)
        reported = {name for name in names if rng.random() < 0.6 and verdicts[name] == "NO_MATCH"}
        if reported:
            land(run, *(Line(name) for name in sorted(reported)))
        reads_all = bool(rejects) and not any(rejects)
        proven = [
            name
            for name in names
            if reads_all
            and name not in reported
            and expected[name] == "released"
            and positions[case_of(name).pk] <= applied
        ]
        assert proving.prove(run) == len(proven)
        assert proven == [] or reads_all
        expected |= dict.fromkeys(proven, "verified")
        assert {name: case_of(name).state for name in names} == expected
        assert not Case.objects.filter(verified_run__files__rejected__gt=0).exists()
    assert "verified" in expected.values(), "or the test would show nothing"


def test_the_run_and_its_page_say_why_it_proves_nothing(tmp_path: Path, ana: User, omar: User, client: Any) -> None:
    making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 2)))
    decide_all(ana)
    applied = queries.last_position()
    broken = making.package(tmp_path, "run-2", [b"{", *making.merge_lines(5, 1), b"no"], **making.looked(applied))
    run = making.take_in(broken)
    assert (run.state, run.rejected, run.verified) == (RunState.LOADED, 2, 0)
    client.force_login(omar)
    assert "2 lines of merges were rejected. A line that could not be read may be about a decided case" in text(
        client.get(f"/runs/{run.pk}/")
    )
    assert LogEntry.objects.get(verb="run.loaded", object_pk=str(run.pk)).facts["unproven"] == run.notes
    again = making.take_in(making.package(tmp_path, "run-3", making.merge_lines(5, 1), **making.looked(applied)))
    assert (again.rejected, again.verified, again.notes) == (0, 2, [])


# Recall


def test_a_recall_takes_back_what_the_run_had_verified(ana: User, omar: User, pipe: User) -> None:
    land(factories.make_run(), Line("acknowledged"), Line("released"))
    decide("acknowledged", ana)
    actions.acknowledge(source=factories.make_source(), through=queries.last_position(), by=pipe)
    decide("released", ana)
    run = silent_run()
    assert proving.prove(run) == 2
    other = verified_by(ana, "other")
    assert outcomes.preview(run).unverified == 2
    done = intake.recall(run=run, reason="It looked at half of the records.", by=omar)
    assert done == outcomes.Withdrawn(withdrawn=0, settled=0, known_elsewhere=0, unverified=2)
    assert {name: case_of(name).state for name in ("acknowledged", "released", "other")} == {
        "acknowledged": State.ACKNOWLEDGED,
        "released": State.RELEASED,
        "other": State.VERIFIED,
    }
    assert case_of("released").verified_run is None
    assert case_of("other").verified_run == other
    assert LogEntry.objects.get(verb="run.recalled").facts["unverified"] == 2
    assert outcomes.preview(run).unverified == 0
    assert proving.prove(silent_run()) == 2, "a later run verifies them again"


def test_an_acknowledgement_while_it_was_verified_is_not_forgotten(ana: User, omar: User, pipe: User) -> None:
    run = verified_by(ana, "x")
    actions.acknowledge(source=factories.make_source(), through=queries.last_position(), by=pipe)
    intake.recall(run=run, reason="Wrong records.", by=omar)
    assert case_of("x").state == State.ACKNOWLEDGED


def test_what_is_no_longer_verified_by_it_is_left_alone(ana: User, lena: User, omar: User) -> None:
    run = verified_by(ana, "reversed", "reopened", "again")
    actions.reverse(case=case_of("reversed"), reason="The paper record differs.", by=lena)
    land(factories.make_run(), Line("reopened", "b"), Line("again", "b"))
    decide("again", ana)
    later = silent_run()
    assert proving.prove(later) == 1
    assert intake.recall(run=run, reason="Wrong records.", by=omar).unverified == 0
    assert [case_of(name).state for name in ("reversed", "reopened", "again")] == ["open", "open", "verified"]
    assert [case_of(name).verified_run for name in ("reversed", "reopened", "again")] == [None, None, later]


def test_the_operator_sees_before_and_after_what_is_no_longer_verified(client: Any, ana: User, omar: User) -> None:
    run = verified_by(ana, "one", "two")
    client.force_login(omar)
    before = text(client.get(f"/runs/{run.pk}/recall/"))
    assert "No longer verified" in before
    after = client.post(f"/runs/{run.pk}/recall/", {"reason": "Wrong records."}, follow=True)
    assert f"{run.run_id} is recalled: 0 cases withdrawn, 2 cases no longer verified." in text(after)


def test_a_case_says_that_the_run_which_disputed_it_was_recalled(client: Any, ana: User, omar: User) -> None:
    lines = [factories.merge_line(), factories.merge_line()]
    land(factories.make_run(), Line("x", payload=lines[0]))
    decide("x", ana)
    run = factories.make_run()
    land(run, Line("x", "b", payload=lines[1]))
    client.force_login(ana)
    address = f"/cases/{case_of('x').ref}/"
    assert "has been recalled" not in text(client.get(address))
    intake.recall(run=run, reason="Wrong records.", by=omar)
    assert case_of("x").state == State.OPEN, "people look at it"
    page = text(client.get(address))
    assert f"Run {run.run_id}, which reopened this case, has been recalled." in page
    assert f"(run {run.run_id}, recalled since)" in page
    decide("x", ana)
    assert "which reopened this case" not in text(client.get(address))


def test_a_claim_on_what_a_recall_withdraws_ends_and_its_records_are_free(ana: User, ben: User, omar: User) -> None:
    run = factories.make_run()
    land(run, Line("x"))
    land(factories.make_run(), Line("y"))
    actions.claim(case=case_of("x"), by=ben)
    actions.claim(case=case_of("y"), by=ana)
    held = set(case_of("y").record_keys)
    assert intake.recall(run=run, reason="Wrong records.", by=omar).withdrawn == 1
    assert case_of("x").state == State.WITHDRAWN
    assert list(Claim.objects.values_list("case_id", flat=True)) == [case_of("y").pk]
    assert set(HeldRecord.objects.values_list("record_key", flat=True)) == held
    with pytest.raises(Stale):
        actions.decide(case=case_of("x"), verdict="LINK", reason="other", seen=1, by=ben)


# Several sources

PAS, LAB = "pas", "lab"


def report(source: str, *names: str, wave: str = "wave-1") -> Run:
    run = factories.make_run(source=factories.make_source(source), wave=factories.make_wave(wave))
    land(run, *(Line(name) for name in names))
    return run


def silent(source: str, wave: str = "wave-1") -> Run:
    run = run_with(
        source=factories.make_source(source),
        wave=factories.make_wave(wave),
        decisions_applied=queries.last_position(),
    )
    proving.prove(run)
    return run


@pytest.mark.parametrize(
    ("before", "since", "verified_by"),
    [
        ([PAS], [("silent", PAS)], 0),
        ([PAS, LAB], [("silent", PAS)], None),
        ([PAS, LAB], [("silent", LAB)], None),
        ([PAS, LAB], [("silent", PAS), ("silent", LAB)], 1),
        ([PAS, LAB], [("silent", PAS), ("silent", PAS), ("silent", PAS)], None),
        ([PAS, LAB], [("silent", PAS), ("report", PAS), ("silent", LAB)], None),
        ([PAS, LAB], [("silent", PAS), ("report", PAS), ("silent", LAB), ("silent", PAS)], 3),
        ([PAS, LAB], [("silent", PAS), ("report", LAB), ("silent", LAB)], 2),
        ([PAS], [("report", LAB), ("silent", PAS)], None),
        ([PAS], [("report", LAB), ("silent", PAS), ("silent", LAB)], 2),
        ([PAS, LAB, "maternity"], [("silent", LAB), ("silent", PAS)], None),
        ([PAS, LAB, "maternity"], [("silent", LAB), ("silent", PAS), ("silent", "maternity")], 2),
        ([PAS, "lab elsewhere"], [("silent", PAS)], 0),
    ],
)
def test_a_case_of_several_sources_is_verified_by_the_last_that_proves_it(
    ana: User, before: list[str], since: list[tuple[str, str]], verified_by: int | None
) -> None:
    for source in before:
        name, _, elsewhere = source.partition(" ")
        report(name, "x", wave="wave-2" if elsewhere else "wave-1")
    decide("x", ana, "NO_MATCH")
    runs = [silent(source) if verb == "silent" else report(source, "x") for verb, source in since]
    case = case_of("x")
    if verified_by is None:
        assert (case.state, case.verified_run) == (State.RELEASED, None)
    else:
        assert (case.state, case.verified_run) == (State.VERIFIED, runs[verified_by])


@pytest.mark.parametrize("recalled", [PAS, LAB])
def test_a_recall_takes_back_what_one_of_several_sources_proved(ana: User, omar: User, recalled: str) -> None:
    report(PAS, "x")
    report(LAB, "x")
    decide("x", ana, "NO_MATCH")
    runs = {PAS: silent(PAS), LAB: silent(LAB)}
    assert case_of("x").state == State.VERIFIED
    assert outcomes.preview(runs[recalled]).unverified == 1
    assert intake.recall(run=runs[recalled], reason="Wrong records.", by=omar).unverified == 1
    assert (case_of("x").state, case_of("x").verified_run) == (State.RELEASED, None)
    again = silent(recalled)
    assert (case_of("x").state, case_of("x").verified_run) == (State.VERIFIED, again), "what the other proved stays"


def test_a_proof_that_was_recalled_before_the_other_source_proved_counts_no_longer(ana: User, omar: User) -> None:
    report(PAS, "x")
    report(LAB, "x")
    decide("x", ana, "NO_MATCH")
    run = silent(PAS)
    intake.recall(run=run, reason="Wrong records.", by=omar)
    silent(LAB)
    assert case_of("x").state == State.RELEASED
    silent(PAS)
    assert case_of("x").state == State.VERIFIED


def test_the_case_says_which_source_has_not_proved_it(client: Any, ana: User) -> None:
    report(PAS, "x")
    decide("x", ana, "NO_MATCH")
    client.force_login(ana)
    address = f"/cases/{case_of('x').ref}/"
    assert "Reported by" not in text(client.get(address))
    report(LAB, "x")
    page = " ".join(text(client.get(address)).split())
    assert "Reported by Lab, Pas. Each must prove the decision." in page
    assert "still outstanding" not in page, "none has proved it"
    run = silent(PAS)
    page = " ".join(text(client.get(address)).split())
    assert f"<strong>Pas</strong> (run {run.run_id}); still outstanding: <strong>Lab</strong>." in page
    silent(LAB)
    assert "still outstanding" not in text(client.get(address))
