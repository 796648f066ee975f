"""Where waves stand in the shell: navigation, the book's verbs, and the checklist of a new console."""

from __future__ import annotations

from console.audit import verbs
from console.home import Step, register_step
from console.ui import nav
from console.ui.nav import NavItem
from console.waves.models import Wave

VIEW, MANAGE = "waves.view_wave", "waves.manage_wave"


def register() -> None:
    """Register all of it, once the apps are ready."""
    verbs.register("wave.made", "made the wave {slug}", "waves-horizontal")
    verbs.register("wave.described", "edited the wave {slug}", "pencil")
    icon = "waves-horizontal"
    nav.register(NavItem("Waves", "waves:waves", icon, key="g w", permission=VIEW, order=400, model="waves.Wave"))
    why = "Runs name the wave that their records move with."
    register_step(Step("Make a wave", why, "waves:make", MANAGE, Wave.objects.exists, order=20))
