"""What waves declare: navigation, a step of the set-up, verbs, permissions."""

from __future__ import annotations

from typing import Final

from console import fact_changes
from console.capabilities.declaration import Capability
from console.capabilities.parts import Check, Command, Look, NavItem, Permission, SearchSource, Step
from console.waves import search
from console.waves.models import Wave

VIEW, MANAGE = "waves.view_wave", "waves.manage_wave"
_WHY: Final = "Runs name the wave that their records move with."

#: Verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("wave.made", "made the wave {slug}", "waves-horizontal"),
    ("wave.described", "edited the wave {slug}", "pencil"),
    ("wave.cut_over", "stated that the wave {slug} has cut over: {reason}", "flag"),
    ("wave.cutover_retracted", "stated that the wave {slug} has not cut over: {reason}", "flag-off"),
)

CAPABILITY: Final = Capability(
    urls="console.waves.urls",
    navigation=(NavItem("Waves", "waves:waves", "waves-horizontal", "g w", VIEW, 400, model="waves.Wave"),),
    commands=(Command(label="Create a wave", url_name="waves:make", icon="plus", permission=MANAGE),),
    search=(
        SearchSource(
            code="waves",
            label="Waves",
            icon="waves-horizontal",
            find=search.find,
            permission=VIEW,
            order=40,
            model="waves.Wave",
        ),
    ),
    steps=(Step("Make a wave", _WHY, "waves:make", MANAGE, Wave.objects.exists, order=20),),
    verbs=VERBS,
    families={"wave": "Waves"},
    states={"frozen": Look("Frozen", "snowflake", "special"), "cut_over": Look("Cut over", "flag", "success")},
    checks=(Check("causes", fact_changes.shared_values),),
    permissions=(
        Permission("waves.Wave", "view_wave", "See waves"),
        Permission("waves.Wave", "manage_wave", "Create and edit waves"),
    ),
)
