from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "governance.measures"
    label = "measures"

    def ready(self) -> None:
        from governance.measures import registration  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
