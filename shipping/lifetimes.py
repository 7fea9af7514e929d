"""How long what people and carts said on the way to shipping an order is kept."""

from datetime import timedelta

from core.common.lifetimes import Lifetime, ended, older, register
from shipping.models import Reconciliation, ShipmentBatch, ShippingDraft, TrackingSheet
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
    Lifetime("Nightly comparisons", timedelta(days=90), Reconciliation, "begun_at", ended(Reconciliation, "begun_at")),
    Lifetime("Imported tracking sheets", kept_sheets.KEPT, TrackingSheet, "made_at", older(TrackingSheet, "made_at")),
)
