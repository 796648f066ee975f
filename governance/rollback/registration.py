"""What rollback declares: its part of a wave's page, verbs, a permission, a measure, and thresholds it asks for."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import Permission, SearchSource, WavePart
from governance.measures.bounds import THRESHOLDS, Asking
from governance.measures.builtin import BUILT_IN
from governance.rollback import rehearsed, search, thresholds

#: Verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("rollback.plan_written", "wrote version {version} of the rollback plan", "scroll-text"),
    ("rollback.rehearsed", "recorded a rehearsal of the rollback: {kind}, {minutes} min", "repeat"),
    ("rollback.alarmed", "raised the alarm “{trigger}”: {observed}", "siren"),
    ("rollback.unanswered", "recorded that the decision on alarm “{trigger}” is overdue", "alarm-clock"),
    ("rollback.answered", "answered the alarm “{trigger}”: {answer}", "gavel"),
    ("rollback.cleared", "recorded that “{trigger}” returned to normal", "circle-check"),
)

CAPABILITY: Final = Capability(
    urls="governance.rollback.urls",
    search=(
        SearchSource(
            code="plans",
            label="Rollback plans",
            icon="scroll-text",
            find=search.find,
            permission="waves.view_wave",
            order=100,
            model="waves.Wave",
        ),
    ),
    wave_parts=(WavePart("rollback:wave", "rollback plan", order=30),),
    verbs=VERBS,
    families={"rollback": "Rollback"},
    permissions=(Permission("waves.Wave", "manage_rollback", "Keep rollback plans and rehearsals"),),
    parts=(BUILT_IN.part(rehearsed.MEASURE), THRESHOLDS.part(Asking("rollback", thresholds.bounds))),
)
