from django.apps import AppConfig


class RisksConfig(AppConfig):
    name = "governance.risks"
    label = "risks"

    def ready(self) -> None:
        from governance.risks import registration  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
