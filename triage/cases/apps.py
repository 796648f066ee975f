from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "triage.cases"
    label = "cases"
