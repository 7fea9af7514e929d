"""The app of what a cart brought. When Django starts it declares what may happen to it."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from core.activity import kinds
from core.alerts import causes, held_orders
from core.alerts.digests import digest_figures
from orders import alerts, events


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(alerts.CAUSES)
        for kind in ("order", "cart", "grant", "warehouse", "organization"):
            held_orders.register(kind, import_string(f"orders.held_by_alerts.of_{kind}s"))
        digest_figures.register(import_string("orders.digest_counts.done"), import_string("orders.digest_counts.late"))
