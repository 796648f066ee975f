"""Fingerprints and evidence of merge lines: what makes two lines one problem, and what makes it news."""

from __future__ import annotations

import copy
import json
import random
import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import merge_line, record
from triage.cases import kinds
from triage.cases.keys import digest, record_key
from triage.cases.kinds import LineRefused, StagedLine
from triage.cases.models import Case, Decision
from triage.merges import changes, evidence
from triage.merges.kind import MergeKind
from triage.merges.reasons import REASONS
from triage.merges.verdicts import VERDICTS


def staged(line: dict[str, Any]) -> StagedLine:
    return MergeKind().staged(json.dumps(line).encode())


def cluster(size: int) -> dict[str, Any]:
    """A line of ``size`` records with every pair compared."""
    line = merge_line()
    line["records"] = [record(number, f"SYSTEM-{number}", phone=f"77200{number:04}") for number in range(size)]
    comparisons = line["match"]["pairs"][0]["comparisons"]
    line["match"]["pairs"] = [
        {"left": left, "right": right, "score": 2.0, "comparisons": copy.deepcopy(comparisons)}
        for left in range(size)
        for right in range(left + 1, size)
    ]
    return line


def reordered(line: dict[str, Any], order: list[int]) -> dict[str, Any]:
    """The same line with its records, pairs and fields in another order."""
    moved = copy.deepcopy(line)
    moved["records"] = [
        one | {"fields": dict(reversed(one["fields"].items()))} for one in (line["records"][place] for place in order)
    ]
    now_at = {before: after for after, before in enumerate(order)}
    for pair in moved["match"]["pairs"]:
        pair["left"], pair["right"] = now_at[pair["right"]], now_at[pair["left"]]
        pair["comparisons"].reverse()
    moved["match"]["pairs"].reverse()
    return moved


@given(size=st.integers(2, 8), seed=st.integers(0, 1000))
def test_the_order_of_records_pairs_and_fields_does_not_matter(size: int, seed: int) -> None:
    line, order = cluster(size), list(range(size))
    random.Random(seed).shuffle(order)
    first, second = staged(line), staged(reordered(line, order))
    assert (first.fingerprint, first.evidence, first.report, first.record_keys) == (
        second.fingerprint,
        second.evidence,
        second.report,
        second.record_keys,
    )


def test_the_kind_stages_what_the_line_says() -> None:
    line = merge_line(7, 8, severity="high", domain="maternity", reasons=["possible_twin"])
    kind = kinds.get("merge")
    found = kind.staged(json.dumps(line).encode())
    assert (found.severity, found.domain, found.reasons, found.size) == (3, "maternity", ["possible_twin"], 2)
    assert found.record_keys == sorted([record_key("LEGACY-PAS", "rec-7"), record_key("CLINIC-EPR", "rec-8")])
    assert uuid.UUID(str(found.fingerprint)).hex == found.fingerprint


def test_the_score_is_that_of_the_weakest_pair() -> None:
    line = cluster(3)
    line["match"]["pairs"][1]["comparisons"][0]["weight"] -= 3.0
    line["match"]["pairs"][1]["score"] -= 3.0
    assert staged(line).score == -1.0


def weights_of_a_retrained_model(line: dict[str, Any]) -> None:
    match = line["match"]
    match["version"], match["prior"] = "2", match["prior"] - 1.0
    match["lower_threshold"], match["upper_threshold"] = -3.0, 9.0
    match["pairs"][0]["comparisons"][0]["weight"] += 3.5
    match["pairs"][0]["score"] += 2.5


def extracted_later(line: dict[str, Any]) -> None:
    line["records"][0]["extracted_at"] = "2026-10-01T08:00:00Z"


def verified_meanwhile(line: dict[str, Any]) -> None:
    line["records"][0]["verified_at"] = "2026-09-30"


def another_line_id(line: dict[str, Any]) -> None:
    line["id"] = "another"


def written_in_capitals(line: dict[str, Any]) -> None:
    line["records"][0]["fields"]["family"] = "  OKELLO "


def told_as_empty(line: dict[str, Any]) -> None:
    line["records"][1]["fields"]["national_id"] = ""


def not_told_at_all(line: dict[str, Any]) -> None:
    del line["records"][1]["fields"]["national_id"]


def other_severity_and_reasons(line: dict[str, Any]) -> None:
    line["severity"], line["reasons"] = "critical", ["same_household"]


@pytest.mark.parametrize(
    "change",
    [
        extracted_later,
        verified_meanwhile,
        another_line_id,
        written_in_capitals,
        told_as_empty,
        not_told_at_all,
    ],
)
def test_what_is_no_news_leaves_the_evidence_as_it_was(change: Any) -> None:
    before, after = merge_line(), merge_line()
    change(after)
    assert staged(before).evidence == staged(after).evidence
    assert staged(before).report == staged(after).report
    assert staged(before).fingerprint == staged(after).fingerprint
    assert changes.changed(decoded(before), decoded(after)) == []


def decoded(line: dict[str, Any]) -> Any:
    return evidence.decode(json.dumps(line).encode())


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda line: line["records"][0]["fields"].update(phone="712300634"), ["phone"]),
        (lambda line: line["records"][1]["fields"].update(national_id="CF21927470OWMT"), ["national_id"]),
        (lambda line: line["records"][1]["fields"].update(birth_date=None), ["birth_date"]),
        (lambda line: line["records"][1]["fields"].update(mother="Achen"), ["mother"]),
        (
            lambda line: (line["records"][0]["fields"].update(given="Gräce"), line["match"].update(grade="probable")),
            ["given", "grade"],
        ),
    ],
)
def test_news_changes_the_evidence_and_is_named_without_values(change: Any, names: list[str]) -> None:
    before, after = merge_line(), merge_line()
    change(after)
    assert staged(before).evidence != staged(after).evidence
    assert staged(before).fingerprint == staged(after).fingerprint
    assert changes.changed(decoded(before), decoded(after)) == names


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (weights_of_a_retrained_model, ["model", "thresholds", "weights"]),
        (other_severity_and_reasons, ["reasons", "severity"]),
        (lambda line: line["match"]["pairs"][0]["comparisons"][0].update(level="close"), ["family (level)"]),
        (lambda line: line["match"].update(grade="probable"), ["grade"]),
        (lambda line: line["match"].update(version="2"), ["model"]),
        (lambda line: line["match"].update(upper_threshold=2.0), ["thresholds"]),
        (lambda line: line.update(domain="orders"), ["domain"]),
    ],
)
def test_what_the_matcher_says_is_a_report_and_no_evidence(change: Any, names: list[str]) -> None:
    before, after = merge_line(), merge_line()
    change(after)
    assert staged(before).evidence == staged(after).evidence
    assert staged(before).report != staged(after).report
    assert changes.changed(decoded(before), decoded(after)) == names


def test_a_pair_that_gets_the_weights_of_another_is_another_report() -> None:
    before, after = cluster(3), cluster(3)
    before["match"]["pairs"][0]["comparisons"][0]["level"] = "close"
    after["match"]["pairs"][1]["comparisons"][0]["level"] = "close"
    assert staged(before).report != staged(after).report


def test_evidence_of_a_kept_line_is_read_whatever_is_refused_today() -> None:
    line = merge_line()
    line["records"][0]["extracted_at"] = "yesterday"
    line["match"]["grade"] = "unheard-of"
    assert evidence.of_kept(json.dumps(line).encode()) == staged(merge_line()).evidence
    assert evidence.of_kept(b"[]") is None


@given(st.text(alphabet='ab "\\\tÅé\u0301', max_size=8), st.text(alphabet='ab "\\\tÅé\u0301', max_size=8))
def test_evidence_is_equal_exactly_when_the_values_are_the_same_for_people(left: str, right: str) -> None:
    one, two = merge_line(), merge_line()
    one["records"][0]["fields"]["given"], two["records"][0]["fields"]["given"] = left, right
    same = evidence.normal(left) == evidence.normal(right)
    assert (staged(one).evidence == staged(two).evidence) is same


def test_other_records_are_another_problem() -> None:
    assert staged(merge_line(1, 2)).fingerprint != staged(merge_line(1, 3)).fingerprint


def same_record_twice(line: dict[str, Any]) -> None:
    line["records"][1] |= {"system": line["records"][0]["system"], "id": line["records"][0]["id"]}


def score_off(line: dict[str, Any]) -> None:
    line["match"]["pairs"][0]["score"] += 0.02


def pair_outside(line: dict[str, Any]) -> None:
    line["match"]["pairs"][0]["right"] = 2


def pair_with_itself(line: dict[str, Any]) -> None:
    line["match"]["pairs"][0]["right"] = 0


def record_alone(line: dict[str, Any]) -> None:
    line["records"].append(record(3, "SYSTEM-3"))


def pair_twice(line: dict[str, Any]) -> None:
    line["match"]["pairs"] *= 2


def thresholds_crossed(line: dict[str, Any]) -> None:
    line["match"]["lower_threshold"] = 9.0


def nul_inside(line: dict[str, Any]) -> None:
    line["records"][0]["fields"]["family"] = "Ok\0ello"


def no_field_name(line: dict[str, Any]) -> None:
    line["records"][0]["fields"]["Family Name"] = "Okello"


def no_compared_name(line: dict[str, Any]) -> None:
    line["match"]["pairs"][0]["comparisons"][0]["field"] = "Family Name"


def no_reason_name(line: dict[str, Any]) -> None:
    line["reasons"] = ["Okello, Grace"]


REFUSED = {
    "record_twice": same_record_twice,
    "weights": score_off,
    "pair_range": pair_outside,
    "record_alone": record_alone,
    "pair_twice": pair_twice,
    "thresholds": thresholds_crossed,
    "nul": nul_inside,
}


@pytest.mark.parametrize(("reason", "spoil"), [*REFUSED.items(), ("pair_range", pair_with_itself)])
def test_lines_without_sense_are_refused_by_name(reason: str, spoil: Any) -> None:
    line = merge_line()
    spoil(line)
    with pytest.raises(LineRefused) as refusal:
        staged(line)
    assert refusal.value.reason == reason
    assert "kello" not in refusal.value.detail


@pytest.mark.parametrize("spoil", [no_field_name, no_compared_name, no_reason_name])
def test_names_must_be_names_and_are_not_repeated_in_the_refusal(spoil: Any) -> None:
    line = merge_line()
    spoil(line)
    with pytest.raises(LineRefused) as refusal:
        staged(line)
    assert refusal.value.reason == "word"
    assert "amily" not in refusal.value.detail
    assert "Grace" not in refusal.value.detail


def test_a_score_within_the_tolerance_is_taken() -> None:
    line = merge_line()
    line["match"]["pairs"][0]["score"] += 0.009
    assert staged(line).score == 2.009


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    payload = json.dumps(merge_line()).encode().replace(b"Okello", b"Ok\xffllo")
    with pytest.raises(LineRefused, match="utf8"):
        evidence.decode(payload)


@pytest.mark.parametrize("size", [1, 9])
def test_two_to_eight_records(size: int) -> None:
    line = cluster(max(size, 2))
    line["records"] = line["records"][:size]
    with pytest.raises(msgspec.ValidationError):
        decoded(line)


def test_names_are_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "_words", set())
    for number in range(evidence._WORDS_REMEMBERED + 50):
        evidence._learn([f"hostile_{number}"], "$")
    assert len(evidence._words) <= evidence._WORDS_REMEMBERED
    evidence.stage(decoded(merge_line()))


def test_one_field_compared_twice_counts_both_times() -> None:
    line, other = merge_line(), merge_line()
    for one, level in ((line, "rare"), (other, "common")):
        one["match"]["pairs"][0]["comparisons"].append({"field": "family", "level": level, "weight": 0.0})
    assert staged(line).report != staged(other).report


def test_the_schema_names_what_pipelines_must_send() -> None:
    schema = kinds.get("merge").schema()
    assert schema["$defs"]["MergeLine"]["required"] == ["id", "records", "match"]
    assert "pattern" in json.dumps(schema["$defs"]["Comparison"]["properties"]["field"])


def test_the_outcome_names_the_records() -> None:
    line = decoded(merge_line(1, 2))
    assert MergeKind().outcome(Case(), Decision(), line) == {
        "records": [["CLINIC-EPR", "rec-2"], ["LEGACY-PAS", "rec-1"]],
        "groups": [],
        "links": [],
        "apart": [],
        "cluster": None,
        "model": {"name": "test", "version": "1"},
    }


def test_each_verdict_has_reasons_with_keys_of_their_own() -> None:
    taken = {*"bcnrujkoxg", *(verdict.key for verdict in VERDICTS)}
    for verdict in VERDICTS:
        keys = [reason.key for reason in kinds.get("merge").reasons_for(verdict.code)]
        assert len(keys) >= 2
        assert len(set(keys)) == len(keys)
        assert not taken & set(keys)
    assert len({reason.code for reason in REASONS}) == len(REASONS)


def test_names_are_the_digests_that_the_other_kinds_use() -> None:
    assert evidence._name(b"content") == digest(b"content").hex
