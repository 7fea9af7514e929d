"""The app of stock. When Django starts it declares what may happen to it."""

from django.apps import AppConfig

from core.activity import kinds
from core.alerts import causes
from inventory import alerts, events


class InventoryConfig(AppConfig):
    name = "inventory"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(alerts.CAUSES)
