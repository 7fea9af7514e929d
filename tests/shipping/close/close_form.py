"""The form of Ship and Close, filled in well."""

from collections.abc import Sequence
from typing import Any

from core.common import clock
from orders.models import Order
from shipping.carriers.tracking_numbers import ups_number

URL = "/shipping/close/"


def number_of(order: Order, package: int = 1) -> str:
    return ups_number("999AA1", int(order.number) * 10 + package)


def said(orders: Sequence[Order], **changes: Any) -> dict[str, Any]:
    fields = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "shipped_on": clock.now().date().isoformat()}
    tracking = {f"tracking_{order.pk}": number_of(order) for order in orders}
    return {"order": [order.pk for order in orders], **fields, **tracking, **changes}


def errors(page: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = page.context["dialog"].errors
    return found


def sent_back(page: Any) -> dict[str, Any]:
    """What the page would send, were its form sent as it stands."""
    dialog = page.context["dialog"]
    fields = {field.html_name: field.value() or "" for form in dialog.parts for field in form}
    counts = {f"packages_{row.order.pk}": len(row.packages) for row in dialog.rows if row.split}
    return {
        "order": [order.pk for order in dialog.orders],
        "charges": len(dialog.charges),
        "charges_seen": dialog.charged_as,
        **fields,
        **counts,
    }
