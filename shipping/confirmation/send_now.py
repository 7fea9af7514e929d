"""Sending what waits for a cart at once, where somebody does not want to wait for the cart's next turn."""

from datetime import datetime

from django.utils.translation import ngettext

from carts import presses
from carts.lifecycle import NotReady, Resting
from carts.models import Cart
from core.common.bell import Bell
from shipping.models import Confirmation


def send_now(cart: Cart, *, now: datetime) -> str:
    """Owe all packages that wait for a cart now, and return how many there are, as a sentence.

    The marketplace's quota still counts: what it does not carry goes as soon as it does. Raises NotReady for a
    cart that sends nothing, and Resting where it was asked for just now.
    """
    live = Cart.objects.asked().filter(pk=cart.pk, shipments_on=True)
    if cart.grant_id is None or not live.exists():
        raise NotReady(f"{cart} can't send tracking: it must be live and authorized, with shipment upload turned on.")
    owed = Confirmation.objects.filter(cart=cart).owed()
    count = owed.count()
    if not count:
        return "Nothing is waiting to be sent."
    if (asked := presses.press("send", cart, now=now)) is not None:
        raise Resting(f"We are sending already: that was asked for {presses.ago(asked)}.")
    owed.hasten(now=now)
    Bell.CONFIRM_PACKAGES.ring(grant_id=cart.grant_id)
    return ngettext("{count:,} package is being sent now.", "{count:,} packages are being sent now.", count).format(
        count=count
    )
