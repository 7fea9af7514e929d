"""Requests to other servers, found by the order they were about or by their own ID, and shown with that order."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from core.accounts.access import Access
from core.activity import kept_exchanges
from core.activity.models import Exchange
from orders.models import Order


def named(rows: QuerySet[Exchange], text: str, access: Access) -> list[QuerySet[Exchange]]:
    """Return those about the orders of that number, and those of that request ID: each way has an index of its own."""
    orders = list(Order.objects.visible_to(access).filter(number=text).values_list("pk", flat=True))
    return [
        rows.filter(subject_kind="order", subject_id__in=orders),
        rows.filter(request_id=text).exclude(request_id=""),
    ]


def shown(found: Sequence[Exchange], access: Access) -> list[dict[str, Any]]:
    """Return each as ``said``, with the ``order`` it was about, as exchange_list.html lists them."""
    about = {each.subject_id for each in found if each.subject_kind == "order"}
    orders = Order.objects.visible_to(access).in_bulk(about)
    return [
        {
            "said": kept_exchanges.show(each),
            "order": orders.get(each.subject_id) if each.subject_kind == "order" else None,
        }
        for each in found
    ]
