"""Week 40 proves right decisions by silence and disproves wrong ones by new evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from samples import next_run
from samples.demo_decisions import DemoDecision, as_feed, demo_decisions
from samples.hospital import at
from samples.story import RUN_ONE, RUN_TWO
from tests.samples.reading import manifest, of_kind
from triage.merges.lines import MergeLine
from triage.merges.reasons import REASONS

Keys = frozenset[tuple[str, str]]


def reported(directory: Path) -> dict[Keys, MergeLine]:
    found = [msgspec.json.decode(line, type=MergeLine) for line in of_kind(directory, "merges")]
    return {frozenset((record.system, record.id) for record in line.records): line for line in found}


def fields(line: MergeLine) -> list[dict[str, str | None]]:
    return [record.fields for record in line.records]


def right_ones() -> list[DemoDecision]:
    return [decision for decision in demo_decisions() if decision.right]


def test_demo_decisions_are_twelve_with_one_wrong_and_about_cases_of_the_first_runs(packages: dict[str, Path]) -> None:
    made = demo_decisions()
    one, two = reported(packages[RUN_ONE]), reported(packages[RUN_TWO])
    assert len(made) == 12
    assert [decision.verdict for decision in made if not decision.right] == ["LINK"]
    assert {decision.verdict for decision in made} == {"LINK", "NO_MATCH"}
    for decision in made:
        keys = frozenset(decision.records)
        assert fields(one[keys]) == fields(two[keys])
    assert made == demo_decisions()


def test_demo_decisions_give_reasons_that_go_with_their_verdicts() -> None:
    offered = {reason.code: reason.verdicts for reason in REASONS}
    for decision in demo_decisions():
        assert decision.verdict in offered[decision.reason], decision.reason


def test_right_decisions_are_absent_and_the_wrong_one_comes_back_with_changed_evidence(
    packages: dict[str, Path], tmp_path: Path
) -> None:
    made = demo_decisions()
    directory = next_run.build(tmp_path, as_feed(made))
    before, after = reported(packages[RUN_TWO]), reported(directory)
    back = [decision for decision in made if frozenset(decision.records) in after]
    assert [decision.right for decision in back] == [False]
    keys = frozenset(back[0].records)
    line = after[keys]
    assert fields(line) != fields(before[keys])
    assert line.id == before[keys].id
    assert line.reasons[:2] == ["registry_identifier", "contradicts_decision"]
    first, second = (record.fields["national_id"] for record in line.records)
    assert None not in (first, second)
    assert first != second
    assert manifest(directory).decisions_applied == 12


def test_when_all_agree_with_the_truth_one_still_comes_back(packages: dict[str, Path], tmp_path: Path) -> None:
    made = right_ones()
    after = reported(next_run.build(tmp_path, as_feed(made)))
    back = [decision for decision in made if frozenset(decision.records) in after]
    assert len(back) == 1
    line = after[frozenset(back[0].records)]
    assert "registry_identifier" in line.reasons
    assert "contradicts_decision" not in line.reasons
    assert fields(line) != fields(reported(packages[RUN_TWO])[frozenset(back[0].records)])


def test_a_wrong_no_match_comes_back_with_one_identifier_for_both(tmp_path: Path) -> None:
    missed = next(decision for decision in right_ones() if decision.verdict == "LINK")
    item = {"position": 5, "verdict": "NO_MATCH", "records": [list(key) for key in missed.records]}
    after = reported(next_run.build(tmp_path, [item]))
    line = after[frozenset(missed.records)]
    assert len({record.fields["national_id"] for record in line.records}) == 1
    assert "contradicts_decision" in line.reasons


def test_the_last_item_about_the_same_records_counts(tmp_path: Path) -> None:
    first, second, *_ = right_ones()
    items: list[dict[str, Any]] = [
        {"position": 9, "verdict": first.verdict, "records": [list(key) for key in first.records]},
        {"position": 3, "verdict": "DEFER", "records": [list(key) for key in first.records]},
        {"position": 11, "verdict": "DEFER", "records": [list(key) for key in second.records]},
        {"position": 10, "verdict": second.verdict, "records": [list(key) for key in second.records]},
        {"position": 12, "verdict": "LINK", "records": [["LEGACY-PAS", "missing"], ["CLINIC-EPR", "no-one"]]},
    ]
    directory = next_run.build(tmp_path, items)
    after = reported(directory)
    assert "registry_identifier" in after[frozenset(first.records)].reasons
    assert "registry_identifier" not in after[frozenset(second.records)].reasons
    assert manifest(directory).decisions_applied == 12


def test_without_decisions_everything_is_reported_again(tmp_path: Path) -> None:
    directory = next_run.build(tmp_path, [])
    assert manifest(directory).decisions_applied == 0
    assert not any("registry_identifier" in line.reasons for line in reported(directory).values())


def test_a_set_that_mixes_people_agrees_with_neither_verdict() -> None:
    person = {record.key: record.person for record in at(4)}
    mixed = next(
        found
        for found in next_run.review_sets(4, next_run.WAVE_ONE)
        if 1 < len({person[key] for key in found.keys}) < len(found.keys)
    )
    assert not next_run.agrees(mixed, "LINK")
    assert not next_run.agrees(mixed, "NO_MATCH")


def test_week_40_lists_what_it_looked_at_all_but_one_record_of_a_decided_pair(tmp_path: Path) -> None:
    feed = as_feed(demo_decisions())
    directory = next_run.build(tmp_path, feed)
    said = manifest(directory).examined
    assert said is not None
    assert not said.complete
    listed = {(line["system"], line["id"]) for line in map(msgspec.json.decode, of_kind(directory, "population"))}
    asked = list(reported(directory))
    missed = next_run.not_extracted(feed, asked)
    assert {record.key for record in at(4)} - listed == {missed}
    touched = [item for item in feed if missed in {tuple(key) for key in item["records"]}]
    assert [item["verdict"] for item in touched] == ["NO_MATCH"]
    assert all(missed not in keys for keys in asked)
