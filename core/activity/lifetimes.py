"""How long what was said to other servers is kept. What happened stays."""

from datetime import timedelta

from django.conf import settings

from core.activity.models import CallDay, Exchange
from core.common.lifetimes import Lifetime, older, register

register(
    Lifetime(
        "Exchanges with other servers",
        timedelta(days=settings.EXCHANGES_KEPT_DAYS),
        Exchange,
        "at",
        older(Exchange, "at"),
        rule="unless EXCHANGES_KEPT_DAYS says otherwise",
    ),
    Lifetime(
        "How many requests went out, by day", timedelta(days=400), CallDay, "counted_at", older(CallDay, "counted_at")
    ),
)
