"""The pages about one cart. Those of the apps above are known by name; the names are checked at start."""

from dataclasses import dataclass

from django.urls import reverse

from carts.marketplaces import APPLICATIONS
from carts.models import Cart

FILES_ONLY = ("Order files", "Tracking files")  # of carts whose clients send files
ASKED_ONLY = ("Inventory", "Reconciliation")  # of carts whose marketplace we tell, and compare with
FIRST = "carts:cart"  # until it is live, its set-up; afterwards, how it is doing
ROUTES = {
    "Overview": FIRST,
    "Settings": "carts:settings",
    "Ship methods": "shipping:methods",
    "Filters": "orders:filters",
    "Order files": "orders:order_files",
    "Tracking files": "shipping:tracking_files",
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
    named = {"Setup" if route == FIRST and not cart.is_set_up else label: route for label, route in ROUTES.items()}
    if cart.is_pushed:
        named = {label: route for label, route in named.items() if label not in ASKED_ONLY}
    if not APPLICATIONS[cart.kind].takes_files:
        named = {label: route for label, route in named.items() if label not in FILES_ONLY}
    return [Tab(label, reverse(route, args=[cart.pk]), route == active) for label, route in named.items()]
