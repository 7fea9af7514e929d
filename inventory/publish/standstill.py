"""Stock that does not reach a cart, because the cart is away or takes too little: people are told while it still helps.

One alert a cart, however many listings it has. It closes with the first run that leaves nothing behind.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, Q
from django.utils.translation import ngettext

from carts.models import Cart
from core.alerts import troubles
from core.alerts.raised import raise_alert
from core.common.remote import Disconnected, OurFault, RemoteError
from inventory.alerts import NOT_UPLOADED
from inventory.models import StockUpdate

SILENT = timedelta(hours=2)  # runs in a row that failed as a whole
OLDEST = timedelta(hours=4)  # how long a changed quantity may be on its way

REMEDY = "It is tried again every few minutes. To stop overselling until then, set quantities at {place} by hand."


def failed(cart: Cart, error: RemoteError, *, now: datetime) -> None:
    """A run ended early. What the seller's authorization or this portal is to blame for has an alert of its own."""
    if isinstance(error, (Disconnected, OurFault)):
        return
    with transaction.atomic(durable=True):
        message = f"{cart.merchant}, {cart}: stock can't be uploaded. {error} {_remedy(cart)}"
        troubles.note(NOT_UPLOADED, cart, message, after=SILENT, now=now, path=cart.get_absolute_url())


def ended_well(cart: Cart, *, now: datetime) -> None:
    """A run came to its end: what it could not tell may still be on its way for too long."""
    owed = StockUpdate.objects.of_cart(cart).owed()
    late = owed.filter(Q(failing_since__lte=now - SILENT) | Q(wanted_at__lte=now - OLDEST))
    oldest = late.aggregate(oldest=Min("wanted_at"))["oldest"]
    with transaction.atomic(durable=True):
        if oldest is None or not cart.inventory_on:
            troubles.end(NOT_UPLOADED, cart, now=now)
            return
        count = late.count()
        waiting = ngettext("{count} quantity has not reached", "{count} quantities have not reached", count)
        since = f"{oldest.astimezone(cart.organization.zone):%Y-%m-%d %H:%M}"
        why = late.exclude(last_error="").order_by("wanted_at").values_list("last_error", flat=True).first() or ""
        message = (
            f"{cart.merchant}, {cart}: {waiting.format(count=count)} {cart.place.name}, the oldest since {since}. "
            f"{why} {_remedy(cart)}"
        )
        raise_alert(NOT_UPLOADED, cart, message, now=now, path=cart.get_absolute_url())


def _remedy(cart: Cart) -> str:
    return REMEDY.format(place=cart.place.name)
