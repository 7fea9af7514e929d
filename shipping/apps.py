"""The app of what goes to a warehouse. When Django starts it declares what may happen to it."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from core.activity import kinds
from core.alerts import causes, facts, held_orders
from core.alerts.retries import retriers
from core.api import key_owners
from core.files import folder_owners
from shipping import alerts, events


class ShippingConfig(AppConfig):
    name = "shipping"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(alerts.CAUSES)
        key_owners.register(import_string("shipping.calling_names.of_access"))
        folder_owners.register("warehouse", import_string("shipping.calling_names.name_in_use"))
        facts.register("order", import_string("shipping.order_facts.of_orders"))
        held_orders.register("cartmethod", import_string("shipping.methods.waiting_orders.of_cart_methods"))
        for cause in (alerts.NOT_RELEASED, alerts.NOT_CHANGED, alerts.NOT_CONFIRMED):
            retriers.register(cause, import_string("shipping.order_alerts.retry_order"))
