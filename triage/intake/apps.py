from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "triage.intake"
    label = "intake"

    def ready(self) -> None:
        from triage.intake import registration  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
