"""Who gets an order, as a program with the scope for it reads it. Each look is an event, as it is on the page."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rest_framework import serializers

from core.activity.event_log import event, record_all
from core.api.models import ApiKey
from core.common.vault import Unopenable
from orders.models import Order, Recipient, Unsealed


class AddressAnswer(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    company = serializers.CharField(allow_blank=True)
    line1 = serializers.CharField(allow_blank=True)
    line2 = serializers.CharField(allow_blank=True)
    line3 = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    district = serializers.CharField(allow_blank=True)
    state = serializers.CharField(allow_blank=True)
    postal_code = serializers.CharField(allow_blank=True)
    country = serializers.CharField(allow_blank=True, help_text="Two letters.")
    phone = serializers.CharField(allow_blank=True)
    kind = serializers.CharField(allow_blank=True, help_text="residential, commercial or pickup_point, where known.")
    instructions = serializers.CharField(allow_blank=True)


class BuyerAnswer(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    company = serializers.CharField(allow_blank=True)
    purchase_order = serializers.CharField(allow_blank=True)


class RecipientAnswer(serializers.Serializer[Any]):
    """Who gets an order. Address and buyer are null where the marketplace gave none, or they were erased."""

    address = AddressAnswer(allow_null=True)
    buyer = BuyerAnswer(allow_null=True)
    erased_at = serializers.DateTimeField(allow_null=True, help_text="The marketplace requires it, in time.")
    readable = serializers.BooleanField(help_text="False: the key it was encrypted with is missing here.")


def look_at(orders: Iterable[Order], *, key: ApiKey, now: datetime) -> dict[int, dict[str, Any]]:
    """Return who gets these orders, by their ids, and record that this key saw them. Orders come with ``recipient``.

    The caller has seen that the key has the scope. Two statements at most, however many orders.
    """
    orders = list(orders)
    found = {order.pk: _opened(getattr(order, "recipient", None)) for order in orders}
    seen = (order for order in orders if found[order.pk]["address"] or found[order.pk]["buyer"])
    record_all(event("recipient.looked_at", order, now=now, key=key.public_id) for order in seen)
    return found


def _opened(recipient: Recipient | None) -> dict[str, Any]:
    clear, readable = Unsealed(), True
    try:
        clear = recipient.unseal() if recipient else clear
    except Unopenable:
        readable = False
    answer = RecipientAnswer(
        {
            "address": clear.address,
            "buyer": clear.buyer,
            "erased_at": recipient.erased_at if recipient else None,
            "readable": readable,
        }
    )
    return dict(answer.data)
