"""What webhooks tell about orders on their way to the warehouse, and about tracking on its way to the cart."""

from core.webhooks import webhook_types
from core.webhooks.webhook_types import EventSource, WebhookType

REASON = ("reason", "reason")
TRACKING = ("tracking_number", "tracking")
WAREHOUSE = ("warehouse", "warehouse")
PACKAGE = ("package_number", "package")

TYPES = (
    WebhookType(
        "order.ready",
        "An order went to its warehouse: it can be shipped.",
        (EventSource("order.released"), EventSource("order.handed_again")),
        (WAREHOUSE,),
    ),
    WebhookType("order.refused", "The warehouse refused an order.", (EventSource("order.not_released"),), (REASON,)),
    WebhookType(
        "order.canceled",
        "An order was canceled: it must not be shipped.",
        (
            EventSource("order.canceled"),
            EventSource("order.canceled_late"),
            EventSource("order.moved", (("to", "canceled"),)),
        ),
    ),
    WebhookType("order.recalled", "The warehouse gave an order back.", (EventSource("order.recalled"),), (WAREHOUSE,)),
    WebhookType(
        "order.shipped",
        "The warehouse shipped an order, or part of it.",
        (EventSource("order.shipped"),),
        (TRACKING, ("carrier", "carrier"), ("service", "service"), ("units_left", "left")),
    ),
    WebhookType(
        "shipment.confirmed",
        "The cart took the tracking of a package.",
        (EventSource("package.confirmed"),),
        (TRACKING,),
    ),
    WebhookType(
        "shipment.refused",
        "The cart refused the tracking of a package.",
        (EventSource("package.not_confirmed"),),
        (TRACKING, REASON),
    ),
    WebhookType(
        "shipment.corrected",
        "The tracking, the contents or the ship date of a package was corrected.",
        (EventSource("package.corrected"), EventSource("package.repacked"), EventSource("package.redated")),
        (PACKAGE,),
    ),
    WebhookType(
        "shipment.withdrawn",
        "A package was withdrawn: it was packed by mistake.",
        (EventSource("package.withdrawn"),),
        (PACKAGE, TRACKING),
    ),
)

webhook_types.register(TYPES)
