"""The app of alerts and mail. When Django starts it declares what may happen to them."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from core.activity import kinds
from core.alerts import causes, events, own_alerts
from core.alerts.retries import retriers


class AlertsConfig(AppConfig):
    name = "core.alerts"
    label = "alerts"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(own_alerts.CAUSES)
        retriers.register(own_alerts.MAIL_REFUSED, import_string("core.alerts.mail.refused_mail.retry"))
