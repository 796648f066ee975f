"""Where it stands in the shell: navigation, the book's verbs, the built-in measures."""

from __future__ import annotations

from typing import Final

from console.audit import verbs
from console.ui import nav
from console.ui.nav import NavItem
from governance.measures import facts, line_handler

VIEW: Final = "waves.view_wave"
#: What the book says of measures: verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("measure.reported", "reported {count} values of {codes}", "activity"),
    ("measure.sampled", "recorded {count} readings of built-in measures", "activity"),
    ("measure.forgotten", "deleted {count} expired readings", "trash-2"),
    ("measure.defined", "defined the measure {code}", "ruler"),
    ("measure.changed", "changed the measure {code}: {fields}", "ruler"),
)


def register() -> None:
    """Register all of it, once the apps are ready."""
    for code, sentence, icon in VERBS:
        verbs.register(code, sentence, icon)
    nav.register(NavItem("Measures", "measures:measures", "gauge", "g m", VIEW, 520, "Governance", "waves.Wave"))
    facts.register_all()
    line_handler.register()
