from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "core.activity"
    label = "activity"
