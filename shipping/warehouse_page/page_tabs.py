"""The pages about one warehouse, as tabs. The names of the routes are checked at start."""

from dataclasses import dataclass

from django.urls import reverse

from core.accounts.access import Ability, Access
from shipping.models import Warehouse

STATUS = "shipping:warehouse_status"
REQUESTS = "shipping:warehouse_requests"


@dataclass(frozen=True, slots=True)
class WarehouseTab:
    label: str
    url: str
    active: bool


def tabs(warehouse: Warehouse, active: str, access: Access) -> list[WarehouseTab]:
    """Return the tabs that this person may open; ``active`` is the route of the one that is shown."""
    named = {"Status": STATUS, "Timeline": "shipping:warehouse_timeline"}
    if access.may(Ability.CONNECT) and has_requests(warehouse):
        named["Requests"] = REQUESTS
    if warehouse.system.by_files and access.may(Ability.SHIP):
        named["Files"] = warehouse.system.settings_page
    if access.may(Ability.SETTINGS):
        if warehouse.system.fields:
            named["Mapping"] = "shipping:warehouse_mapping"
        named["Settings"] = "shipping:warehouse"
        if warehouse.system.settings_page and not warehouse.system.by_files:
            named["Connection"] = warehouse.system.settings_page
    return [WarehouseTab(label, reverse(route, args=[warehouse.pk]), route == active) for label, route in named.items()]


def has_requests(warehouse: Warehouse) -> bool:
    """Whether anything goes over a wire between us and it."""
    return warehouse.system.remote and not warehouse.system.by_files
