"""The project as an app: what is checked before anything starts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PortalConfig(AppConfig):
    name = "integration_manager"

    def ready(self) -> None:
        autodiscover_modules("start_checks")  # it knows models, so it is read when they are there
