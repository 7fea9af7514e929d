"""What webhooks tell about carts and their authorizations."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from carts.models import Cart, Grant
from core.api import public_ids
from core.webhooks import webhook_types
from core.webhooks.webhook_types import Described, EventSource, WebhookType

TYPES = (
    WebhookType("cart.connected", "A seller authorized a cart.", (EventSource("cart.granted"),)),
    WebhookType(
        "cart.disconnected",
        "A cart was disconnected, or its authorization ended: nothing goes in or out until it is renewed.",
        (EventSource("cart.disconnected"), EventSource("grant.ended")),
    ),
    WebhookType("cart.paused", "A cart was paused.", (EventSource("cart.paused"),)),
    WebhookType("cart.turned_on", "A cart was turned on.", (EventSource("cart.turned_on"),)),
)


def of_carts(ids: Collection[int]) -> Mapping[int, Described]:
    return {cart.pk: Described(cart.merchant_id, {"carts": [_told(cart)]}) for cart in Cart.objects.filter(pk__in=ids)}


def of_grants(ids: Collection[int]) -> Mapping[int, Described]:
    """Return authorizations as messages tell of them: by the carts they serve."""
    served: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for cart in Cart.objects.filter(grant__in=ids).exclude(state=Cart.State.ARCHIVED).order_by("pk"):
        served[cart.grant_id].append(_told(cart))
    merchants = Grant.objects.filter(pk__in=ids).values_list("pk", "merchant_id")
    return {pk: Described(merchant_id, {"carts": served[pk]}) for pk, merchant_id in merchants}


def _told(cart: Cart) -> dict[str, Any]:
    return {
        "id": public_ids.write(public_ids.CART, cart.pk),
        "name": cart.name,
        "kind": cart.kind,
        "state": cart.state,
        "merchant_id": public_ids.write(public_ids.MERCHANT, cart.merchant_id),
    }


webhook_types.register(TYPES, cart=of_carts, grant=of_grants)
