from django.apps import AppConfig


class WavesConfig(AppConfig):
    name = "console.waves"
    label = "waves"

    def ready(self) -> None:
        from console.waves import shell  # noqa: PLC0415 - models exist only once apps are ready

        shell.register()
