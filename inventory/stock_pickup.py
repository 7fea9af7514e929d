"""Inventory of systems that are asked: what each merchant's account has on the shelves, every quarter of an hour."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from core.common.remote import Unavailable
from inventory import affected_carts, intake
from inventory.intake import Observed, Outcome, Verdict
from inventory.models import Observation
from shipping import warehouses
from shipping.connection.systems import system_of
from shipping.models import WarehouseAccount
from shipping.models.connection import WarehouseAccountQuerySet
from shipping.warehouses.base import WarehouseSystem

EVERY = timedelta(minutes=15)
AGAIN = timedelta(minutes=5)  # if nothing came of it


def due(now: datetime) -> WarehouseAccountQuerySet:
    """Return the accounts whose stock is to be read."""
    telling = [kind for kind, system in warehouses.WAREHOUSES.items() if system.tells_stock and not system.calls_us]
    taken: WarehouseAccountQuerySet = WarehouseAccount.objects.at_work().filter(
        stock_due_at__lte=now,
        warehouse__kind__in=telling,
        warehouse__access__refused_at=None,
    )
    return taken


def pick_up(account: WarehouseAccount, *, now: datetime) -> list[Outcome]:
    """Read an account's stock and store it. Returns what became of each SKU; nothing where another worker is at it.

    Raises RemoteError: then nothing is stored, and it is tried again.
    """
    mine = WarehouseAccount.objects.filter(pk=account.pk, stock_due_at__lte=now)
    if not mine.update(stock_due_at=now + AGAIN):
        return []
    system = system_of(account.warehouse, account.merchant_id)
    outcomes = intake.observe(
        account.warehouse, account.merchant, _observed(system), source=Observation.Source.WAREHOUSE, now=now
    )
    WarehouseAccount.objects.filter(pk=account.pk).update(stock_due_at=now + EVERY, stock_at=now)
    if any(outcome.verdict is Verdict.STORED and outcome.changed for outcome in outcomes):
        affected_carts.tell(account.warehouse, account.merchant_id, now=now)
    return outcomes


def _observed(system: WarehouseSystem) -> Iterator[Observed]:
    """Yield what is there. All of it is read first: a list that ends early must not look like empty shelves."""
    levels = list(system.stock())
    if not levels:
        raise Unavailable("The warehouse’s system told no stock at all.")
    for level in levels:
        yield Observed(level.product_code, level.available, level.seen_at, orders_off=True)
