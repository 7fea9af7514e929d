"""Taking what a client pushed: checked, stored and reported as Order Download does it, one push of a cart at a time.

Storing an order again changes nothing but what its document says otherwise, so a push may be repeated. The cart's row
is locked first: two pushes of one order at once are one after the other, and the second one finds it known.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from carts import marketplaces
from carts.marketplaces.pushed import PushedMarketplace
from carts.marketplaces.values import OrderDocument
from carts.models import Cart
from core.common.bell import Bell
from orders.download import storage
from orders.filters import cart_filters
from orders.models import Order, OrderStatus

MOST = 1000  # orders in one go: a page of a download holds no more
TAKING = (Cart.State.SETUP, Cart.State.LIVE, Cart.State.PAUSED)  # what comes before Go live waits for it


class NotTaken(Exception):
    """Nothing was stored or changed. The message is a sentence for whoever wrote the client."""


@dataclass
class Taken:
    """What became of a push, in counts; ``known`` are the numbers that were stored before, left alone if asked to."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    strange: int = 0
    known: list[str] = field(default_factory=list)


def take(cart: Cart, documents: Sequence[OrderDocument], *, now: datetime, only_new: bool = False) -> Taken:
    """Store orders of a cart. Raises NotTaken for a cart that takes none, or more than MOST at once.

    ``only_new``: a number that is known already is not looked at again, and named in ``known``.
    """
    if len(documents) > MOST:
        raise NotTaken(f"Send at most {MOST} orders at once.")
    with transaction.atomic():
        cart = _locked(cart)
        known = set(known_numbers(cart, [document.number for document in documents])) if only_new else set()
        fresh = [document for document in documents if document.number not in known]
        counts = storage.store_page({cart.place_id: cart}, fresh, now=now, rules=cart_filters.load([cart]))
        counts.pop("elsewhere")
        Bell.RELEASE_DUE.ring()
    return Taken(**counts, known=[document.number for document in documents if document.number in known])


def known_numbers(cart: Cart, numbers: Collection[str]) -> list[str]:
    """Return those of these numbers that the cart has brought before."""
    return list(Order.objects.filter(cart=cart, number__in=numbers).values_list("number", flat=True))


def cancel(order: Order, *, now: datetime) -> Order:
    """Its client cancels it: like a cancel that a download brings, also once the warehouse has it.

    Returns it as it is then: canceled, or held until the warehouse gave it back. Raises NotTaken for what is shipped,
    or can no longer be read.
    """
    spoken = marketplaces.APPLICATIONS[order.cart.kind].marketplace
    assert issubclass(spoken, PushedMarketplace)
    with transaction.atomic():
        cart = _locked(order.cart)
        order = Order.objects.locked(order.pk)
        if order.is_shipped:
            raise NotTaken("It has already been shipped, at least in part.")
        if order.status == OrderStatus.CANCELED:
            return order
        source = order.recipient.open_source()
        if source is None:
            raise NotTaken("It was erased, as the marketplace requires.")
        document = OrderDocument(order.number, cart.place_id, order.changed_at, source)
        said = spoken.canceled(document, at=max(now, order.changed_at))
        storage.store_page({cart.place_id: cart}, [said], now=now, rules=cart_filters.load([cart]))
        Bell.RECALL_DUE.ring()
    return Order.objects.select_related("cart", "merchant").get(pk=order.pk)


def _locked(cart: Cart) -> Cart:
    """Return the cart as it is now; nobody else takes orders for it before this is committed. Raises NotTaken."""
    held = Cart.objects.select_for_update(of=("self",)).select_related("merchant", "grant").get(pk=cart.pk)
    if not held.is_pushed:
        raise NotTaken(f"{held} downloads its orders: none can be pushed to it.")
    if held.state not in TAKING:
        raise NotTaken(f"{held} is {held.get_state_display().lower()}: it takes no orders.")
    return held
