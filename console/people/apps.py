from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Daily


class PeopleConfig(CapabilityConfig):
    name = "console.people"
    label = "people"
    verbose_name = "People"
    schedules = (Daily("clear_sessions", hour=3, minute=7),)
