from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "triage.intake"
    label = "intake"

    def ready(self) -> None:
        from triage.intake import verbs  # noqa: PLC0415 - the book exists only once apps are ready

        verbs.teach()
