"""The pages about one cart. Those of the apps above are known by name; the names are checked at start."""

from dataclasses import dataclass

from django.urls import reverse

from carts.models import Cart

ROUTES = {
    "Setup": "carts:cart",
    "Shipping methods": "shipping:methods",
    "Filters": "orders:filters",
    "Inventory": "inventory:cart",
    "Reconciliation": "shipping:reconcile",
    "History": "carts:history",
}


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    active: bool


def tabs(cart: Cart, active: str) -> list[Tab]:
    """Return the tabs of a cart's pages; ``active`` is the route of the one that is shown."""
    return [Tab(label, reverse(route, args=[cart.pk]), route == active) for label, route in ROUTES.items()]
