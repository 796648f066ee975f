"""What measures declare: navigation, verbs, permissions, the built-in measures, lines of run packages."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import Command, NavItem, Permission, SearchSource, WaveLink
from governance.measures import calculated, line_handler, search
from governance.measures.builtin import BUILT_IN
from triage.line_handlers import LINE_HANDLERS

VIEW: Final = "waves.view_wave"
WAVE: Final = "waves.Wave"

#: Verbs of the audit log about measures: code, sentence after the actor's name, icon.
VERBS: Final = (
    ("measure.reported", "reported {count} values of {codes}", "activity"),
    ("measure.sampled", "recorded {count} readings of built-in measures", "activity"),
    ("measure.forgotten", "deleted {count} expired readings", "trash-2"),
    ("measure.defined", "defined the measure {code}", "ruler"),
    ("measure.changed", "changed the measure {code}: {fields}", "ruler"),
)

CAPABILITY: Final = Capability(
    urls="governance.measures.urls",
    api_urls="governance.measures.api_urls",
    navigation=(NavItem("Measures", "measures:measures", "gauge", "g m", VIEW, 520, "Governance", WAVE),),
    commands=(
        Command(label="Define a measure", url_name="measures:define", icon="ruler", permission="waves.manage_measures"),
    ),
    search=(
        SearchSource(
            code="measures", label="Measures", icon="gauge", find=search.find, permission=VIEW, order=90, model=WAVE
        ),
    ),
    wave_links=(WaveLink("measures:war-room", "Command centre", "activity"),),
    verbs=VERBS,
    families={"measure": "Measures"},
    permissions=(
        Permission(WAVE, "manage_measures", "Define measures"),
        Permission(WAVE, "report_measures", "Report measures"),
    ),
    parts=(*(BUILT_IN.part(measure) for measure in calculated.MEASURES), LINE_HANDLERS.part(line_handler.HANDLER)),
)
