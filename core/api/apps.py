"""The app of keys and of what all endpoints share. When Django starts it declares what may happen to keys."""

from django.apps import AppConfig

from core.activity import kinds
from core.api import events


class ApiConfig(AppConfig):
    name = "core.api"
    label = "api"

    def ready(self) -> None:
        kinds.register(events.KINDS)
