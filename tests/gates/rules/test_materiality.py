"""Every change that withdraws signatures, and every one that does not, by name."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from governance.gates.rules import compare, from_json, to_json
from governance.gates.rules.materiality import FIRST
from governance.gates.rules.parts import MATERIAL
from governance.gates.values import Material
from tests.gates.rules.making import having, material

THEN = material()
SIGNERS = frozenset({1, 2})


def criteria(**changes: Any) -> Material:
    """The material with criteria changed: a dict to merge, or None to retire."""
    now = {code: dict(how) for code, how in THEN.parts["criteria"].items()}
    for name, how in changes.items():
        code = name.replace("_", "-")
        if how is None:
            del now[code]
        else:
            now[code] = now.get(code, {"version": 1, "basis": "", "blocking": True}) | how
    return having(THEN, criteria=now)


CHANGES: dict[str, tuple[Material, str]] = {
    "a criterion fails": (criteria(critical_open={"basis": ""}), "criterion-left"),
    "a criterion that passed rests on a waiver": (criteria(critical_open={"basis": "waiver:7"}), "criterion-left"),
    "a criterion loses its waiver": (criteria(reconciled={"basis": ""}), "criterion-left"),
    "a criterion rests on another waiver": (criteria(reconciled={"basis": "waiver:8"}), "criterion-left"),
    "a threshold is edited": (criteria(reconciled={"version": 3}), "criterion-changed"),
    "an advisory criterion is changed": (criteria(backlog={"version": 2}), "criterion-changed"),
    "a criterion becomes advisory": (criteria(latency={"blocking": False}), "criterion-changed"),
    "a criterion is added": (criteria(parity={}), "criterion-added"),
    "a criterion is retired": (criteria(latency=None), "criterion-retired"),
    "an advisory criterion is retired": (criteria(backlog=None), "criterion-retired"),
    "the policy is edited": (having(THEN, policy=4), "policy-changed"),
    "a seat changes hands": (having(THEN, seats={"chair": [1, None], "cmio": [3, 12]}), "seat-changed"),
    "a seat gets another alternate": (having(THEN, seats={"chair": [1, 13], "cmio": [2, 12]}), "seat-changed"),
    "a seat is taken away": (having(THEN, seats={"chair": [1, None]}), "seat-changed"),
    "a critical exception arrives": (having(THEN, criticals=6), "critical-arrived"),
    "criticals are counted otherwise": (having(THEN, criticals=4), "critical-unlike"),
    "a risk is opened": (having(THEN, risks=THEN.parts["risks"] | {"RISK-9": 1}), "risk-new"),
    "a risk no one has rated is opened": (having(THEN, risks=THEN.parts["risks"] | {"RISK-9": 0}), "risk-new"),
    "a risk is rated higher": (having(THEN, risks=THEN.parts["risks"] | {"RISK-1": 3}), "risk-raised"),
    "a waiver is given": (having(THEN, waivers=[7, 8]), "waiver-new"),
    "a waiver runs out or is revoked": (having(THEN, waivers=[]), "waiver-ended"),
    "an acceptance is given": (having(THEN, acceptances=[4, 5]), "acceptance-new"),
    "an acceptance runs out or is revoked": (having(THEN, acceptances=[]), "acceptance-ended"),
    "the rollback plan is written again": (having(THEN, rollback="zz"), "rollback-changed"),
    "the rollback plan is gone": (having(THEN, rollback=""), "rollback-changed"),
    "the runbook is another one": (having(THEN, runbook="zz"), "runbook-changed"),
    "the transformation changes": (having(THEN, transformation="zz"), "transformation-changed"),
    "a counted run is recalled": (having(THEN, runs=[11]), "run-recalled"),
    "the planned day moves": (having(THEN, planned_for="2026-12-02"), "day-moved"),
    "the planned day is taken off": (having(THEN, planned_for=""), "day-moved"),
    "a gate before is superseded": (having(THEN, prior={"access": "", "consent": ""}), "prior-gate-changed"),
    "a gate before is decided again": (having(THEN, prior={"access": "ee", "consent": ""}), "prior-gate-changed"),
    "a gate before is forgotten": (having(THEN, prior={}), "prior-gate-changed"),
    "a signer loses the right to vote": (having(THEN, able=[1, 12]), "signer-unable"),
}

COSMETIC: dict[str, tuple[Material, str]] = {
    "nothing": (THEN, ""),
    "another order of everything": (
        having(
            THEN,
            criteria=dict(reversed(THEN.parts["criteria"].items())),
            seats=dict(reversed(THEN.parts["seats"].items())),
            runs=[11, 10],
            able=[12, 2, 1],
            risks=dict(reversed(THEN.parts["risks"].items())),
        ),
        "",
    ),
    "a failing criterion passes": (criteria(latency={"basis": "pass"}), "criterion-better"),
    "a waived criterion passes": (criteria(reconciled={"basis": "pass"}), "criterion-better"),
    "an advisory criterion fails": (criteria(backlog={"basis": ""}), "criterion-advisory"),
    "a risk is rated lower": (having(THEN, risks={"RISK-1": 1, "RISK-2": 3}), "risk-lowered"),
    "a risk is rated equally": (having(THEN, risks=dict(THEN.parts["risks"])), ""),
    "a risk is closed": (having(THEN, risks={"RISK-1": 2}), "risk-closed"),
    "a run is loaded": (having(THEN, runs=[10, 11, 12]), "run-loaded"),
    "someone who has not signed loses the right to vote": (having(THEN, able=[1, 2]), "voter-unable"),
    "someone gains the right to vote": (having(THEN, able=[1, 2, 3, 12]), "voter-able"),
    "a gate before gets its GO": (having(THEN, prior={"access": "dd", "consent": "ff"}), "prior-gate-decided"),
}


@pytest.mark.parametrize(("now", "code"), CHANGES.values(), ids=list(CHANGES))
def test_what_withdraws_signatures(now: Material, code: str) -> None:
    material_changes, _ = compare(THEN, now, SIGNERS)
    assert code in [one.code for one in material_changes]
    assert all(one.sentence.endswith(".") for one in material_changes)
    # A package is compared as it was sealed: through JSON.
    assert compare(from_json(json.loads(json.dumps(to_json(THEN)))), now, SIGNERS)[0] == material_changes


@pytest.mark.parametrize(("now", "code"), COSMETIC.values(), ids=list(COSMETIC))
def test_what_does_not(now: Material, code: str) -> None:
    material_changes, drift = compare(THEN, now, SIGNERS)
    assert not material_changes
    assert [one.code for one in drift] == ([code] if code else [])


def test_every_part_of_the_material_is_looked_at() -> None:
    """A part that is declared and does not compare its value is found here: each has a change above."""
    changed = {name for now, _ in CHANGES.values() for name in THEN.parts if now.parts[name] != THEN.parts[name]}
    assert changed == set(MATERIAL.names()) == FIRST


def test_any_two_changes_at_once_are_still_seen() -> None:
    draw = random.Random(3)
    names = list(CHANGES)
    for _ in range(500):
        one, cosmetic = CHANGES[draw.choice(names)][0], COSMETIC[draw.choice(list(COSMETIC))][0]
        parts = {name: value for name, value in cosmetic.parts.items() if one.parts[name] == THEN.parts[name]}
        assert compare(THEN, having(one, **parts), SIGNERS)[0]


def test_equal_materials_are_written_alike() -> None:
    again = COSMETIC["another order of everything"][0]
    assert json.dumps(to_json(THEN)) == json.dumps(to_json(again))
    assert from_json(to_json(THEN)) == from_json(to_json(again))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept.pop("criticals"),
        lambda kept: kept.update(extra=1),
        lambda kept: kept.update(criteria={"a": {"version": 1}}),
        lambda kept: kept.update(criteria=None),
        lambda kept: kept.update(runs=[2, 1]),
        lambda kept: kept.update(waivers="7"),
    ],
)
def test_a_sealed_material_that_cannot_be_read_is_refused(spoil: Any) -> None:
    kept = json.loads(json.dumps(to_json(THEN)))
    spoil(kept)
    with pytest.raises(ValueError, match="sealed material"):
        from_json(kept)


@pytest.mark.parametrize("name", sorted(FIRST))
def test_the_table_would_notice_a_part_left_out(name: str) -> None:
    with MATERIAL.holding(replace(MATERIAL[name], compare=lambda *_: ())):
        assert any(code not in [one.code for one in compare(THEN, now, SIGNERS)[0]] for now, code in CHANGES.values())
