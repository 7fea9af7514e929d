"""Holding new orders for which nobody has said where they go, or by which ship method.

Whoever holds one has locked the routes first, and asks once more under that lock: what was said meanwhile counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from carts.models import Cart
from core.activity.event_log import event, record_all
from core.alerts.raised import raise_alert
from orders.models import HeldFor, Order, OrderStatus
from shipping.alerts import UNMAPPED, UNROUTED
from shipping.methods import mapping
from shipping.methods.decision import decide, rulebooks
from shipping.models import CartMethod
from shipping.routing import routes_for
from shipping.routing_rules.part_methods import held_in_part
from shipping.routing_rules.placement import place


def still_new(orders: Sequence[Order]) -> set[int]:
    """Return those that no other worker moved meanwhile, locked until the commit (SQLite locks all).

    Nor anybody edited: such a one may go by another ship method, and has its turn in the next sweep.
    """
    edited = {order.pk: order.edited_at for order in orders}
    rows = Order.objects.filter(pk__in=list(edited), status=OrderStatus.NEW).all_locked()
    return {pk for pk, edited_at in rows.values_list("pk", "edited_at") if edited_at == edited[pk]}


def hold_unmapped(held: Sequence[Order], now: datetime) -> int:
    """Hold what no ship method is known for. What was said about it since it was looked at counts."""
    moved = 0
    by_name: dict[tuple[int, str], list[Order]] = defaultdict(list)
    for order in held:
        by_name[(order.cart_id, order.service)].append(order)
    for (cart_id, name), orders in by_name.items():
        cart = orders[0].cart
        reason = f"Ship method “{name}” is not mapped" if name else "The order names no ship method"
        with transaction.atomic(durable=True):
            mapping.lock_routes([cart_id])
            left, routes = still_new(orders), routes_for([cart])
            placements = place(orders, routes, now=now)
            places = {pk: found.warehouse for pk, found in placements.items() if found.warehouse is not None}
            books = rulebooks(routes)
            decisions = decide(orders, books, places)
            in_part = held_in_part([order for order in orders if order.pk in places], books, placements)
            kept = {pk for pk, decision in decisions.items() if decision.held} | in_part
            orders = [order for order in orders if order.pk in left and order.pk in places and order.pk in kept]
            if not orders:
                continue
            moved += _hold(orders, reason, HeldFor.UNMAPPED, now)
            method = CartMethod.objects.filter(cart=cart, name=name).first()
            path = reverse("shipping:methods", args=[cart.pk])
            raise_alert(UNMAPPED, method or cart, f"{cart.merchant}, {cart}: {reason}.", now=now, path=path)
    return moved


def hold_unrouted(held: Iterable[Order], now: datetime) -> int:
    """Hold what no routing rule fits, each for its reason."""
    moved = 0
    by_cart: dict[Cart, list[Order]] = defaultdict(list)
    for order in held:
        by_cart[order.cart].append(order)
    for cart, orders in by_cart.items():
        with transaction.atomic(durable=True):
            mapping.lock_routes([cart.pk])
            left, placements = still_new(orders), place(orders, routes_for([cart]), now=now)
            by_reason: dict[str, list[Order]] = defaultdict(list)
            for order in orders:
                if order.pk in left and placements[order.pk].warehouse is None:
                    by_reason[placements[order.pk].why_not].append(order)
            for reason, some in by_reason.items():
                moved += _hold(some, reason, HeldFor.UNROUTED, now)
            if by_reason:
                said = f"{cart.merchant}, {cart}: orders are held that no routing rule sends to a warehouse."
                raise_alert(UNROUTED, cart, said, now=now, path=reverse("shipping:routing"))
    return moved


def _hold(orders: Sequence[Order], reason: str, held_for: HeldFor, now: datetime) -> int:
    moved: int = Order.objects.filter(pk__in=[order.pk for order in orders]).move(
        frm=[OrderStatus.NEW], to=OrderStatus.HELD, now=now, reason=reason, held_for=held_for
    )
    record_all(event("order.held", order, now=now, reason=reason) for order in orders)
    return moved
