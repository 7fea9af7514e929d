"""What alerts are raised for on the way to the warehouse, and with tracking on its way back."""

from core.alerts.causes import Cause, Owner
from core.alerts.held_orders import Waiting

UNMAPPED = "ship_method.unmapped"
UNROUTED = "cart.unrouted"
NOT_RELEASED = "order.not_released"
NOT_CHANGED = "order.not_changed"
CANCELED_THERE = "order.canceled_there"
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
FEED_STUCK = "cart.feed_stuck"
WAREHOUSE_STALE = "warehouse.stale"
OTHER_CARRIERS = "cart.other_carriers"
SHIPMENTS_KEPT = "warehouse.shipments_kept"
FOLDER_TROUBLE = "files.folder"

CAUSES = (
    Cause(UNMAPPED, "A ship method is not mapped", holds=Waiting.TO_RELEASE, button="Map it"),
    Cause(UNROUTED, "No routing rule fits some orders", holds=Waiting.TO_RELEASE, button="See the rules"),
    Cause(NOT_RELEASED, "The warehouse refused an order", button="Correct it"),
    Cause(NOT_CHANGED, "The warehouse refused a change", owner=Owner.WAREHOUSE),
    Cause(CANCELED_THERE, "The warehouse canceled an order", button="Decide"),
    Cause(NOT_EXPORTED, "The warehouse can't fetch an order", button="Correct it"),
    Cause(MISPACKED, "The warehouse packed something else", owner=Owner.WAREHOUSE, button="Decide"),
    Cause(
        OFF_THE_BENCH,
        "Pull from packing",
        held_for=("canceled", "person"),
        to_seller="It is not to be shipped now. The warehouse, which had it, has been told. The order says why.",
        owner=Owner.WAREHOUSE,
    ),
    Cause(NOT_CANCELED, "The marketplace did not cancel an order", held_for=("canceled", "person")),
    Cause(NOT_CONFIRMED, "The tracking was refused", button="Correct it"),
    Cause(PACKED_CANCELED, "Canceled, but packed", owner=Owner.WAREHOUSE),
    Cause(SHIPPED_ELSEWHERE, "Shipped another way on the marketplace", "warn", owner=Owner.SELLER),
    Cause(NOT_SEEN, "The cart does not show the tracking", owner=Owner.MARKETPLACE),
    Cause(FEED_FAILED, "A feed of tracking numbers failed", owner=Owner.MARKETPLACE, holds=Waiting.TO_CONFIRM),
    Cause(DRIFT, "A cart and the warehouse disagree", "warn", button="Compare"),
    Cause(TRACKING_LATE, "Tracking does not reach the cart", owner=Owner.MARKETPLACE, holds=Waiting.TO_CONFIRM),
    Cause(CANCEL_LATE, "Cancellations do not reach the cart", owner=Owner.MARKETPLACE),
    Cause(
        HANDOVER_LATE,
        "Orders do not reach the warehouse",
        ours_alone=True,
        owner=Owner.WAREHOUSE,
        holds=Waiting.TO_SHIP,
    ),
    Cause(RECALL_LATE, "The warehouse does not answer about canceled orders", ours_alone=True, owner=Owner.WAREHOUSE),
    Cause(
        WAREHOUSE_REFUSED,
        "A warehouse’s system refuses the credentials",
        ours_alone=True,
        owner=Owner.WAREHOUSE,
        holds=Waiting.TO_SHIP,
    ),
    Cause(
        NOT_PICKED_UP,
        "What a warehouse shipped can’t be picked up",
        ours_alone=True,
        owner=Owner.WAREHOUSE,
        holds=Waiting.TO_SHIP,
    ),
    Cause(WRONG_ZONE, "A warehouse’s clock can’t be right", "warn", ours_alone=True, button="Choose the time zone"),
    Cause(NOT_TAKEN, "A shipment of the warehouse can’t be taken", ours_alone=True, owner=Owner.WAREHOUSE),
    Cause(NOT_COMPARED, "A cart has not been compared for days", "warn", owner=Owner.MARKETPLACE),
    Cause(
        FEED_STUCK,
        "The marketplace does not finish a feed of tracking numbers",
        owner=Owner.MARKETPLACE,
        holds=Waiting.TO_CONFIRM,
    ),
    Cause(
        WAREHOUSE_STALE,
        "A warehouse has reported nothing for a day",
        owner=Owner.WAREHOUSE,
        ours_alone=True,
        holds=Waiting.TO_SHIP,
    ),
    Cause(OTHER_CARRIERS, "Many carriers are told to the marketplace as Other", "warn", button="Choose the carriers"),
    Cause(
        SHIPMENTS_KEPT,
        "Files of a warehouse wait for a person",
        ours_alone=True,
        owner=Owner.WAREHOUSE,
        button="See the rows",
    ),
    Cause(FOLDER_TROUBLE, "Something is wrong with a folder of files", ours_alone=True),
)
