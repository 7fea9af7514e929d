"""The filters of carts: loading them for a pull, changing them, and trying them on orders that came lately.

What was taken stays taken: filters look at an order when it comes in, and when it changes before it is released.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from carts.models import Cart
from core.accounts.models import User
from core.activity.event_log import record
from core.common.vault import Unopenable
from orders.filters.order_rules import FilterFacts, Item, Rules, rules_of
from orders.models import HeldFor, ItemFilter, Line, Order, OrderFilter, OrderStatus, fulfilled_there

MOST_FILTERS = 50  # of one cart
LOOK_BACK = timedelta(days=30)
MOST_TRIED = 500
SHOWN = 20


class FilterGone(Exception):
    """Somebody removed the filter meanwhile."""


class TooMany(Exception):
    """The cart has as many filters as it may have."""


# -- Loading ---------------------------------------------------------------------------------------------------------
def load(carts: Iterable[Cart]) -> dict[int, Rules]:
    """Return the rules of these carts by the cart's id: two queries, however many carts and orders there are."""
    ids = [cart.pk for cart in carts]
    of_orders: dict[int, list[OrderFilter]] = {}
    for each in OrderFilter.objects.filter(cart__in=ids).order_by("pk"):
        of_orders.setdefault(each.cart_id, []).append(each)
    of_items = {each.cart_id: each for each in ItemFilter.objects.filter(cart__in=ids)}
    return {pk: rules_of(of_orders.get(pk, ()), of_items.get(pk)) for pk in {*of_orders, *of_items}}


# -- Changing --------------------------------------------------------------------------------------------------------
def add(cart: Cart, filter_: OrderFilter, *, by: User, now: datetime) -> None:
    """Add a filter to the cart. Raises TooMany."""
    filter_.organization_id, filter_.merchant_id, filter_.cart = cart.organization_id, cart.merchant_id, cart
    with transaction.atomic(durable=True):
        # Two who add at once pass the limit by one: it only keeps pulls quick.
        if OrderFilter.objects.filter(cart=cart).count() >= MOST_FILTERS:
            raise TooMany(f"A cart can have up to {MOST_FILTERS} filters. One filter can hold many values.")
        filter_.save(force_insert=True)
        _record(cart, "a filter was added", by=by, now=now)


def change(filter_: OrderFilter, *, by: User, now: datetime) -> None:
    """Keep what a filter says now. Raises Gone."""
    said = {name: getattr(filter_, name) for name in ("field", "match", "effect", "values")}
    with transaction.atomic(durable=True):
        if not OrderFilter.objects.filter(pk=filter_.pk).update(**said):
            raise FilterGone("Somebody else has removed this filter in the meantime. Nothing was changed.")
        _record(filter_.cart, "a filter was changed", by=by, now=now)


def remove(filter_: OrderFilter, *, by: User, now: datetime) -> None:
    with transaction.atomic(durable=True):
        removed, _ = OrderFilter.objects.filter(pk=filter_.pk).delete()
        if removed:
            _record(filter_.cart, "a filter was removed", by=by, now=now)


def list_items(cart: Cart, said: dict[str, Any], *, by: User, now: datetime) -> None:
    """Keep the cart's list of items in place of the one it had."""
    owner = {"organization_id": cart.organization_id, "merchant_id": cart.merchant_id}
    with transaction.atomic(durable=True):
        ItemFilter.objects.update_or_create(cart=cart, defaults=said, create_defaults=owner | said)
        _record(cart, "the list of items was saved", by=by, now=now)


def take_all_items(cart: Cart, *, by: User, now: datetime) -> None:
    """Remove the list of items."""
    with transaction.atomic(durable=True):
        removed, _ = ItemFilter.objects.filter(cart=cart).delete()
        if removed:
            _record(cart, "the list of items was removed", by=by, now=now)


def _record(cart: Cart, what: str, *, by: User, now: datetime) -> None:
    """Counts only: values may be order numbers and postal codes."""
    items = ItemFilter.objects.filter(cart=cart).values_list("values", flat=True).first()
    filters = OrderFilter.objects.filter(cart=cart).count()
    record("filters.changed", cart, now=now, actor=by, what=what, filters=filters, items=len(items or ()))


# -- Trying ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Tried:
    """What rules would have made of the orders that came lately."""

    looked_at: int
    all_of_them: bool  # else only the newest MOST_TRIED
    left_out: int
    in_part: int  # orders that would have gone without some lines
    shown: Sequence[tuple[Order, str]]  # the newest, each with its reason


def try_out(cart: Cart, rules: Rules, *, now: datetime) -> Tried:
    """Ask rules about the cart's orders of the last 30 days, the newest 500 at the most: three queries."""
    orders = Order.objects.filter(cart=cart, placed_at__gte=now - LOOK_BACK).exclude(
        status=OrderStatus.SKIPPED, reason=fulfilled_there(cart)
    )
    orders = orders.exclude(held_for=HeldFor.STRANGE).order_by("-placed_at", "-pk")
    lines = Prefetch("lines", Line.objects.only("order_id", "reference", "sku", "asin", "ordered", "canceled"))
    unread = ["recipient__source"] if rules.need_address else ["recipient__source", "recipient__sealed"]
    orders = orders.select_related("recipient").defer(*unread).prefetch_related(lines)
    found = list(orders[: MOST_TRIED + 1])
    out, in_part = [], 0
    for order in found[:MOST_TRIED]:
        left = rules.leave_out(_facts(order, open_address=rules.need_address))
        in_part += bool(left.lines)
        if left.reason:
            out.append((order, left.reason))
    looked_at = min(len(found), MOST_TRIED)
    return Tried(looked_at, len(found) <= MOST_TRIED, len(out), in_part, out[:SHOWN])


def _facts(order: Order, *, open_address: bool) -> FilterFacts:
    """Return the facts of a stored order. An address that was erased is not known any more."""
    recipient, address = getattr(order, "recipient", None), None
    if recipient is not None and open_address:
        try:
            address, _ = recipient.open()
        except Unopenable:
            address = None
    return FilterFacts(
        number=order.number,
        service=order.service,
        currency=order.currency,
        is_prime=order.is_prime,
        is_business=order.is_business,
        country=(recipient.country or None) if recipient else None,
        address=address,
        # As it came in: what was shipped since does not count.
        items=[Item(line.reference, line.sku, line.asin, line.wanted > 0) for line in order.lines.all()],
        programs=order.program_words,
    )
