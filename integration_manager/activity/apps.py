from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "integration_manager.activity"
    label = "activity"
