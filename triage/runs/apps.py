from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "triage.runs"
    label = "runs"
