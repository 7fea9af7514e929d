"""What the warehouse calls a cart's ship methods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def free(cart: Cart, *, name: str | None = None, prime: bool = False) -> int:
    """Let the orders flow that were held because their ship method was not mapped: all, one method's, or Prime ones."""
    held = Order.objects.filter(cart=cart, held_for=HeldFor.UNMAPPED)
    if name is not None:
        held = held.filter(service=name)
    if prime:
        held = held.filter(is_prime=True)
    return int(held.move(frm=[OrderStatus.HELD], to=OrderStatus.NEW))


@dataclass(frozen=True, slots=True)
class Rerouted:
    """What came of a changed route: the names of what changed, how many held orders flow, and how many of the cart's
    ship methods were mapped to ones of the warehouse it left."""

    fields: Sequence[str] = ()
    freed: int = 0
    unmapped: int = 0


def change_route(route: Route, settings: Mapping[str, Any], *, by: User, now: datetime) -> Rerouted:
    """Keep what differs. A mapping to another warehouse's ship methods goes with the warehouse."""
    changed = {field: value for field, value in settings.items() if getattr(route, field) != value}
    if not changed:
        return Rerouted()
    names = [str(Route._meta.get_field(field).verbose_name) for field in changed]  # type: ignore[union-attr]
    cart = route.cart
    with transaction.atomic(durable=True):
        Route.objects.filter(pk=route.pk).update(**changed)
        for field, value in changed.items():
            setattr(route, field, value)
        record(
            "route.changed", cart, now=now, actor=by, warehouse=route.warehouse.name, fields=", ".join(sorted(names))
        )
        elsewhere = CartMethod.objects.filter(cart=cart, ship_method__isnull=False)
        unmapped = elsewhere.exclude(ship_method__warehouse=route.warehouse).update(ship_method=None)
        if not route.reject_unmapped:
            for subject in (cart, *CartMethod.objects.filter(cart=cart)):
                close_alerts(subject, "ship_method.unmapped", now=now)
            freed = free(cart)
        else:
            freed = free(cart, prime=True) if route.prime_method else 0
    return Rerouted(names, freed, unmapped)
