"""What alerts about orders are raised for."""

from core.alerts.causes import Cause

NOT_DOWNLOADED = "orders.not_downloaded"
CANCEL_AT_WAREHOUSE = "order.cancel_at_warehouse"
CANCELED_LATE = "order.canceled_late"
NOT_RELEASED_THERE = "order.not_released_there"
PARTLY_SHIPPED = "order.partly_shipped_there"
PARTLY_CANCELED = "order.partly_canceled"
DIFFERS = "order.differs"
ROWS_KEPT = "orders.rows_kept"

CAUSES = (
    Cause(NOT_DOWNLOADED, "Orders cannot be downloaded"),
    Cause(
        CANCEL_AT_WAREHOUSE,
        "Canceled or shipped otherwise while at the warehouse",
        settles=True,
        held_for=("buyer", "canceled", "person", "program"),
        to_seller="Canceled, or shipped another way, while the warehouse had it. It has been told not to ship it.",
    ),
    Cause(CANCELED_LATE, "Canceled, but shipped", "warn"),
    Cause(NOT_RELEASED_THERE, "No longer released, and the warehouse may have it", settles=True, held_for=("state",)),
    Cause(PARTLY_SHIPPED, "Partly shipped otherwise while at the warehouse", "warn"),
    Cause(PARTLY_CANCELED, "Partly canceled", "warn"),
    Cause(DIFFERS, "Changed on the marketplace after it left", "warn"),
    Cause(ROWS_KEPT, "Orders of a file were not taken"),
)
