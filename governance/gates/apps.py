from django.apps import AppConfig


class GatesConfig(AppConfig):
    name = "governance.gates"
    label = "gates"

    def ready(self) -> None:
        from governance.gates import listening, shell  # noqa: PLC0415 - models exist only once apps are ready

        shell.register()
        listening.register()
