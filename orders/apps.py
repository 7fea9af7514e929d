"""The app of what a cart brought. When Django starts it declares what may happen to it."""

from django.apps import AppConfig

from core.activity import kinds
from core.alerts import causes
from orders import alerts, events


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(alerts.CAUSES)
