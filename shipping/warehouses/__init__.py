"""The kinds of warehouse systems."""

from shipping.warehouses.api.system import Api
from shipping.warehouses.base import WarehouseSystem
from shipping.warehouses.extensiv.system import Extensiv
from shipping.warehouses.portal.system import Portal
from shipping.warehouses.shipstation.system import ShipStation

WAREHOUSES: dict[str, type[WarehouseSystem]] = {
    "portal": Portal,
    "extensiv": Extensiv,
    "api": Api,
    "shipstation": ShipStation,
}


def calling() -> list[str]:
    """Return the kinds whose systems call us: nothing is sent to them."""
    return [kind for kind, system in WAREHOUSES.items() if system.calls_us]


def kinds() -> list[tuple[str, str]]:
    return [(kind, system.label) for kind, system in WAREHOUSES.items()]
