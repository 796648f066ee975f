from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class CommentsConfig(CapabilityConfig):
    name = "triage.comments"
    label = "comments"
