"""The app of what a cart brought. When Django starts it declares what may happen to it."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from core.activity import kinds
from core.alerts import causes, facts
from orders import alerts, events


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(alerts.CAUSES)
        facts.register("order", import_string("orders.alert_facts.of_orders"))
