"""Names that a merchant's warehouses know for goods, to be taken over: aliases, and kits with their components."""

from core.accounts.models import Merchant
from inventory.items.item_table import Meaning
from shipping.connection import look
from shipping.models import WarehouseAccess, WarehouseAccount


def names_of(merchant: Merchant) -> dict[str, Meaning]:
    """Return what each name stands for, as the warehouses said when they were last looked at; the first one wins."""
    mine = WarehouseAccount.objects.filter(merchant=merchant, warehouse__archived_at=None).values("warehouse")
    found: dict[str, Meaning] = {}
    for access in WarehouseAccess.objects.filter(warehouse__in=mine).order_by("warehouse"):
        catalog = look.catalogs(access).get(merchant.pk)
        for name, parts in catalog.names.items() if catalog else ():
            found.setdefault(name, parts)
    return dict(sorted(found.items()))
