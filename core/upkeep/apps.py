from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "core.upkeep"
    label = "upkeep"
