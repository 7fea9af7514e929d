"""Feeds of stock that a marketplace does not finish: until it has, the account is told nothing else."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from core.alerts.raised import keep_alerts
from inventory.alerts import FEED_STUCK
from inventory.models import StockFeed

PATIENCE = timedelta(hours=4)


def tell(*, now: datetime) -> None:
    """Raise and close the alert of every seller account."""
    keep_alerts(FEED_STUCK, _stuck(now), now=now)


def _stuck(now: datetime) -> Iterator[tuple[Any, str, str]]:
    feeds = StockFeed.objects.owed().filter(submitted_at__lte=now - PATIENCE)
    for feed in feeds.select_related("grant__merchant", "organization").order_by("pk"):
        assert feed.submitted_at is not None
        sent = feed.submitted_at.astimezone(feed.organization.zone)
        said = (
            f"{feed.grant.merchant}: the feed of stock of {sent:%Y-%m-%d %H:%M} is not finished. Quantities of this "
            "seller account wait for it. It is looked at again by itself."
        )
        yield feed.grant, said, reverse("inventory:inventory")
