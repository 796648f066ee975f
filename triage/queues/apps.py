from __future__ import annotations

from django.apps import AppConfig


class QueuesConfig(AppConfig):
    name = "triage.queues"
    label = "queues"

    def ready(self) -> None:
        from triage.queues import registration  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
