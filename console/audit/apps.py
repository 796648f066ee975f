from django.apps import AppConfig


class BookConfig(AppConfig):
    name = "console.audit"
    label = "audit"
