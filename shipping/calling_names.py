"""The warehouses by name: those whose systems call us, for the keys they call with, and one in use."""

from collections.abc import Mapping

from core.accounts.access import Access
from shipping import warehouses
from shipping.models import Warehouse


def of_access(access: Access) -> Mapping[int, str]:
    """Return the names of those in use that somebody sees, by their numbers. One statement."""
    calling = Warehouse.objects.visible_to(access).in_use().filter(kind__in=warehouses.calling())
    return dict(calling.order_by("name", "pk").values_list("pk", "name"))


def name_in_use(warehouse_id: int) -> str:
    """Return what a warehouse is called; "" for one that was archived."""
    found: Warehouse | None = Warehouse.objects.in_use().filter(pk=warehouse_id).first()
    return found.name if found else ""
