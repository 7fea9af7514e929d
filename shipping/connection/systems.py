"""A warehouse's system, ready to be spoken with: its settings, its secrets, the account of a merchant, and a meter."""

from django.conf import settings
from django.db.models import F

from core.common import clock
from shipping import warehouses
from shipping.connection import secrets
from shipping.models import Warehouse, WarehouseAccount, WarehouseTraffic
from shipping.warehouses.base import WarehouseSystem


def system_of(warehouse: Warehouse, merchant_id: int | None = None) -> WarehouseSystem:
    """Return the system, for one merchant where it knows merchants by accounts.

    Raises OurFault when its credentials can't be decrypted.
    """
    kind = warehouses.WAREHOUSES[warehouse.kind]
    if not kind.fields:
        return kind(warehouse.settings, meter_of(warehouse))
    account = ""
    if merchant_id is not None and kind.by_account:
        mine = WarehouseAccount.objects.filter(warehouse=warehouse, merchant=merchant_id)
        account = mine.values_list("account", flat=True).first() or ""
    said = {
        **warehouse.settings,
        **secrets.secrets_of(warehouse),
        "account": account,
        "networks": settings.OUTBOUND_NETWORKS,
    }
    return kind(said, meter_of(warehouse), secrets.KeptTokens(warehouse))


def meter_of(warehouse: Warehouse) -> "TrafficMeter":
    return TrafficMeter(warehouse)


class TrafficMeter:
    """Counts calls and bytes by the day: some vendors bill a 3PL by them."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def __call__(self, *, calls: int = 0, sent: int = 0, received: int = 0, failed: int = 0) -> None:
        today = {"warehouse": self._warehouse, "day": clock.now().date()}
        rows = WarehouseTraffic.objects.filter(**today)
        more = {"calls": calls, "sent": sent, "received": received, "failed": failed}
        sums = {name: F(name) + number for name, number in more.items()}
        if not rows.update(**sums):
            fresh = WarehouseTraffic(organization_id=self._warehouse.organization_id, **today)
            WarehouseTraffic.objects.bulk_create([fresh], ignore_conflicts=True)  # two at once: both then add
            rows.update(**sums)
