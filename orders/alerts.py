"""What alerts about orders are raised for."""

from core.alerts.causes import Cause, Owner
from core.alerts.held_orders import Waiting

NOT_DOWNLOADED = "orders.not_downloaded"
CANCEL_AT_WAREHOUSE = "order.cancel_at_warehouse"
CANCELED_LATE = "order.canceled_late"
NOT_RELEASED_THERE = "order.not_released_there"
PARTLY_SHIPPED = "order.partly_shipped_there"
PARTLY_CANCELED = "order.partly_canceled"
DIFFERS = "order.differs"
RISK_DAY = "cart.ship_by_day"
RISK_HOURS = "cart.ship_by_hours"
RISK_NOW = "cart.ship_by_now"
ROWS_KEPT = "orders.rows_kept"

CAUSES = (
    Cause(NOT_DOWNLOADED, "Orders cannot be downloaded", owner=Owner.MARKETPLACE, holds=Waiting.TO_RELEASE),
    Cause(
        CANCEL_AT_WAREHOUSE,
        "Canceled or shipped otherwise while at the warehouse",
        settles=True,
        held_for=("buyer", "canceled", "person", "program"),
        to_seller="Canceled, or shipped another way, while the warehouse had it. It has been told not to ship it.",
        owner=Owner.WAREHOUSE,
    ),
    Cause(CANCELED_LATE, "Canceled, but shipped", owner=Owner.WAREHOUSE),  # the parcel leaves within the hour
    Cause(
        NOT_RELEASED_THERE,
        "No longer released, and the warehouse may have it",
        settles=True,
        held_for=("state",),
        owner=Owner.WAREHOUSE,
    ),
    Cause(PARTLY_SHIPPED, "Partly shipped otherwise while at the warehouse", "warn", owner=Owner.WAREHOUSE),
    Cause(PARTLY_CANCELED, "Partly canceled", "warn", owner=Owner.WAREHOUSE),
    Cause(DIFFERS, "Changed on the marketplace after it left", "warn", button="Decide"),
    Cause(
        RISK_DAY,
        "Due within 24 hours, and not at the warehouse",
        "warn",
        holds=Waiting.AT_RISK_DAY,
        button="See the orders",
    ),
    Cause(
        RISK_HOURS,
        "Due within 6 hours, and not shipped",
        "warn",
        owner=Owner.WAREHOUSE,
        holds=Waiting.AT_RISK_HOURS,
        button="See the orders",
    ),
    Cause(
        RISK_NOW,
        "Due within 2 hours or late, and not confirmed",
        owner=Owner.WAREHOUSE,
        holds=Waiting.AT_RISK_NOW,
        button="See the orders",
    ),
    Cause(ROWS_KEPT, "Files of orders wait for a person", "warn", button="See the rows"),
)
