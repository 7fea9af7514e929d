"""What the warehouse calls a cart's ship methods."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from carts.models import Cart
from integration_manager.accounts.models import User
from integration_manager.activity.recording import record
from integration_manager.alerts.alerting import close_alerts
from orders.models import HeldFor, Order, OrderStatus
from shipping.models import CartMethod, Route, ShipMethod


def list_methods(cart: Cart) -> list[CartMethod]:
    """Return the cart's ship methods: those it starts with, then the others as they were seen on orders."""
    see(cart, cart.service_names, seen_at=None)
    known = CartMethod.objects.filter(cart=cart).select_related("ship_method")
    start = {name: place for place, name in enumerate(cart.service_names)}
    return sorted(known, key=lambda method: (start.get(method.name, len(start)), method.name))


def see(cart: Cart, names: Iterable[str], *, seen_at: datetime | None) -> None:
    """Remember that the cart uses these ship methods."""
    rows = [
        CartMethod(
            organization_id=cart.organization_id, merchant_id=cart.merchant_id, cart=cart, name=name, seen_at=seen_at
        )
        for name in sorted({name for name in names if name})
    ]
    CartMethod.objects.bulk_create(rows, ignore_conflicts=True)
    if seen_at:
        CartMethod.objects.filter(cart=cart, name__in=[row.name for row in rows], seen_at=None).update(seen_at=seen_at)


def map_method(method: CartMethod, ship_method: ShipMethod | None, *, by: User, now: datetime) -> int:
    """Say what the warehouse calls it. Orders held for it flow; returns how many."""
    with transaction.atomic(durable=True):
        if not CartMethod.objects.filter(pk=method.pk).exclude(ship_method=ship_method).update(ship_method=ship_method):
            return 0
        called = ship_method.label if ship_method else ""
        record("ship_method.mapped", method.cart, now=now, actor=by, name=method.name, to=called)
        method.ship_method = ship_method
        if ship_method is None:
            return 0
        close_alerts(method, "ship_method.unmapped", now=now)
        return free(method.cart, name=method.name)


def free(cart: Cart, *, name: str | None = None) -> int:
    """Let the orders flow that were held because their ship method was not mapped."""
    held = Order.objects.filter(cart=cart, held_for=HeldFor.UNMAPPED)
    if name is not None:
        held = held.filter(service=name)
    return int(held.move(frm=[OrderStatus.HELD], to=OrderStatus.NEW))


def set_route(route: Route, *, by: User, now: datetime) -> int:
    """Keep a changed route. Orders that are no longer refused flow; returns how many."""
    with transaction.atomic(durable=True):
        route.save(update_fields=["warehouse", "reject_unmapped"])
        rejects = route.reject_unmapped
        record("route.changed", route.cart, now=now, actor=by, warehouse=route.warehouse.name, rejects=rejects)
        return 0 if rejects else free(route.cart)
