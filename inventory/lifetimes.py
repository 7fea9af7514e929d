"""How long it is kept what was on hand."""

from datetime import timedelta

from core.common.lifetimes import Lifetime, ended, older, register
from inventory.models import Observation, PublishedNumber, StockFeed

register(
    Lifetime(
        "What was on hand, and when",
        timedelta(days=60),
        Observation,
        "stored_at",
        older(Observation, "stored_at"),
    )
)
register(
    Lifetime(
        "Quantities that were sent, and when",
        timedelta(days=60),
        PublishedNumber,
        "told_at",
        older(PublishedNumber, "told_at"),
    )
)
register(Lifetime("Feeds of stock", timedelta(days=90), StockFeed, "made_at", ended(StockFeed, "made_at")))
