"""What alerts about orders are raised for."""

from core.alerts.causes import Cause

NOT_DOWNLOADED = "orders.not_downloaded"
CANCEL_AT_WAREHOUSE = "order.cancel_at_warehouse"
CANCELED_LATE = "order.canceled_late"
PARTLY_CANCELED = "order.partly_canceled"
DIFFERS = "order.differs"

CAUSES = (
    Cause(NOT_DOWNLOADED, "Orders cannot be downloaded"),
    Cause(CANCEL_AT_WAREHOUSE, "Canceled while at the warehouse"),
    Cause(CANCELED_LATE, "Canceled after it was shipped", "warn"),
    Cause(PARTLY_CANCELED, "Partly canceled", "warn"),
    Cause(DIFFERS, "Changed on the marketplace after it left", "warn"),
)
