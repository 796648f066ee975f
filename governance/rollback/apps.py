from django.apps import AppConfig


class RollbackConfig(AppConfig):
    name = "governance.rollback"
    label = "rollback"

    def ready(self) -> None:
        from governance.rollback import registration  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
