from django.apps import AppConfig


class MergesConfig(AppConfig):
    name = "triage.merges"
    label = "merges"
