from django.apps import AppConfig


class WavesConfig(AppConfig):
    name = "console.waves"
    label = "waves"
