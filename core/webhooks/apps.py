"""The app of webhooks. When Django starts it declares what may happen to them."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules, import_string

from core.activity import kinds
from core.alerts import causes, channels
from core.webhooks import alerts, events


class WebhooksConfig(AppConfig):
    name = "core.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        kinds.register(events.KINDS)
        causes.register(alerts.CAUSES)
        channels.register(import_string("core.webhooks.chat_channel.CHANNEL"))
        autodiscover_modules("webhooks")  # each app's own messages: they know models, which are there by now
