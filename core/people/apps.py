"""The app of people and invitations. When Django starts it declares what may happen to them."""

from django.apps import AppConfig

from core.activity import kinds
from core.alerts import causes
from core.people import alerts, events


class PeopleConfig(AppConfig):
    name = "core.people"
    label = "people"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(alerts.CAUSES)
