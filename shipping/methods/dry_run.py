"""The dry run: what a change of ship methods would have done to the orders of the last 30 days. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from core.accounts.models import Organization
from orders.models import HeldFor, Order, OrderQuerySet, OrderStatus
from shipping.methods.decision import books_at, facts_of, rulebooks
from shipping.methods.mapping import MethodChange
from shipping.methods.rules import Decision
from shipping.methods.service_speed import is_slower
from shipping.models import Release, Warehouse
from shipping.routing import routes_for

LOOK_BACK = timedelta(days=30)
MOST = 5_000  # orders, the newest
SHOWN = 100
PAGE = 500
NEVER_GO = (OrderStatus.SKIPPED, OrderStatus.CANCELED)


class Turn(StrEnum):
    """What a change makes of an order."""

    OTHERWISE = "otherwise"  # it would go by another ship method
    HELD = "held"  # it would be held
    FLOWS = "flows"  # it would not be held any more


@dataclass(frozen=True, slots=True)
class Fate:
    """An order a change makes something else of."""

    order: Order
    turn: Turn
    before: Decision
    after: Decision

    @property
    def is_slower(self) -> bool:
        """Whether it would go slower than what its buyer asked for."""
        promises = APPLICATIONS[self.order.cart.kind].marketplace.service_days
        method = self.after.method
        return method is not None and is_slower(self.order.service, method.service, promises=promises)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a change would have done."""

    looked_at: int
    all_of_them: bool  # else only the newest
    otherwise: int
    held: int
    flows: int
    waiting: int  # of those that flow, held at this moment: they go at once
    slower: int  # than the buyer asked for, of those that would go otherwise
    unknown: int  # whose postal code was asked for and is not known any more
    shown: Sequence[Fate]

    @property
    def changed(self) -> int:
        return self.otherwise + self.held + self.flows


def rehearse(subject: Cart | Organization, change: MethodChange, *, now: datetime) -> Rehearsal:
    """Ask what is said now, and what would be said, about the orders of a cart, or of all carts."""
    found = list(lately(subject, now)[: MOST + 1])
    orders = found[:MOST]
    carts = Cart.objects.filter(pk__in={order.cart_id for order in orders}).select_related("organization")
    books = rulebooks(routes_for(carts))
    changed = {cart_id: change.to(book, cart_id) for cart_id, book in books.items()}
    fates: list[Fate] = []
    unknown = 0
    for start in range(0, len(orders), PAGE):
        page = orders[start : start + PAGE]
        places = _places(page)
        before_at, after_at = books_at(page, books, places), books_at(page, changed, places)
        facts = facts_of(page, before_at, after_at)
        for order in page:
            before, after = before_at[order.pk], after_at[order.pk]
            known = facts[order.pk]
            if known.postal_code is None:
                unknown += before.asks_postal_code(known) or after.asks_postal_code(known)
            if fate := _fate(order, before.decide(known), after.decide(known)):
                fates.append(fate)
    turns = [fate.turn for fate in fates]
    return Rehearsal(
        looked_at=len(orders),
        all_of_them=len(found) <= MOST,
        otherwise=turns.count(Turn.OTHERWISE),
        held=turns.count(Turn.HELD),
        flows=turns.count(Turn.FLOWS),
        waiting=sum(fate.turn is Turn.FLOWS and fate.order.held_for == HeldFor.UNMAPPED for fate in fates),
        slower=sum(fate.is_slower for fate in fates),
        unknown=unknown,
        shown=fates[:SHOWN],
    )


def lately(subject: Cart | Organization, now: datetime) -> OrderQuerySet:
    """Return the orders of these days that go or went to a warehouse, the newest first."""
    orders = Order.objects.filter(placed_at__gte=now - LOOK_BACK).exclude(status__in=NEVER_GO)
    orders = orders.filter(cart=subject) if isinstance(subject, Cart) else orders.filter(organization=subject)
    # What could not be read has no ship method to look at.
    orders = orders.exclude(held_for=HeldFor.STRANGE).order_by("-placed_at", "-pk")
    fields = ("organization", "cart", "number", "status", "held_for", "service", "placed_at", "is_prime", "programs")
    found: OrderQuerySet = orders.select_related("cart").only(*fields, "cart__kind", "merchant", "total", "currency")
    return found


def _places(orders: Sequence[Order]) -> dict[int, Warehouse]:
    """Return the warehouse of each that a routing rule sent elsewhere; of one that never went, its cart's is taken."""
    elsewhere = Release.objects.filter(order__in=orders).exclude(placed_by="")
    rows = elsewhere.select_related("warehouse__default_method").order_by("-part")  # of a split one the first part's
    return {release.order_id: release.warehouse for release in rows}


def _fate(order: Order, before: Decision, after: Decision) -> Fate | None:
    if before.held and not after.held:
        return Fate(order, Turn.FLOWS, before, after)
    if after.held and not before.held:
        return Fate(order, Turn.HELD, before, after)
    if before.method_id != after.method_id:
        return Fate(order, Turn.OTHERWISE, before, after)
    return None
