"""The kinds of warehouse systems."""

from shipping.warehouses.base import WarehouseSystem
from shipping.warehouses.portal.system import Portal
from shipping.warehouses.shipstation.system import ShipStation

WAREHOUSES: dict[str, type[WarehouseSystem]] = {"portal": Portal, "shipstation": ShipStation}


def kinds() -> list[tuple[str, str]]:
    return [(kind, system.label) for kind, system in WAREHOUSES.items()]
