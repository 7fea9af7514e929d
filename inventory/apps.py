"""The app of stock. When Django starts it declares what may happen to it."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from core.activity import kinds
from core.alerts import causes
from core.alerts.retries import retriers
from inventory import alerts, events


class InventoryConfig(AppConfig):
    name = "inventory"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(alerts.CAUSES)
        retriers.register(alerts.NOT_TOLD, import_string("inventory.publish.owed_numbers.retry_listing"))
        register_shelf = import_string("shipping.routing_rules.shelf.register")
        register_shelf(import_string("inventory.shelf_stock.ShelfStock"))
