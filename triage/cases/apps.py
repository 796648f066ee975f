from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "triage.cases"
    label = "cases"

    def ready(self) -> None:
        from triage.cases import registration  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
