from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "integration_manager.alerts"
    label = "alerts"
