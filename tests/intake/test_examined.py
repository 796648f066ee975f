"""What a run proves by silence: only decisions about records that it says, or lists, that it examined."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from console.errors import Invalid
from console.people.models import User
from tests import factories
from tests.intake import making
from tests.intake.test_proof_and_recall import about, release
from triage.cases.keys import record_key
from triage.cases.models import Case, Proof, State
from triage.intake import actions, loader, packages, queries, tasks
from triage.runs.models import ExaminedRecord, Run, RunState

pytestmark = pytest.mark.django_db

PAS, EPR = "LEGACY-PAS", "CLINIC-EPR"


@pytest.fixture(autouse=True)
def _world(db: None) -> None:
    making.world()


@pytest.fixture
def decided(tmp_path: Path, ana: User) -> Case:
    """A pair, LEGACY-PAS rec-10 and CLINIC-EPR rec-11, of which NO_MATCH is released at position 1."""
    making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 1)))
    release(about(1), "NO_MATCH", 1, ana)
    return about(1)


def said(*systems: str, complete: bool, **changes: Any) -> dict[str, Any]:
    """Fields of a manifest of version 1.1 whose run had applied position 1."""
    manifest = {"format": "migration-run/1.1", "decisions_applied": 1} | factories.examined(*systems, complete=complete)
    return manifest | changes


def population(*records: tuple[str, str]) -> list[making.Line]:
    return [{"system": system, "id": number} for system, number in records]


def take_in(
    root: Path,
    run_id: str = "run-2",
    *,
    lines: list[making.Line] = (),  # type: ignore[assignment]
    listed: list[making.Line] | None = None,
    name: str = "population.ndjson",
    **manifest: Any,
) -> Run:
    """Take in a run of a merges file and, after it in the manifest, of a population file."""
    folder = root / run_id
    files = [making.lines_file(folder, lines)]
    if listed is not None:
        files.append(making.lines_file(folder, listed, name, "population"))
    return making.take_in(making.manifest(folder, files, **manifest))


BOTH = ((PAS, "rec-10"), (EPR, "rec-11"))
STATED = {
    "no statement": ({"decisions_applied": 1}, None, False),
    "every record of both systems": (said(PAS, EPR, complete=True), None, True),
    "every record of one of them": (said(PAS, complete=True), None, False),
    "another system": (said("LAB", complete=True), None, False),
    "some records, without saying which": (said(PAS, EPR, complete=False), None, False),
    "nothing applied": (said(PAS, EPR, complete=True, decisions_applied=0), None, False),
    "a list of both": (said(PAS, EPR, complete=False), population(*BOTH), True),
    "a list of one": (said(PAS, EPR, complete=False), population(BOTH[0]), False),
    "a list of one that claims to be whole": (said(PAS, EPR, complete=True), population(BOTH[0]), False),
    "a whole list": (said(PAS, EPR, complete=True), population(*BOTH), True),
    "an empty list": (said(PAS, EPR, complete=False), [], False),
    "an empty list that claims to be whole": (said(PAS, EPR, complete=True), [], False),
    "both, one of them twice": (said(PAS, EPR, complete=False), population(*BOTH, BOTH[0]), True),
    "both among others": (said(PAS, EPR, complete=False), population((PAS, "rec-9"), *BOTH, (EPR, "x")), True),
    "the same numbers in the other system": (
        said(PAS, EPR, complete=False), population((EPR, "rec-10"), (PAS, "rec-11")), False,
    ),
    "a list with a line that cannot be read": (said(PAS, EPR, complete=False), [*population(*BOTH), b"{"], False),
    "a list with a system that was not examined": (
        said(PAS, EPR, complete=False), population(*BOTH, ("LAB", "1")), False,
    ),
    "a shadow run": (said(PAS, EPR, complete=True, purpose="shadow"), None, False),
    "a rehearsal": (said(PAS, EPR, complete=True, purpose="rehearsal"), None, False),
    "a validation": (said(PAS, EPR, complete=True, purpose="validation"), None, False),
    "a delta": (said(PAS, EPR, complete=False, purpose="delta"), population(*BOTH), True),
    "live synchronisation": (said(PAS, EPR, complete=False, purpose="live"), population(*BOTH), True),
    "a full load": (said(PAS, EPR, complete=True, purpose="history"), None, True),
}  # fmt: skip


@pytest.mark.parametrize("name", STATED)
def test_a_decision_is_proved_only_when_all_of_its_records_were_examined(
    tmp_path: Path, decided: Case, name: str
) -> None:
    manifest, listed, proves = STATED[name]
    run = take_in(tmp_path, listed=listed, **manifest)
    decided.refresh_from_db()
    assert run.state == RunState.LOADED, run.problem
    assert (run.verified, decided.state) == ((1, State.VERIFIED) if proves else (0, State.RELEASED))
    assert decided.verified_run == (run if proves else None)
    assert not ExaminedRecord.objects.exists(), "what it examined is let go of once it has ended"


@pytest.mark.parametrize("name", ["population.ndjson", "population.ndjson.gz", "population.ndjson.zst"])
def test_a_population_may_be_compressed(tmp_path: Path, decided: Case, name: str) -> None:
    run = take_in(tmp_path, listed=population(*BOTH), name=name, **said(PAS, EPR, complete=False))
    assert (run.verified, run.lines) == (1, 2)


def test_another_source_proves_nothing_of_what_it_never_reported(tmp_path: Path, decided: Case) -> None:
    factories.make_source("lab")
    other = take_in(tmp_path, source="lab", **said(PAS, EPR, complete=True))
    assert (other.state, other.verified) == (RunState.LOADED, 0)
    assert take_in(tmp_path, "run-3", **said(PAS, EPR, complete=True)).verified == 1


def test_two_sources_in_a_wave_prove_their_own(tmp_path: Path, decided: Case, ana: User) -> None:
    factories.make_source("lab")
    line = factories.merge_line(50, 51)
    take_in(tmp_path, "lab-1", lines=[line], source="lab")
    release(about(5), "LINK", 2, ana)
    whole = said(PAS, EPR, complete=True, decisions_applied=2)
    own = take_in(tmp_path, "run-2", **whole)
    assert (own.verified, about(1).state, about(5).state) == (1, State.VERIFIED, State.RELEASED)
    lab = take_in(tmp_path, "lab-2", source="lab", **whole)
    assert (lab.verified, about(5).verified_run) == (1, lab)


def test_what_was_reported_is_not_proved_and_what_was_not_is(tmp_path: Path, decided: Case) -> None:
    run = take_in(tmp_path, lines=making.merge_lines(1, 1), **said(PAS, EPR, complete=True))
    assert (run.verified, run.known) == (0, 1)


UNPROVED = {
    "one of the two was not in the list": (
        said(PAS, EPR, complete=False), population(BOTH[1]), {"LEGACY-PAS rec-10": "absent"},
    ),
    "one vanished": (said(PAS, EPR, complete=True), population(BOTH[1]), {"LEGACY-PAS rec-10": "vanished"}),
    "both vanished": (
        said(PAS, EPR, complete=True), [], {"LEGACY-PAS rec-10": "vanished", "CLINIC-EPR rec-11": "vanished"},
    ),
    "one system was not examined": (said(PAS, complete=True), None, {"CLINIC-EPR rec-11": "absent"}),
    "a run that looked elsewhere": (said(PAS, EPR, complete=False), population((PAS, "rec-99")), None),
    "a run about another system": (said("LAB", complete=True), None, None),
}  # fmt: skip


@pytest.mark.parametrize("name", UNPROVED)
def test_it_is_kept_which_record_a_run_did_not_examine(tmp_path: Path, decided: Case, name: str) -> None:
    manifest, listed, missing = UNPROVED[name]
    run = take_in(tmp_path, listed=listed, **manifest)
    kept = Proof.objects.filter(case=decided).first()
    if missing is None:
        assert kept is None
        return
    assert kept is not None
    named = {key: word for word, key in zip(("LEGACY-PAS rec-10", "CLINIC-EPR rec-11"), _keys(), strict=True)}
    found = {named[key]: cause for key, cause in zip(kept.record_keys, kept.causes, strict=True)}
    assert (kept.run, found) == (run, missing)


def _keys() -> list[int]:
    return [record_key(system, number) for system, number in BOTH]


NOTES = {
    "no statement": ({"decisions_applied": 1}, None, "The manifest does not state which records the run examined"),
    "a rehearsal": (said(PAS, complete=True, purpose="rehearsal"), None, "The purpose of the run is “rehearsal”"),
    "a broken list": (said(PAS, complete=True), [b"{"], "1 line of population was rejected."),
    "no list": (said(PAS, EPR, complete=False), None, "some records of LEGACY-PAS and CLINIC-EPR were examined"),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_run_says_why_it_proves_nothing(tmp_path: Path, decided: Case, name: str) -> None:
    manifest, listed, sentence = NOTES[name]
    run = take_in(tmp_path, listed=listed, **manifest)
    (note,) = run.notes
    assert sentence in note
    assert note.endswith("so this run proves nothing by silence.")


def test_a_list_is_taken_in_before_all_other_files(tmp_path: Path, decided: Case) -> None:
    folder = tmp_path / "run-2"
    files = [making.lines_file(folder, []), making.lines_file(folder, population(*BOTH), "p.ndjson", "population")]
    run = making.announce(making.manifest(folder, files, **said(PAS, EPR, complete=False))).run
    loader.check(run.pk)
    merges, listed = run.files.order_by("pk")
    assert (actions.lease_file(merges.pk), queries.files_to_wake(9)) == (None, [listed.pk])
    assert loader.load(listed.pk)
    assert queries.files_to_wake(9) == [merges.pk]
    assert loader.load(merges.pk)
    run.refresh_from_db()
    assert (run.state, run.verified) == (RunState.LOADED, 1)


def test_a_run_whose_worker_died_after_its_list_goes_on(
    tmp_path: Path, decided: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run-2"
    files = [making.lines_file(folder, []), making.lines_file(folder, population(*BOTH), "p.ndjson", "population")]
    run = making.announce(making.manifest(folder, files, **said(PAS, EPR, complete=False))).run
    loader.check(run.pk)
    merges, listed = run.files.order_by("pk")
    with monkeypatch.context() as patched:
        patched.setattr(actions, "populate", lambda **_: None)
        loader.load(listed.pk)
    assert (queries.files_to_wake(9), queries.runs_to_populate(9)) == ([], [run.pk])
    tasks.resume_runs()
    assert loader.load(merges.pk)
    run.refresh_from_db()
    assert (run.state, run.verified) == (RunState.LOADED, 1)


def test_a_list_that_stopped_half_way_is_taken_up_where_it_stopped(
    tmp_path: Path, decided: Case, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INTAKE_CHUNK_LINES = 1
    folder = tmp_path / "run-2"
    files = [making.lines_file(folder, []), making.lines_file(folder, population(*BOTH), "p.ndjson", "population")]
    run = making.announce(making.manifest(folder, files, **said(PAS, EPR, complete=False))).run
    loader.check(run.pk)
    merges, listed = run.files.order_by("pk")
    land, landed = actions.land, []

    def killed(**given: Any) -> bool:
        landed.append(land(**given))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(actions, "land", killed)
        with pytest.raises(KeyboardInterrupt):
            loader.load(listed.pk)
    assert (landed, ExaminedRecord.objects.count()) == ([True], 1)
    assert loader.load(listed.pk)
    assert ExaminedRecord.objects.count() == 2
    assert loader.load(merges.pk)
    run.refresh_from_db()
    assert run.verified == 1


# The manifest

REFUSED = {
    "a new field in an old manifest": (
        {"format": "migration-run/1", "purpose": "delta"},
        "manifest.json: purpose belongs to format “migration-run/1.1”. "
        "Change the format, which is “migration-run/1”, or leave it out.",
    ),
    "two of them": (
        {"format": "migration-run/1", "purpose": None, "examined": {"systems": ["A"], "complete": True}},
        "manifest.json: purpose, examined belong to format “migration-run/1.1”.",
    ),
    "a purpose that does not exist": (
        {"purpose": "practice"},
        "manifest.json: purpose must be one of history, delta, live, shadow, rehearsal, validation.",
    ),
    "a purpose that is no word": ({"purpose": 7}, "manifest.json: purpose must be one of history"),
    "a system twice": ({"examined": {"systems": ["A", "A"], "complete": True}}, "examined.systems names “A” twice."),
    "no system": ({"examined": {"systems": [], "complete": True}}, "does not match the schema"),
    "a statement that is left open": ({"examined": {"systems": ["A"]}}, "does not match the schema"),
    "a topic twice": (
        {"offsets": [{"interface": "HL7", "topic": "ADT", "from": n, "to": n + 1} for n in (1, 2)]},
        "offsets names the topic ADT of HL7 twice.",
    ),
    "an offset below zero": (
        {"offsets": [{"interface": "HL7", "topic": "ADT", "from": -1, "to": 1}]}, "does not match the schema",
    ),
    "a NUL": ({"operator": "a\x00b"}, "holds a NUL character"),
    "an unknown field": ({"reason": "x"}, "does not match the schema"),
    "another version": ({"format": "migration-run/2"}, "this console reads “migration-run/1” and “migration-run/1.1”."),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_manifest_that_contradicts_itself_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    changes, sentence = REFUSED[name]
    folder = making.manifest(tmp_path / "run-1", [], **({"format": "migration-run/1.1"} | changes))
    with pytest.raises(Invalid) as refused:
        packages.read(folder)
    assert sentence in refused.value.sentence


@pytest.mark.parametrize("version", ["migration-run/1", "migration-run/1.1"])
def test_a_list_needs_a_statement(tmp_path: Path, version: str) -> None:
    folder = tmp_path / "run-1"
    listed = making.lines_file(folder, population(*BOTH), "p.ndjson", "population")
    with pytest.raises(Invalid, match=r"that needs format “migration-run/1\.1” with “examined”"):
        packages.read(making.manifest(folder, [listed], format=version))


def test_everything_new_is_read(tmp_path: Path) -> None:
    said_ = {
        "format": "migration-run/1.1", "purpose": "delta", "continues": "bulk", "operator": "Night shift",
        "snapshot": {"reference": "pas@2026-09-01", "digest": "sha256:1"},
        "offsets": [{"interface": "HL7", "topic": "ADT", "from": 1, "to": 4}],
        "counts": {"late": 1, "duplicate_merges": 2, "error_classes": {"no_birth_date": 3},
                   "validation": {"passed": 9, "failed": 1}},
        "examined": {"systems": ["A"], "complete": False},
    }  # fmt: skip
    manifest = packages.read(making.manifest(tmp_path / "run-1", [], **said_)).manifest
    assert (manifest.purpose, manifest.continues) == ("delta", "bulk")
    assert (manifest.offsets[0].from_, manifest.offsets[0].to) == (1, 4)
    assert manifest.counts is not None
    assert manifest.counts.error_classes == {"no_birth_date": 3}


POPULATION_LINES = {
    "another system": ({"system": "LAB", "id": "1"}, "system"),
    "itself": ({"system": PAS, "id": "1", "replaces": {"system": PAS, "id": "1"}}, "replaces_itself"),
    "no number": ({"system": PAS}, "schema"),
    "an unknown field": ({"system": PAS, "id": "1", "name": "Grace"}, "schema"),
    "a NUL": ({"system": PAS, "id": "1\x00"}, "nul"),
    "no object": (b"[1]", "schema"),
    "nothing": (b"", "empty"),
}


@pytest.mark.parametrize("name", POPULATION_LINES)
def test_a_line_without_sense_is_rejected(tmp_path: Path, name: str) -> None:
    line, reason = POPULATION_LINES[name]
    run = take_in(tmp_path, listed=[line, *population(*BOTH)], **said(PAS, EPR, complete=False, decisions_applied=0))
    assert run.rejected_by == {reason: 1}
    assert "Grace" not in json.dumps(list(run.rejected_lines.values()), default=str)
