from django.apps import AppConfig


class SamplesConfig(AppConfig):
    name = "samples"
    label = "samples"
    verbose_name = "The demonstration hospital"
