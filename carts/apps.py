"""The app of connections to marketplaces. When Django starts it declares what may happen to them."""

from django.apps import AppConfig

from carts import alerts, events
from core.activity import kinds
from core.alerts import causes


class CartsConfig(AppConfig):
    name = "carts"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(alerts.CAUSES)
