"""The app of connections to marketplaces. When Django starts it declares what may happen to them."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from carts import alerts, events
from core.activity import kinds
from core.alerts import causes
from core.files import folder_owners


class CartsConfig(AppConfig):
    name = "carts"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(alerts.CAUSES)
        folder_owners.register("cart", import_string("carts.lookup.name_in_use"))
