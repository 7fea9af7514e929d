"""Setup links that nobody opened: the mail may lie in a spam folder, or went to somebody who left."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from carts.alerts import LINK_UNOPENED
from carts.models import SetupLink
from core.alerts.raised import keep_alerts

PATIENCE = timedelta(days=3)


def tell(*, now: datetime) -> None:
    """Raise and close the alert of every cart that waits for its seller."""
    keep_alerts(LINK_UNOPENED, _unopened(now), now=now)


def _unopened(now: datetime) -> Iterator[tuple[Any, str, str]]:
    links = SetupLink.objects.usable(now).filter(opened_at=None, created_at__lte=now - PATIENCE)
    for link in links.select_related("cart__merchant", "organization").order_by("pk"):
        sent = link.created_at.astimezone(link.organization.zone)
        said = (
            f"{link.cart.merchant}, {link.cart}: the setup link of {sent:%Y-%m-%d} has not been opened. Ask the "
            "seller to look into the spam folder, or send it to another address."
        )
        yield link.cart, said, link.cart.get_absolute_url()
