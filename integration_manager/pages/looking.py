"""Looking at a buyer's name and address. Every look by a person is an event."""

from datetime import datetime, timedelta

from carts.marketplaces.base import Address, Buyer
from integration_manager.accounts.models import User
from integration_manager.activity.models import Event
from integration_manager.activity.recording import record
from orders.models import Order, Recipient

SAME_LOOK = timedelta(hours=1)  # loading the page again is not another look


def look_at(recipient: Recipient, *, by: User, now: datetime) -> tuple[Address | None, Buyer | None]:
    """Return address and buyer in clear, and record that this person saw them. Raises vault.Unopenable."""
    opened = recipient.open()
    if opened != (None, None) and not _looked_lately(recipient.order, by, now):
        record("recipient.looked_at", recipient.order, now=now, actor=by)
    return opened


def _looked_lately(order: Order, by: User, now: datetime) -> bool:
    looks = Event.objects.filter(
        organization=order.organization_id,
        subject_kind="order",
        subject_id=order.pk,
        kind="recipient.looked_at",
        actor=by,
        at__gt=now - SAME_LOOK,
    )
    return bool(looks.exists())
