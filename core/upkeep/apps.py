from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class UpkeepConfig(AppConfig):
    name = "core.upkeep"
    label = "upkeep"

    def ready(self) -> None:
        autodiscover_modules("lifetimes")  # how long each app's data is kept: they know models, which are there by now
