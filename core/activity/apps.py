"""The app of what happened. When Django starts it declares what may happen to the record itself."""

from django.apps import AppConfig

from core.activity import events, kinds


class ActivityConfig(AppConfig):
    name = "core.activity"
    label = "activity"

    def ready(self) -> None:
        kinds.register(events.KINDS)
