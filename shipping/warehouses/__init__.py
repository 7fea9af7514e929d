"""The kinds of warehouse systems."""

from shipping.warehouses.api.system import Api
from shipping.warehouses.base import WarehouseSystem
from shipping.warehouses.csv_files.system import CsvFiles
from shipping.warehouses.extensiv.system import Extensiv
from shipping.warehouses.portal.system import Portal
from shipping.warehouses.shipstation.system import ShipStation

WAREHOUSES: dict[str, type[WarehouseSystem]] = {
    "portal": Portal,
    "extensiv": Extensiv,
    "api": Api,
    "shipstation": ShipStation,
    "csv": CsvFiles,
}


def calling() -> list[str]:
    """Return the kinds whose systems call us: nothing is sent to them."""
    return [kind for kind, system in WAREHOUSES.items() if system.calls_us]


def calling_by_api() -> list[str]:
    """Return those of them that come with a key."""
    return [kind for kind in calling() if not WAREHOUSES[kind].by_files]


def kinds() -> list[tuple[str, str]]:
    return [(kind, system.label) for kind, system in WAREHOUSES.items()]
