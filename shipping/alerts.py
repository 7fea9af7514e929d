"""What alerts are raised for on the way to the warehouse, and with tracking on its way back."""

from core.alerts.causes import Cause

UNMAPPED = "ship_method.unmapped"
NOT_RELEASED = "order.not_released"
NOT_CHANGED = "order.not_changed"
NOT_EXPORTED = "order.not_exported"
MISPACKED = "order.mispacked"
OFF_THE_BENCH = "order.off_the_bench"
NOT_CANCELED = "order.not_canceled"
NOT_CONFIRMED = "order.not_confirmed"
PACKED_CANCELED = "order.packed_canceled"
SHIPPED_ELSEWHERE = "order.shipped_elsewhere"
NOT_SEEN = "package.not_seen"
FEED_FAILED = "cart.feed_failed"
DRIFT = "cart.drift"
TRACKING_LATE = "cart.tracking_late"
CANCEL_LATE = "cart.cancel_late"
HANDOVER_LATE = "warehouse.handover_late"
RECALL_LATE = "warehouse.recall_late"
NOT_COMPARED = "cart.not_compared"
WAREHOUSE_REFUSED = "warehouse.refused"
NOT_PICKED_UP = "warehouse.not_picked_up"
WRONG_ZONE = "warehouse.wrong_zone"
NOT_TAKEN = "order.shipment_not_taken"

CAUSES = (
    Cause(UNMAPPED, "A ship method is not mapped"),
    Cause(NOT_RELEASED, "The warehouse refused an order"),
    Cause(NOT_CHANGED, "The warehouse refused a change"),
    Cause(NOT_EXPORTED, "The warehouse can't fetch an order"),
    Cause(MISPACKED, "The warehouse packed something else"),
    Cause(
        OFF_THE_BENCH,
        "Pull from packing",
        "warn",
        held_for=("canceled", "person"),
        to_seller="Held, canceled or shipped another way while the warehouse had it. It has been told not to ship it.",
    ),
    Cause(NOT_CANCELED, "The marketplace did not cancel an order", held_for=("canceled", "person")),
    Cause(NOT_CONFIRMED, "The tracking was refused"),
    Cause(PACKED_CANCELED, "Canceled, but packed", "warn"),
    Cause(SHIPPED_ELSEWHERE, "Shipped another way on the marketplace", "warn"),
    Cause(NOT_SEEN, "The cart does not show the tracking"),
    Cause(FEED_FAILED, "A feed of tracking numbers failed"),
    Cause(DRIFT, "A cart and the warehouse disagree", "warn"),
    Cause(TRACKING_LATE, "Tracking does not reach the cart"),
    Cause(CANCEL_LATE, "Cancellations do not reach the cart"),
    Cause(HANDOVER_LATE, "Orders do not reach the warehouse", ours_alone=True),
    Cause(RECALL_LATE, "The warehouse does not answer about canceled orders", ours_alone=True),
    Cause(WAREHOUSE_REFUSED, "A warehouse’s system refuses the credentials", ours_alone=True),
    Cause(NOT_PICKED_UP, "What a warehouse shipped can’t be picked up", ours_alone=True),
    Cause(WRONG_ZONE, "A warehouse’s clock can’t be right", "warn", ours_alone=True),
    Cause(NOT_TAKEN, "A shipment of the warehouse can’t be taken", ours_alone=True),
    Cause(NOT_COMPARED, "A cart has not been compared for days", "warn"),
)
