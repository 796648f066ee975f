from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "governance.signing"
    label = "signing"

    def ready(self) -> None:
        from governance.signing import registration  # noqa: PLC0415 - models exist only once apps are ready

        registration.register()
