from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Every


class QuestionsConfig(CapabilityConfig):
    name = "triage.questions"
    label = "questions"
    schedules = (Every("sweep", seconds=60, expires=60),)
