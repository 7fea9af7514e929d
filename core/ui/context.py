"""What every page knows: the menu, and whether Amazon is only simulated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from core.accounts.access import Ability

# Label and route of each entry, in the order of an order's way. Routes that do not exist are left out.
MENU = (
    ("Dashboard", "dashboard"),
    ("Orders", "orders:orders"),
    ("Shipping", "shipping:shipping"),
    ("Inventory", "inventory:inventory"),
    ("Carts", "carts:carts"),
    ("Merchants", "merchants:merchants"),
    ("Alerts", "alerts:alerts"),
    ("People", "people:people"),
)
ABILITIES = {"People": Ability.PEOPLE}  # entries that not everybody sees

# Pages people come to from another entry than their app's.
ELSEWHERE = {
    "shipping:close": "orders",
    "shipping:closed": "orders",
    "shipping:correct": "orders",
    "shipping:methods": "carts",
    "shipping:reconcile": "carts",
    "orders:filters": "carts",
    "inventory:cart": "carts",
    "subscriptions:cart": "carts",
    "subscriptions:merchant": "merchants",
    "subscriptions:organization": "people",
    "subscriptions:subscription": "people",
}


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    active: bool
    count: int | SimpleLazyObject


def house(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Nothing here asks the database before a template shows it."""
    access = getattr(request, "access", None)
    return {
        "nav": _menu(request, access) if access else [],
        "simulated": getattr(settings, "AMAZON_SIMULATED", False),
        "simulator_url": getattr(settings, "SIMULATOR_URL", ""),
    }


def _menu(request: HttpRequest, access: Any) -> list[NavItem]:
    items = []
    for label, route in getattr(settings, "MENU", MENU):
        if label in ABILITIES and not access.may(ABILITIES[label]):
            continue
        try:
            url = reverse(route)
        except NoReverseMatch:
            continue
        items.append(NavItem(label=label, url=url, active=_is_at(request, route), count=_count(label, access)))
    return items


def _is_at(request: HttpRequest, route: str) -> bool:
    """Tell whether the page is the route's or, for a route of an app, any page of that app."""
    match = request.resolver_match
    if match is None:
        return False
    namespace, _, _ = route.rpartition(":")
    return ELSEWHERE.get(match.view_name, match.namespace) == namespace if namespace else match.view_name == route


def _count(label: str, access: Any) -> int | SimpleLazyObject:
    """Return how many things wait under an entry: settings.MENU_COUNTS names a function of access by the entry's label.

    The apps that know are above this one, so they are named in the settings and not imported.
    """
    path = getattr(settings, "MENU_COUNTS", {}).get(label)
    if path is None:
        return 0
    counting: Callable[[Any], int] = import_string(path)
    return SimpleLazyObject(lambda: counting(access))
