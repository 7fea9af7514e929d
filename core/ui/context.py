"""What every page knows: the menu, and whether Amazon is only simulated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from core.accounts.access import Ability, Access
from core.ui import settings_area
from core.ui.route_paths import path_of
from core.upkeep import installation


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu. The apps are above this one, so their routes are known by name; they are checked at start."""

    label: str
    route: str
    icon: str = ""
    ability: Ability | None = None  # who sees it; everybody unless told
    house_only: bool = False  # no seller sees it
    seller_label: str = ""  # what it is called for a seller, where that differs
    tone: str = ""  # of its count
    counts: str = ""  # what its count is of

    @property
    def namespace(self) -> str:
        return self.route.rpartition(":")[0]


# In the order of an order's way.
MENU = (
    Entry("Dashboard", "dashboard", "layout-dashboard", seller_label="Home"),
    Entry("Orders", "orders:orders", "package", counts="to be shipped"),
    Entry("Inventory", "inventory:inventory", "boxes"),
    Entry("Carts", "carts:carts", "plug", seller_label="Connections"),
    Entry("Merchants", "merchants:merchants", "store", house_only=True),
    Entry("Performance", "performance:page", "chart-column"),
    Entry("Alerts", "alerts:alerts", "bell", tone="bad", counts="open"),
    Entry("Activity", "activity:page", "clock", ability=Ability.SETTINGS, house_only=True),
    Entry("Settings", "settings:area", "settings", house_only=True),
)

# Pages people come to from another entry than their app's.
ELSEWHERE = {
    "shipping:close": "orders",
    "shipping:closed": "orders",
    "shipping:batch": "orders",
    "shipping:correct": "orders",
    "shipping:tracking_import": "orders",
    "shipping:tracking_sheet": "orders",
    "shipping:methods": "carts",
    "shipping:reconcile": "carts",
    "orders:filters": "carts",
    "inventory:cart": "carts",
    "subscriptions:cart": "carts",
    "subscriptions:merchant": "merchants",
    "subscriptions:subscription": "settings",
}


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    active: bool
    count: int | SimpleLazyObject = 0
    icon: str = ""
    tone: str = ""
    counts: str = ""

    @property
    def is_counted(self) -> bool:
        """Whether something may wait under it: such a count follows by itself."""
        return isinstance(self.count, SimpleLazyObject)


def house(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Nothing here asks the database before a template shows it."""
    access = getattr(request, "access", None)
    menu = _menu(request, access) if access else []
    return {
        "nav": menu,
        "alarmed": SimpleLazyObject(lambda: any(item.tone == "bad" and item.count for item in menu)),
        "settings_nav": _settings(request, access) if access else {},
        "live_seconds": settings.LIVE_SECONDS,
        "paused": SimpleLazyObject(installation.said_paused),
        "simulated": getattr(settings, "AMAZON_SIMULATED", False),
        "simulator_url": getattr(settings, "SIMULATOR_URL", ""),
    }


def _menu(request: HttpRequest, access: Access) -> list[NavItem]:
    return [
        NavItem(
            entry.label if access.is_of_house else entry.seller_label or entry.label,
            path_of(entry.route),
            active=_is_at(request, entry),
            count=_count(entry.label, access),
            icon=entry.icon,
            tone=entry.tone,
            counts=entry.counts,
        )
        for entry in MENU
        if (entry.ability is None or access.may(entry.ability)) and (access.is_of_house or not entry.house_only)
    ]


def _settings(request: HttpRequest, access: Access) -> dict[str, list[NavItem]]:
    """The pages of Settings by what they are about, on each of them; nothing elsewhere."""
    match = request.resolver_match
    here = settings_area.page_of(match.view_name) if match and not _lies_under(request) else None
    if here is None:
        return {}
    return {
        label: [NavItem(page.label, path_of(page.route), page is here) for page in pages]
        for label, pages in settings_area.groups_for(access).items()
    }


def _is_at(request: HttpRequest, entry: Entry) -> bool:
    """Tell whether the page is the route's or, for a route of an app, any page of that app."""
    match = request.resolver_match
    if match is None:
        return False
    if not entry.namespace:
        return match.view_name == entry.route
    home = ELSEWHERE.get(match.view_name, match.namespace)
    if settings_area.page_of(match.view_name):
        home = "settings"
    return (_lies_under(request) or home) == entry.namespace


def _lies_under(request: HttpRequest) -> str:
    """Return the menu entry's namespace that a view put its page under: one page may be about different things."""
    return getattr(request, "lies_under", "")


def _count(label: str, access: Any) -> int | SimpleLazyObject:
    """Return how many things wait under an entry: settings.MENU_COUNTS names a function of access by the entry's label.

    The apps that know are above this one, so they are named in the settings and not imported. Checked at start.
    """
    path = settings.MENU_COUNTS.get(label)
    if path is None:
        return 0
    counting: Callable[[Any], int] = import_string(path)
    return SimpleLazyObject(lambda: counting(access))
