"""Where orders go, and what became of them."""

from shipping.models.batch import BatchedOrder, BatchResult, ShipmentBatch, ShippingDraft
from shipping.models.item import ItemAlias, KitComponent
from shipping.models.owed import Cancellation, Confirmation, ConfirmationFeed, Recall, Reconciliation, deadline
from shipping.models.report import ReportState, ShipmentReport, WarehouseTraffic
from shipping.models.shipment import (
    NO_NUMBER,
    Charge,
    ChosenMethod,
    Package,
    PackageLine,
    Release,
    ReleaseQuerySet,
    Shipment,
    Untracked,
    is_with_warehouse,
    open_units,
)
from shipping.models.tracking_sheet import TrackingSheet
from shipping.models.warehouse import CarrierCode, CartMethod, MethodRule, Route, ShipMethod, Warehouse

__all__ = [
    "NO_NUMBER",
    "BatchResult",
    "BatchedOrder",
    "Cancellation",
    "CarrierCode",
    "CartMethod",
    "Charge",
    "ChosenMethod",
    "Confirmation",
    "ConfirmationFeed",
    "ItemAlias",
    "KitComponent",
    "MethodRule",
    "Package",
    "PackageLine",
    "Recall",
    "Reconciliation",
    "Release",
    "ReleaseQuerySet",
    "ReportState",
    "Route",
    "ShipMethod",
    "Shipment",
    "ShipmentBatch",
    "ShipmentReport",
    "ShippingDraft",
    "TrackingSheet",
    "Untracked",
    "Warehouse",
    "WarehouseTraffic",
    "deadline",
    "is_with_warehouse",
    "open_units",
]
