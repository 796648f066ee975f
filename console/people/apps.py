from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "console.people"
    label = "people"
    verbose_name = "People"

    def ready(self) -> None:
        from console.people import registration  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
