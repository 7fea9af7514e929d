"""What an order that was shipped from here becomes by what the cart shows of it: confirmed, whole or in part. Pure."""

from django.utils.translation import ngettext

from carts.marketplaces.values import MarketplaceOrder, OrderState
from orders.download.verdict import Verdict
from orders.models import Order, OrderStatus


def is_all_shipped(read: MarketplaceOrder) -> bool:
    """Whether the cart has nothing left to be shipped, of what is not canceled."""
    if read.state is OrderState.PARTLY_SHIPPED:
        return not any(line.unfulfilled for line in read.lines)
    return read.state is OrderState.SHIPPED


def judge_shipped(order: Order, read: MarketplaceOrder, place: str) -> Verdict | None:
    """Return what an order becomes of which all our tracking was sent. None: it stays what it is.

    A document that was written before the cart said yes to our tracking says nothing of it.
    """
    if is_all_shipped(read):
        partly = order.status == OrderStatus.PARTLY
        return Verdict(OrderStatus.CONFIRMED, f"All of it is shipped on {place}") if partly else None
    if read.state not in (OrderState.OPEN, OrderState.PARTLY_SHIPPED) or order.confirmed_at is None:
        return None
    if read.changed_at < order.confirmed_at:
        return None
    units = sum(line.unfulfilled for line in read.lines)
    said = ngettext(
        "{units} of its units is still open on {place}", "{units} of its units are still open on {place}", units
    )
    return Verdict(OrderStatus.PARTLY, said.format(units=units, place=place))
