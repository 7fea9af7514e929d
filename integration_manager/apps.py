"""The project as an app: what is checked before anything starts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from core.alerts import causes
from integration_manager import alerts


class PortalConfig(AppConfig):
    name = "integration_manager"

    def ready(self) -> None:
        causes.register(alerts.CAUSES)
        autodiscover_modules("start_checks", "setting_checks")  # they know models: read when those are there
