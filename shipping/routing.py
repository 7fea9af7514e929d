"""Which warehouse a cart's orders go to, and under which number."""

from collections.abc import Iterable

from carts.models import Cart
from core.accounts.models import Organization
from orders.models import Order
from shipping.models import Release, Route, ShipMethod, Warehouse, release_of


def routes_for(carts: Iterable[Cart]) -> dict[int, Route]:
    """Return the route of each cart; one to the organization's first warehouse is made where there is none."""
    carts = list(carts)
    routes = _routes(carts)
    missing = [cart for cart in carts if cart.pk not in routes]
    if missing:
        first: dict[int, Warehouse] = {}
        organizations = {cart.organization_id for cart in missing}
        for warehouse in Warehouse.objects.in_use().filter(organization__in=organizations).order_by("-pk"):
            first[warehouse.organization_id] = warehouse
        made = [
            Route(
                organization_id=cart.organization_id,
                merchant_id=cart.merchant_id,
                cart=cart,
                warehouse=first.get(cart.organization_id) or make_portal_warehouse(cart.organization),
            )
            for cart in missing
        ]
        Route.objects.bulk_create(made, ignore_conflicts=True)
        routes = _routes(carts)
    return routes


def warehouse_of(order: Order) -> Warehouse:
    """Return the warehouse that has the order, or that it goes to; of a split one, the first."""
    release = release_of(order)
    return release.warehouse if release else routes_for([order.cart])[order.cart_id].warehouse


def _routes(carts: list[Cart]) -> dict[int, Route]:
    beside = ("warehouse__default_method", "cart", "prime_method", "default_method")
    routes = Route.objects.filter(cart__in=carts).select_related(*beside)
    return {route.cart_id: route for route in routes}


def ship_from(order: Order, warehouse_id: int) -> str:
    """Return what the marketplace calls the warehouse that ships an order of this cart; nothing where nobody said."""
    route: Route | None = getattr(order.cart, "route", None)
    return route.ship_from if route is not None and route.warehouse_id == warehouse_id else ""


def number_for(order: Order, cart: Cart) -> str:
    """Return what the warehouse is to know an order by where it differs from the order's number, else nothing."""
    return f"{cart.prime_prefix}{order.number}" if order.is_prime and cart.prime_prefix else ""


def number_of_part(order: Order, cart: Cart, part: int) -> str:
    """Return the same for a part of a split order. Each has its own: two warehouses may share one system, which finds
    by the number what it has."""
    number = number_for(order, cart)
    return number if part == 1 else f"{number or order.number}-P{part}"


def number_known(release: Release) -> str:
    """Return what the warehouse knows an order by now: until it was handed over anew, the old number."""
    return release.replaces or release.number_there


def next_number(release: Release) -> str:
    """Return what the warehouse is to know it by when it is handed over anew: a number it has never seen."""
    base, mark, count = release.number_there.rpartition("-R")
    return f"{base}-R{int(count) + 1}" if mark and count.isdecimal() else f"{release.number_there}-R2"


def make_portal_warehouse(organization: Organization, name: str = "Warehouse") -> Warehouse:
    """Return the organization's own warehouse without a system, with the ship methods it starts with."""
    warehouse, _ = Warehouse.objects.get_or_create(organization=organization, name=name, defaults={"kind": "portal"})
    start_methods(warehouse)
    return warehouse


def start_methods(warehouse: Warehouse) -> None:
    """Give a warehouse the ship methods that its system starts with."""
    ShipMethod.objects.bulk_create(
        (
            ShipMethod(
                organization_id=warehouse.organization_id,
                warehouse=warehouse,
                label=method.label,
                carrier=method.carrier,
                scac=method.scac,
                service=method.service,
            )
            for method in warehouse.system.methods
        ),
        ignore_conflicts=True,
    )
