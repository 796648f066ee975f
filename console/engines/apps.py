from django.apps import AppConfig


class EnginesConfig(AppConfig):
    name = "console.engines"
    label = "engines"
