"""Parts that capabilities add to what is material: a package sealed before one existed stands or falls as before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

import pytest

from governance.gates.rules import compare, from_json, parts, to_json
from governance.gates.rules.parts import MATERIAL, MaterialPart, differing
from governance.subjects import Subject
from tests.gates.rules.making import material

SENTENCE = "The runbook of the retirement was changed."
OLD = {name: value for name, value in to_json(material()).items() if name not in ("version", "parts")}


@pytest.fixture
def _part() -> Iterator[None]:
    part = MaterialPart("retirement", lambda snapshot: "a", differing("retirement-changed", SENTENCE))
    with MATERIAL.holding(part):
        yield


@pytest.mark.usefixtures("_part")
def test_a_package_of_version_one_survives_the_arrival_of_a_part() -> None:
    then = from_json(OLD)
    assert then.version == 1
    assert to_json(then) == OLD
    assert compare(then, material(retirement="a")) == ([], [])


@pytest.mark.usefixtures("_part")
def test_a_package_of_version_one_still_falls_for_a_change_in_an_old_part() -> None:
    now = material(retirement="a", rollback="other")
    assert [change.code for change in compare(from_json(OLD), now)[0]] == ["rollback-changed"]


@pytest.mark.usefixtures("_part")
def test_a_part_that_was_sealed_must_not_change() -> None:
    then = from_json(to_json(material(retirement="a")))
    assert compare(then, material(retirement="a")) == ([], [])
    changes, _ = compare(then, material(retirement="b"))
    assert [(change.code, change.sentence) for change in changes] == [("retirement-changed", SENTENCE)]


def test_a_sealed_part_that_no_one_can_read_any_longer_is_a_change() -> None:
    then = from_json(to_json(material(gone="a")))
    assert [change.code for change in compare(then, material())[0]] == ["part-unread"]


def test_parts_read_of_many_subjects_at_once() -> None:
    asked: list[list[Subject]] = []

    def load(subjects: Collection[Subject], now: dt.datetime) -> dict[Subject, str]:
        asked.append(list(subjects))
        return {subject: f"of {subject.ref}" for subject in subjects}

    systems = [Subject("system", key, f"SYS-{key}", "Old PAS") for key in (1, 2)]
    read = MaterialPart("release", lambda snapshot: snapshot.loaded["release"], differing("x", "X."), load=load)
    with MATERIAL.holding(read):
        found = parts.load(systems, dt.datetime(2026, 11, 29, tzinfo=dt.UTC))
    assert [found[subject] for subject in systems] == [{"release": "of SYS-1"}, {"release": "of SYS-2"}]
    assert asked == [systems]


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="other parts"):
        from_json(to_json(material()) | {"version": 3})
