from __future__ import annotations

from django.apps import AppConfig


class MergesConfig(AppConfig):
    name = "triage.merges"
    label = "merges"

    def ready(self) -> None:
        from triage.cases import kinds  # noqa: PLC0415 - models exist only once apps are ready
        from triage.merges.kind import MergeKind  # noqa: PLC0415

        kinds.register(MergeKind())
