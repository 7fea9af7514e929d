"""A warehouse's system, ready to be spoken with: its settings, its secrets, the account of a merchant, and a meter."""

from django.conf import settings

from shipping import warehouses
from shipping.connection import kept_requests, secrets
from shipping.models import Warehouse, WarehouseAccount
from shipping.warehouses.base import WarehouseSystem


def system_of(warehouse: Warehouse, merchant_id: int | None = None, *, order_id: int | None = None) -> WarehouseSystem:
    """Return the system, for one merchant where it knows merchants by accounts.

    What is said is kept; with ``order_id``, as said about that order.
    Raises OurFault when its credentials can't be decrypted.
    """
    kind = warehouses.WAREHOUSES[warehouse.kind]
    if not kind.fields:
        return kind(warehouse.settings, warehouse.meter)
    account = ""
    if merchant_id is not None and kind.by_account:
        mine = WarehouseAccount.objects.filter(warehouse=warehouse, merchant=merchant_id)
        account = mine.values_list("account", flat=True).first() or ""
    access = secrets.access_of(warehouse)
    said = {
        **warehouse.settings,
        **secrets.opened_secrets(warehouse, access),
        "account": account,
        "networks": settings.OUTBOUND_NETWORKS,
    }
    keeper = kept_requests.keeper(warehouse, order_id=order_id)
    return kind(said, warehouse.meter, secrets.KeptTokens(warehouse, access), keeper)
