from django.apps import AppConfig


class GatesConfig(AppConfig):
    name = "governance.gates"
    label = "gates"

    def ready(self) -> None:
        from governance.gates import registration, subscriptions  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
        subscriptions.register()
