from django.apps import AppConfig


class WavesConfig(AppConfig):
    name = "console.waves"
    label = "waves"

    def ready(self) -> None:
        from console.waves import registration  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
