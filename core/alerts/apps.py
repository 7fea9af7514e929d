"""The app of alerts and mail. When Django starts it declares what may happen to them."""

from django.apps import AppConfig

from core.activity import kinds
from core.alerts import causes, events, own_alerts


class AlertsConfig(AppConfig):
    name = "core.alerts"
    label = "alerts"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(own_alerts.CAUSES)
