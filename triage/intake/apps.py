from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "triage.intake"
    label = "intake"
