"""How long it is kept what happened, and what was said to other servers."""

from datetime import timedelta

from django.conf import settings

from core.activity import event_log
from core.activity.models import CallDay, Event, Exchange
from core.common.lifetimes import OTHER_DATA, Lifetime, older, older_in_turn, register

register(
    Lifetime(
        "What happened", OTHER_DATA, Event, "at", older_in_turn(Event, "at"), oldest_by="pk", end=event_log.forget_old
    ),
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
