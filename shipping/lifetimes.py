"""How long what people and carts said on the way to shipping an order is kept."""

from datetime import timedelta

from core.common.lifetimes import Lifetime, ended, older, register
from shipping.models import (
    ConfirmationFeed,
    FlowStep,
    Reconciliation,
    ReportState,
    ShipmentBatch,
    ShipmentReport,
    ShippingDraft,
    TrackingSheet,
)
from shipping.tracking_import import kept_sheets

register(
    Lifetime(
        "What was filled in on Ship and Close",
        timedelta(days=7),
        ShippingDraft,
        "made_at",
        older(ShippingDraft, "made_at"),
    ),
    Lifetime(
        "Results of Ship and Close", timedelta(days=90), ShipmentBatch, "made_at", ended(ShipmentBatch, "made_at")
    ),
    Lifetime("Feeds of shipments", timedelta(days=90), ConfirmationFeed, "made_at", ended(ConfirmationFeed, "made_at")),
    Lifetime("Nightly comparisons", timedelta(days=90), Reconciliation, "begun_at", ended(Reconciliation, "begun_at")),
    Lifetime(
        "Shipments as warehouses reported them",
        timedelta(days=180),
        ShipmentReport,
        "at",
        # What is shipped stays; a report that comes again after so long is looked at like a new one.
        lambda before: older(ShipmentReport, "at")(before).exclude(state=ReportState.HELD),
        rule="since they came, but for those that wait for a person",
    ),
    Lifetime(
        "What flowed through in each quarter of an hour",
        timedelta(days=60),
        FlowStep,
        "began_at",
        older(FlowStep, "began_at"),
    ),
    Lifetime("Imported tracking sheets", kept_sheets.KEPT, TrackingSheet, "made_at", older(TrackingSheet, "made_at")),
)
