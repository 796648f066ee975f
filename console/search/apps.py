from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class SearchConfig(CapabilityConfig):
    name = "console.search"
    label = "search"
    verbose_name = "Search"
