"""Where orders go, and what became of them."""

from shipping.models.batch import BatchedOrder, BatchResult, ShipmentBatch, ShippingDraft
from shipping.models.connection import WarehouseAccess, WarehouseAccount
from shipping.models.item import ItemAlias, KitComponent
from shipping.models.owed import Cancellation, Confirmation, ConfirmationFeed, Recall, Reconciliation, deadline
from shipping.models.performance import (
    CartDay,
    CurrencyRate,
    DaySum,
    FlowStep,
    MonthSum,
    OrderSums,
    SummedMonth,
    SumsMark,
)
from shipping.models.release import (
    Release,
    ReleaseLine,
    ReleaseQuerySet,
    is_with_warehouse,
    release_of,
    releases_of,
)
from shipping.models.report import ReportState, ShipmentReport
from shipping.models.rule import MethodRule, OrderRule, OrderSplitting, RoutingRule
from shipping.models.shipment import (
    NO_NUMBER,
    Charge,
    ChosenMethod,
    Package,
    PackageLine,
    Shipment,
    Untracked,
    open_units,
)
from shipping.models.tracking_sheet import TrackingSheet
from shipping.models.traffic import WarehouseTraffic
from shipping.models.warehouse import CarrierCode, CartMethod, Route, ShipMethod, Warehouse

__all__ = [
    "NO_NUMBER",
    "BatchResult",
    "BatchedOrder",
    "Cancellation",
    "CarrierCode",
    "CartDay",
    "CartMethod",
    "Charge",
    "ChosenMethod",
    "Confirmation",
    "ConfirmationFeed",
    "CurrencyRate",
    "DaySum",
    "FlowStep",
    "ItemAlias",
    "KitComponent",
    "MethodRule",
    "MonthSum",
    "OrderRule",
    "OrderSplitting",
    "OrderSums",
    "Package",
    "PackageLine",
    "Recall",
    "Reconciliation",
    "Release",
    "ReleaseLine",
    "ReleaseQuerySet",
    "ReportState",
    "Route",
    "RoutingRule",
    "ShipMethod",
    "Shipment",
    "ShipmentBatch",
    "ShipmentReport",
    "ShippingDraft",
    "SummedMonth",
    "SumsMark",
    "TrackingSheet",
    "Untracked",
    "Warehouse",
    "WarehouseAccess",
    "WarehouseAccount",
    "WarehouseTraffic",
    "deadline",
    "is_with_warehouse",
    "open_units",
    "release_of",
    "releases_of",
]
