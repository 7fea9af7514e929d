"""What we said to a warehouse's system and what it answered: kept request by request, as marketplaces' are."""

from core.accounts.access import Access
from core.activity.kept_exchanges import ExchangesAsSaid
from shipping.models import Warehouse


def name_of(warehouse: Warehouse) -> str:
    """Return what its conversations are kept under."""
    return f"warehouse-{warehouse.pk}"


def names(access: Access) -> dict[str, str]:
    """Return the warehouses' names by what their conversations are kept under."""
    return {name_of(each): each.name for each in Warehouse.objects.visible_to(access)}


def keeper(warehouse: Warehouse, *, order_id: int | None = None) -> ExchangesAsSaid:
    """Return who keeps one conversation. With ``order_id`` it is about that order, from the first word to the last."""
    return ExchangesAsSaid(name_of(warehouse), warehouse.organization_id, order_id=order_id)
