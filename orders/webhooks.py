"""What webhooks tell about orders at home here."""

from collections.abc import Collection, Mapping

from core.api import public_ids
from core.webhooks import webhook_types
from core.webhooks.webhook_types import Described, EventSource, WebhookType
from orders.models import Order

REASON = ("reason", "reason")

TYPES = (
    WebhookType("order.received", "An order came in from a cart.", (EventSource("order.downloaded"),)),
    WebhookType(
        "order.changed",
        "The cart or a person changed an order: its address, its lines, its ship method or its status there.",
        (
            EventSource("order.changed"),
            EventSource("order.edited"),
            EventSource("order.took_theirs"),
            EventSource("order.taken"),
            EventSource("order.lines_taken"),
            EventSource("order.partly_canceled"),
        ),
    ),
    WebhookType(
        "order.held",
        "An order was held: it is not to be shipped for now.",
        (EventSource("order.held"), EventSource("order.moved", (("to", "held"),))),
        (REASON,),
    ),
    WebhookType(
        "order.resumed",
        "A held order may be shipped again.",
        (EventSource("order.let_go"), EventSource("order.moved", (("to", "new"),))),
    ),
)


def of_orders(ids: Collection[int]) -> Mapping[int, Described]:
    """Return orders as every message names them."""
    found = Order.objects.filter(pk__in=ids).values("pk", "number", "status", "cart_id", "merchant_id")
    return {
        row["pk"]: Described(
            row["merchant_id"],
            {
                "order": {
                    "id": public_ids.write(public_ids.ORDER, row["pk"]),
                    "number": row["number"],
                    "status": row["status"],
                    "cart_id": public_ids.write(public_ids.CART, row["cart_id"]),
                    "merchant_id": public_ids.write(public_ids.MERCHANT, row["merchant_id"]),
                }
            },
        )
        for row in found
    }


webhook_types.register(TYPES, order=of_orders)
