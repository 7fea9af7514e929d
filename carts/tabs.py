"""The pages about one cart. Those of the apps above are known by name; one that does not exist is left out."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

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
    found = []
    for label, route in ROUTES.items():
        try:
            url = reverse(route, args=[cart.pk])
        except NoReverseMatch:
            continue
        found.append(Tab(label, url, route == active))
    return found
