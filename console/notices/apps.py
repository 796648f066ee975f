from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Every


class NoticesConfig(CapabilityConfig):
    name = "console.notices"
    label = "notices"
    schedules = (Every("mail", seconds=30, expires=60),)
