"""How long messages to webhook endpoints are kept."""

from core.common.lifetimes import Lifetime, ended, register
from core.webhooks import replays
from core.webhooks.models import Delivery

register(Lifetime("Webhook messages", replays.LONGEST, Delivery, "made_at", ended(Delivery, "made_at")))
