from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "console.notices"
    label = "notices"

    def ready(self) -> None:
        from console.notices import registration  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
