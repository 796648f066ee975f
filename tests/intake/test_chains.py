"""Runs that continue others: which they may follow, and that no message is missing or read twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from console.people.models import User
from tests import factories
from tests.intake import making
from triage.intake import actions, loader, serializers
from triage.runs.models import Run, RunState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(db: None) -> None:
    making.world()


def offset(start: int, end: int, topic: str = "ADT", interface: str = "HL7") -> dict[str, Any]:
    return {"interface": interface, "topic": topic, "from": start, "to": end}


def delta(root: Path, run_id: str, continues: str | None, *offsets: dict[str, Any], **changes: Any) -> Run:
    """Take in a run without files that continues another."""
    said = {"format": "migration-run/1.1", "purpose": "delta" if continues else "history", "offsets": list(offsets)}
    return making.take_in(making.manifest(root / run_id, [], **(said | {"continues": continues} | changes)))


@pytest.fixture
def bulk(tmp_path: Path) -> Run:
    return delta(tmp_path, "bulk", None, offset(0, 100), offset(0, 7, "ORM"))


OFFSETS = {
    "reads on": ([offset(100, 120)], ""),
    "nothing new": ([offset(100, 100)], ""),
    "both topics": ([offset(100, 120), offset(7, 9, "ORM")], ""),
    "a topic that is new": ([offset(100, 120), offset(5, 6, "SIU")], ""),
    "the same topic of another interface": ([offset(3, 4, interface="FHIR")], ""),
    "no offsets": ([], ""),
    "a gap": (
        [offset(101, 120)],
        "Offsets of HL7, ADT: from is 101, but the runs that it continues read up to 100: "
        "messages in between are missing.",
    ),
    "an overlap": (
        [offset(90, 120)],
        "Offsets of HL7, ADT: from is 90, but the runs that it continues read up to 100: messages were read twice.",
    ),
    "backwards": ([offset(100, 90)], "Offsets of HL7, ADT: to is 90, which is before from (100)."),
    "one of two topics": (
        [offset(100, 120), offset(8, 9, "ORM")],
        "Offsets of HL7, ORM: from is 8, but the runs that it continues read up to 7: messages in between are missing.",
    ),
}


@pytest.mark.parametrize("name", OFFSETS)
def test_a_delta_reads_on_where_its_chain_stopped(tmp_path: Path, bulk: Run, name: str) -> None:
    offsets, problem = OFFSETS[name]
    run = delta(tmp_path, "delta-1", "bulk", *offsets)
    assert (run.state, run.problem) == (RunState.QUARANTINED if problem else RunState.LOADED, problem)
    assert run.continues == (None if problem else bulk)


def test_a_longer_chain_remembers_topics_that_a_run_leaves_out(tmp_path: Path, bulk: Run) -> None:
    delta(tmp_path, "delta-1", "bulk", offset(100, 120))
    assert delta(tmp_path, "delta-2", "delta-1", offset(7, 8, "ORM")).state == RunState.LOADED
    assert delta(tmp_path, "delta-3", "delta-2", offset(120, 130), offset(8, 9, "ORM")).state == RunState.LOADED


def test_two_runs_that_continue_one_do_not_read_the_same_messages(tmp_path: Path, bulk: Run) -> None:
    delta(tmp_path, "delta-1", "bulk", offset(100, 120))
    assert "messages were read twice" in delta(tmp_path, "delta-2", "bulk", offset(100, 120)).problem
    assert delta(tmp_path, "delta-3", "bulk", offset(7, 9, "ORM")).state == RunState.LOADED, "another topic"


def test_backwards_is_refused_without_a_chain_too(tmp_path: Path) -> None:
    run = delta(tmp_path, "bulk", None, offset(9, 3))
    assert run.problem == "Offsets of HL7, ADT: to is 3, which is before from (9)."


def test_a_run_continues_only_what_was_loaded(tmp_path: Path, bulk: Run, omar: User) -> None:
    said = "manifest.json: the run “{}”, which this run continues, {}."
    assert delta(tmp_path, "a", "unknown").problem == said.format("unknown", "has not been sent by this source")
    assert delta(tmp_path, "b", "b").problem == said.format("b", "is this run itself")
    assert delta(tmp_path, "c", "a").problem == said.format("a", "is quarantined")
    early = {"started_at": "2026-08-01T08:00:00Z", "finished_at": "2026-08-01T09:00:00Z"}
    assert delta(tmp_path, "d", "bulk", **early).problem == said.format("bulk", "started after it")
    factories.make_source("lab")
    assert delta(tmp_path, "e", "bulk", source="lab").problem == said.format("bulk", "has not been sent by this source")
    actions.recall(run=bulk, reason="Wrong snapshot.", by=omar)
    assert delta(tmp_path, "f", "bulk").problem == said.format("bulk", "has been recalled")


def test_a_run_does_not_rest_on_one_that_was_recalled(tmp_path: Path, bulk: Run, omar: User) -> None:
    delta(tmp_path, "delta-1", "bulk")
    assert delta(tmp_path, "delta-2", "delta-1").state == RunState.LOADED
    actions.recall(run=bulk, reason="Wrong snapshot.", by=omar)
    assert delta(tmp_path, "delta-3", "delta-2").problem == (
        "manifest.json: the run “delta-2”, which this run continues, rests on the run “bulk”, which has been recalled."
    )


def test_offsets_of_a_recalled_delta_are_read_again(tmp_path: Path, bulk: Run, omar: User) -> None:
    lost = delta(tmp_path, "delta-1", "bulk", offset(100, 120))
    actions.recall(run=lost, reason="Wrong mapping.", by=omar)
    assert delta(tmp_path, "delta-1b", "bulk", offset(100, 125)).state == RunState.LOADED


def test_a_run_that_was_sent_later_is_not_continued(tmp_path: Path) -> None:
    first = making.announce(
        making.manifest(tmp_path / "a", [], format="migration-run/1.1", purpose="delta", continues="b")
    ).run
    making.announce(making.manifest(tmp_path / "b", []))
    loader.check(first.pk)
    first.refresh_from_db()
    assert first.problem == "manifest.json: the run “b”, which this run continues, was sent after it."


# What the page and the API say


STATED = {
    "purpose": "delta", "operator": "Night shift", "snapshot": {"reference": "pas@2026-09-01", "digest": "sha256:12ab"},
    "counts": {"late": 3, "duplicate_merges": 0, "error_classes": {"no_birth_date": 41, "no_name": 2},
               "validation": {"passed": 9000, "failed": 12}},
    "examined": {"systems": ["LEGACY-PAS"], "complete": True},
}  # fmt: skip


def test_the_page_shows_what_the_manifest_states(tmp_path: Path, bulk: Run, omar: User, client: Any) -> None:
    run = delta(tmp_path, "delta-1", "bulk", offset(100, 120), **STATED)
    client.force_login(omar)
    page = " ".join(client.get(f"/runs/{run.pk}/").content.decode().split())
    for words in ("Delta", "every record of LEGACY-PAS", f'href="/runs/{bulk.pk}/"', "Night shift", "pas@2026-09-01",
                  "Messages read", "Late arrivals", "Errors: no birth date", "Validation failed", "9,000"):  # fmt: skip
        assert words in page, words
    assert (
        "not stated"
        in client.get(f"/runs/{making.take_in(making.manifest(tmp_path / 'old', [])).pk}/").content.decode()
    )


def test_the_api_gives_what_the_manifest_states(tmp_path: Path, bulk: Run, omar: User) -> None:
    run = delta(tmp_path, "delta-1", "bulk", offset(100, 120), **STATED)
    told = serializers.detail(run, list(run.files.all()))
    assert {name: told[name] for name in STATED} == STATED
    assert (told["continues"], told["offsets"]) == ("bulk", [offset(100, 120)])
    old = serializers.detail(
        old_run := making.take_in(making.manifest(tmp_path / "old", [])), list(old_run.files.all())
    )
    assert [old[name] for name in ("purpose", "continues", "examined", "offsets", "counts")] == [
        "",
        None,
        None,
        [],
        None,
    ]
