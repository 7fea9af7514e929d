"""A look at a warehouse's connection, when somebody presses Test: a worker asks, and the page shows what was found."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from core.common import deadline
from core.common.remote import RemoteError
from shipping.connection.catalogs import Catalog, compare
from shipping.connection.systems import system_of
from shipping.models import Warehouse, WarehouseAccess, WarehouseAccount
from shipping.warehouses.base import MethodChoice, SystemAccount, SystemCheck, WarehouseSystem

MOST_SECONDS = 60.0
FORGOTTEN = timedelta(hours=1)  # what nobody answered by then is asked for again by a person
MOST_KEPT = 2_000  # accounts, and ship methods


def ask(warehouse: Warehouse, *, now: datetime) -> None:
    """Note that somebody wants it looked at."""
    WarehouseAccess.objects.filter(warehouse=warehouse).update(look_asked_at=now)


def wanted(now: datetime) -> "list[int]":
    """Return the warehouses somebody wants looked at."""
    asked = WarehouseAccess.objects.filter(look_asked_at__gt=now - FORGOTTEN).select_related("warehouse")
    return [access.warehouse_id for access in asked.order_by("look_asked_at") if access.is_looking]


def run(warehouse: Warehouse, *, now: datetime) -> None:
    """Look, and keep what was found. Looked at twice, the later look stays."""
    before = WarehouseAccess.objects.filter(warehouse=warehouse).values_list("found", flat=True).first() or {}
    with deadline.within(MOST_SECONDS):
        found = {**_look(warehouse), "catalogs": before.get("catalogs", {})}
        WarehouseAccess.objects.filter(warehouse=warehouse).update(found=found, looked_at=now)
        if "accounts" in found and warehouse.system.tells_items:
            found["catalogs"] = _catalogs(warehouse, found["catalogs"], now)
            WarehouseAccess.objects.filter(warehouse=warehouse, looked_at=now).update(found=found)


def _look(warehouse: Warehouse) -> dict[str, Any]:
    try:
        system = system_of(warehouse)
        checks = list(system.check())
    except RemoteError as error:
        return {"checks": [asdict(SystemCheck("Credentials", str(error)))]}
    found: dict[str, Any] = {"checks": [asdict(each) for each in checks]}
    if any(each.problem for each in checks[:1]):
        return found
    return found | _lists(system)


def _lists(system: WarehouseSystem) -> dict[str, Any]:
    lists: dict[str, Any] = {}
    try:
        if system.by_account:
            lists["accounts"] = [asdict(each) for each in system.accounts()][:MOST_KEPT]
        if system.tells_methods:
            lists["methods"] = [asdict(each) for each in system.ship_methods()][:MOST_KEPT]
    except RemoteError:
        pass  # its check says so
    return lists


def _catalogs(warehouse: Warehouse, before: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return each matched merchant's goods there, as far as the time goes: those last looked at come last."""
    mine = set(WarehouseAccount.objects.filter(warehouse=warehouse).values_list("merchant", flat=True))
    kept = {merchant: each for merchant, each in before.items() if int(merchant) in mine}
    for merchant in sorted(mine, key=lambda each: str(kept.get(str(each), {}).get("at", ""))):
        try:
            items = list(system_of(warehouse, merchant).items())
        except RemoteError:
            break  # of a merchant whose account is gone, its check or the next delivery says so
        kept[str(merchant)] = compare(merchant, items, now=now).kept()
    return kept


def catalogs(access: WarehouseAccess) -> dict[int, Catalog]:
    """Return what was found of each merchant's goods, by merchant."""
    return {int(merchant): Catalog.of(each) for merchant, each in access.found.get("catalogs", {}).items()}


def checks(access: WarehouseAccess) -> list[SystemCheck]:
    return [SystemCheck(**each) for each in access.found.get("checks", [])]


def accounts(access: WarehouseAccess) -> list[SystemAccount]:
    return [SystemAccount(**each) for each in access.found.get("accounts", [])]


def methods(access: WarehouseAccess) -> list[MethodChoice]:
    return [MethodChoice(**each) for each in access.found.get("methods", [])]
