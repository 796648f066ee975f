"""A gate's whole life, through its actions."""

from __future__ import annotations

import pytest

from governance.gates import actions
from governance.gates.models import Evaluation
from governance.gates.rules import GateState
from tests.gates.stage import Stage

pytestmark = pytest.mark.django_db


def test_from_sealing_to_the_beginning(stage: Stage) -> None:
    gate = stage.cutover(freezes=True)
    before = stage.standing(gate)
    assert [one.sentence for one in before.snapshot.evaluated if not one.permits] == []
    assert before.state == GateState.COLLECTING

    package = actions.seal(gate=gate, by=stage.sam)
    assert stage.standing(gate).state == GateState.POLLING
    wave = stage.fresh_wave()
    assert wave.guarded_at
    assert wave.frozen_at
    assert Evaluation.objects.filter(version__criterion__gate=gate, occasion="seal").count() == len(
        package.material["criteria"]
    )

    for person in (stage.bo, stage.mira, stage.nora, stage.paul):
        stage.vote(package, person)
    actions.consolidate(package=package, by=stage.bo)
    assert stage.standing(gate).state == GateState.CONSOLIDATED
    stage.decide(package)
    assert stage.standing(gate).state == GateState.GO

    done = actions.begin(package=package, seen=package.digest, by=stage.omar)
    assert done.passed, done.findings
    assert stage.standing(gate).state == GateState.BEGUN
    wave = stage.fresh_wave()
    assert wave.guarded_at is None
    assert wave.frozen_at is None
    assert package.signatures.count() == 5
