"""Cases follow records that a run replaced, with their decisions; a recall of the run takes them back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Stale
from console.people.models import User
from console.people.queries import system
from tests import factories
from tests.intake import making
from tests.intake.test_examined import BOTH, EPR, PAS, population, said, take_in
from tests.intake.test_proof_and_recall import release
from triage.cases import actions as cases
from triage.cases import sequencer
from triage.cases.keys import record_key
from triage.cases.models import Case, HeldRecord, Proof, Replacement, State, Why
from triage.intake import actions, loader
from triage.merges import consistency
from triage.merges.models import KeptApart, LinkedPair
from triage.runs.models import Run

pytestmark = pytest.mark.django_db

H2 = (PAS, "rec-10b")


@pytest.fixture(autouse=True)
def _world(db: None) -> None:
    making.world()


def replaced(new: tuple[str, str], old: tuple[str, str]) -> dict[str, Any]:
    """A population line: ``new`` replaces ``old``."""
    return population(new)[0] | {"replaces": population(old)[0]}


def pair(left: tuple[str, str], right: tuple[str, str], number: str = "") -> dict[str, Any]:
    """A line about two records that are otherwise those of ``factories.merge_line``."""
    line = factories.merge_line(10, 11, id=number or f"{left[1]}/{right[1]}")
    for record, (where, name) in zip(line["records"], (left, right), strict=True):
        record |= {"system": where, "id": name}
    return line


def keys(*records: tuple[str, str]) -> list[int]:
    return sorted(record_key(where, number) for where, number in records)


@pytest.fixture
def decided(tmp_path: Path, ana: User) -> Case:
    """LEGACY-PAS rec-10 and CLINIC-EPR rec-11, NO_MATCH, released at position 1."""
    take_in(tmp_path, "run-1", lines=[pair(*BOTH)])
    case = Case.objects.get()
    release(case, "NO_MATCH", 1, ana)
    return case


def renumbered(root: Path, run_id: str = "run-2", applied: int = 1, **changes: Any) -> Run:
    """A run in which H2 replaces rec-10, and reports nothing unless told so."""
    given = {"lines": [], "listed": [replaced(H2, BOTH[0]), *population(BOTH[1])]} | changes
    return take_in(root, run_id, **given, **said(PAS, EPR, complete=True, decisions_applied=applied))


def test_a_case_follows_its_record_and_is_not_proved_by_that_run(tmp_path: Path, decided: Case) -> None:
    run = renumbered(tmp_path)
    decided.refresh_from_db()
    assert (decided.state, decided.record_keys, decided.decision.verdict) == (
        State.RELEASED,
        keys(H2, BOTH[1]),
        "NO_MATCH",
    )
    assert (run.verified, run.notes) == (0, ["1 case follows records that this run replaced."])
    kept = Proof.objects.get()
    assert (kept.record_keys, kept.causes) == (keys(H2), [Why.REPLACED])
    entry = LogEntry.objects.get(verb="run.populated")
    assert entry.facts == {
        "run": "run-2", "records": 2, "moved": 1, "stayed": 0, "first": decided.pk, "last": decided.pk,
    }  # fmt: skip
    later = take_in(tmp_path, "run-3", listed=population(H2, BOTH[1]), **said(PAS, EPR, complete=True))
    decided.refresh_from_db()
    assert (later.verified, decided.verified_run) == (1, later)


def test_what_is_reported_under_the_new_number_is_remembered(tmp_path: Path, decided: Case) -> None:
    run = renumbered(tmp_path, lines=[pair(H2, BOTH[1])])
    decided.refresh_from_db()
    assert (run.known, run.opened, run.reopened) == (1, 0, 0)
    assert (Case.objects.count(), decided.state) == (1, State.RELEASED)


def test_other_evidence_under_the_new_number_reopens(tmp_path: Path, decided: Case) -> None:
    changed = pair(H2, BOTH[1])
    changed["records"][0]["fields"]["family"] = "Byaruhanga"
    run = renumbered(tmp_path, lines=[changed])
    assert (run.reopened, Case.objects.get().state) == (1, State.OPEN)


def test_without_replaces_it_stays_unproved_and_a_new_case_opens(tmp_path: Path, decided: Case) -> None:
    listed, lines = population(H2, BOTH[1]), [pair(H2, BOTH[1])]
    run = take_in(tmp_path, lines=lines, listed=listed, **said(PAS, EPR, complete=True))
    assert (run.opened, run.verified) == (1, 0)
    assert (Proof.objects.get().record_keys, Proof.objects.get().causes) == (keys(BOTH[0]), [Why.VANISHED])


def test_an_open_and_a_claimed_case_follow_with_what_the_claim_holds(tmp_path: Path, ana: User) -> None:
    take_in(tmp_path, "run-1", lines=[pair(*BOTH)])
    cases.claim(case=Case.objects.get(), by=ana)
    renumbered(tmp_path, applied=0)
    case = Case.objects.get()
    assert (case.state, case.record_keys) == (State.CLAIMED, keys(H2, BOTH[1]))
    assert sorted(HeldRecord.objects.values_list("record_key", flat=True)) == keys(H2, BOTH[1])


def test_a_chain_over_runs_is_followed_although_nothing_is_reported(tmp_path: Path, decided: Case) -> None:
    renumbered(tmp_path)
    listed = [replaced((PAS, "rec-10c"), H2), *population(BOTH[1])]
    take_in(tmp_path, "run-3", listed=listed, **said(PAS, EPR, complete=True))
    decided.refresh_from_db()
    assert decided.record_keys == keys((PAS, "rec-10c"), BOTH[1])
    run = take_in(tmp_path, "run-4", lines=[pair((PAS, "rec-10c"), BOTH[1])], **said(PAS, EPR, complete=True))
    assert (run.known, run.opened, run.reopened) == (1, 0, 0), "the same evidence, twice renumbered"


def test_all_numbers_move_at_once(tmp_path: Path, ana: User) -> None:
    """A system that renumbers its records by one: each case moves once, into the place that another one leaves."""
    names = [(PAS, str(number)) for number in range(1, 6)]
    lines = [pair(name, BOTH[1]) for name in names]
    take_in(tmp_path, "run-1", lines=lines[:4])
    before = {case.pk: case.record_keys for case in Case.objects.all()}
    listed = [*(replaced(names[n + 1], names[n]) for n in range(4)), *population(BOTH[1])]
    run = take_in(
        tmp_path, "run-2", lines=lines[1:], listed=listed, **said(PAS, EPR, complete=True, decisions_applied=0)
    )
    assert (run.known, run.opened, Case.objects.count()) == (4, 0, 4)
    moves = {tuple(keys(names[n], BOTH[1])): keys(names[n + 1], BOTH[1]) for n in range(4)}
    assert {case.pk: case.record_keys for case in Case.objects.all()} == {
        number: moves[tuple(old)] for number, old in before.items()
    }


def test_two_records_that_change_places(tmp_path: Path, decided: Case) -> None:
    other = (PAS, "rec-20")
    take_in(tmp_path, "run-2", lines=[pair(other, BOTH[1])])
    second = Case.objects.exclude(pk=decided.pk).get()
    listed = [replaced(other, BOTH[0]), replaced(BOTH[0], other), *population(BOTH[1])]
    take_in(tmp_path, "run-3", listed=listed, **said(PAS, EPR, complete=True))
    decided.refresh_from_db()
    second.refresh_from_db()
    assert (decided.record_keys, second.record_keys) == (keys(other, BOTH[1]), keys(BOTH[0], BOTH[1]))


OTHER = (PAS, "rec-20")
STAYS = {
    "a case of the new pair is there": ([pair(H2, BOTH[1])], [replaced(H2, BOTH[0])], 1),
    "two cases would become one": (
        [pair(OTHER, BOTH[1])], [replaced(H2, BOTH[0]), replaced(H2, OTHER)], 2,
    ),
    "the pair would become one record": ([], [replaced(H2, BOTH[0]), replaced(H2, BOTH[1])], 1),
    "two records replace one": ([], [replaced(H2, BOTH[0]), replaced(OTHER, BOTH[0])], 1),
    "the place is taken by a case that cannot move either": (
        [pair(H2, BOTH[1]), pair(OTHER, BOTH[1])], [replaced(H2, BOTH[0]), replaced(OTHER, H2)], 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STAYS)
def test_nothing_moves_where_two_cases_would_be_one(tmp_path: Path, decided: Case, name: str) -> None:
    beside, listed, stayed = STAYS[name]
    take_in(tmp_path, "run-1b", lines=beside)
    before = dict(Case.objects.values_list("pk", "fingerprint"))
    listed = [*listed, *population(BOTH[1], H2)]
    run = take_in(tmp_path, listed=listed, **said(PAS, EPR, complete=True))
    assert dict(Case.objects.values_list("pk", "fingerprint")) == before
    (note,) = run.notes
    assert note.startswith(
        f"{stayed} case{'s' if stayed > 1 else ''} about records that this run replaced did not follow"
    )
    assert (run.verified, Case.objects.get(pk=decided.pk).state) == (0, State.RELEASED)
    assert Proof.objects.get(case=decided).causes[:1] == [Why.REPLACED]


def test_a_recall_takes_the_cases_back(tmp_path: Path, decided: Case, omar: User) -> None:
    before = Case.objects.values("record_keys", "fingerprint", "evidence").get()
    run = renumbered(tmp_path, lines=[pair(H2, BOTH[1])])
    assert Case.objects.values("record_keys", "fingerprint", "evidence").get() != before
    actions.recall(run=run, reason="Wrong numbers.", by=omar)
    assert Case.objects.values("record_keys", "fingerprint", "evidence").get() == before
    assert not Replacement.objects.exists()
    assert not Proof.objects.exists()
    assert LogEntry.objects.get(verb="run.recalled").facts["moved_back"] == 1
    again = take_in(tmp_path, "run-3", lines=[pair(*BOTH)])
    assert (again.known, again.opened, again.reopened) == (1, 0, 0)


def test_a_recall_leaves_what_a_later_run_took_further(tmp_path: Path, decided: Case, omar: User) -> None:
    run = renumbered(tmp_path)
    listed = [replaced((PAS, "rec-10c"), H2), *population(BOTH[1])]
    take_in(tmp_path, "run-3", listed=listed, **said(PAS, EPR, complete=True))
    actions.recall(run=run, reason="Wrong numbers.", by=omar)
    decided.refresh_from_db()
    assert decided.record_keys == keys((PAS, "rec-10c"), BOTH[1])
    facts = LogEntry.objects.get(verb="run.recalled").facts
    assert (facts["moved_back"], facts["not_moved_back"]) == (0, 1)


def test_a_recall_leaves_a_case_whose_earlier_place_is_taken(tmp_path: Path, decided: Case, omar: User) -> None:
    run = renumbered(tmp_path)
    take_in(tmp_path, "run-3", lines=[pair(*BOTH)])
    assert Case.objects.count() == 2
    actions.recall(run=run, reason="Wrong numbers.", by=omar)
    decided.refresh_from_db()
    assert decided.record_keys == keys(H2, BOTH[1])


def test_a_recall_undoes_a_whole_renumbering(tmp_path: Path, omar: User) -> None:
    names = [(PAS, str(number)) for number in range(1, 6)]
    take_in(tmp_path, "run-1", lines=[pair(name, BOTH[1]) for name in names[:4]])
    before = dict(Case.objects.values_list("pk", "fingerprint"))
    listed = [*(replaced(names[n + 1], names[n]) for n in range(4)), *population(BOTH[1])]
    run = take_in(tmp_path, "run-2", listed=listed, **said(PAS, EPR, complete=True, decisions_applied=0))
    assert dict(Case.objects.values_list("pk", "fingerprint")) != before
    actions.recall(run=run, reason="Wrong numbers.", by=omar)
    assert dict(Case.objects.values_list("pk", "fingerprint")) == before


def test_a_retried_run_moves_cases_once(tmp_path: Path, decided: Case, omar: User) -> None:
    folder = tmp_path / "run-2"
    listed = [replaced(OTHER, BOTH[0]), replaced(BOTH[0], OTHER), *population(BOTH[1])]
    files = [making.lines_file(folder, []), making.lines_file(folder, listed, "p.ndjson", "population")]
    run = making.announce(making.manifest(folder, files, **said(PAS, EPR, complete=True))).run
    loader.check(run.pk)
    merges, population_file = run.files.order_by("pk")
    loader.load(population_file.pk)
    actions.fail(run_id=run.pk, problem="No space left.", by=omar)
    run.refresh_from_db()
    actions.retry(run=run, by=omar)
    loader.check(run.pk)
    assert loader.load(merges.pk)
    decided.refresh_from_db()
    assert decided.record_keys == keys(OTHER, BOTH[1])


@pytest.fixture
def settled(tmp_path: Path, ana: User) -> Case:
    """LEGACY-PAS rec-10 and CLINIC-EPR rec-11, NO_MATCH by the action itself, released."""
    take_in(tmp_path, "run-1", lines=[pair(*BOTH)])
    case = Case.objects.get()
    settle(case, "NO_MATCH", "namesakes", by=ana)
    sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))
    return Case.objects.get()


def settle(case: Case, verdict: str, reason: str, *, by: User) -> cases.Decided:
    cases.claim(case=case, by=by)
    return cases.decide(case=case, verdict=verdict, reason=reason, seen=case.revision, by=by)


def asserted() -> set[tuple[str, int, int]]:
    """Every pair in the ledger: linked or apart, of which records."""
    linked = {("linked", low, high) for low, high in LinkedPair.objects.values_list("low_key", "high_key")}
    return linked | {("apart", low, high) for low, high in KeptApart.objects.values_list("low_key", "high_key")}


def test_what_a_decision_asserts_follows_its_records_and_goes_back(tmp_path: Path, settled: Case, omar: User) -> None:
    before = asserted()
    assert before == {("apart", *keys(*BOTH))}
    run = renumbered(tmp_path)
    assert asserted() == {("apart", *keys(H2, BOTH[1]))}
    actions.recall(run=run, reason="Wrong numbers.", by=omar)
    assert asserted() == before
    assert not consistency.check().wrong


def test_a_contradiction_about_a_renumbered_record_is_seen(tmp_path: Path, settled: Case, ben: User) -> None:
    renumbered(tmp_path)
    third = (EPR, "rec-30")
    lines = [pair(H2, third), pair(third, BOTH[1])]
    take_in(tmp_path, "run-3", lines=lines)
    one, two = Case.objects.exclude(pk=settled.pk).order_by("pk")
    settle(one, "LINK", "identifiers_agree", by=ben)
    with pytest.raises(Stale, match=f"contradicts {settled.ref} "):  # H2 and rec-11 are two people
        settle(two, "LINK", "identifiers_agree", by=ben)


def test_a_decision_that_would_contradict_others_is_left_out_and_listed(
    tmp_path: Path, settled: Case, ben: User
) -> None:
    """rec-10 and rec-11 are two people; H2 and rec-11 one: then H2 cannot be rec-10."""
    third = (EPR, "rec-30")
    lines = [pair(H2, third), pair(third, BOTH[1])]
    take_in(tmp_path, "run-2", lines=lines)
    for case in Case.objects.exclude(pk=settled.pk).order_by("pk"):
        settle(case, "LINK", "identifiers_agree", by=ben)
    renumbered(tmp_path, "run-3")
    found = consistency.check()
    assert ([one.decision for one in found.left_out], found.wrong) == ([settled.decision_id], [])
