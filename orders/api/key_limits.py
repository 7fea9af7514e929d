"""Which orders a key sees: of its organization or merchant, and of its cart or warehouse where it has one."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from core.accounts.doors import access_of
from core.api.bearer import key_of
from core.api.models import ApiKey
from orders.models import Order


def limits_of(key: ApiKey) -> dict[str, Any]:
    """Return what orders must be filtered by besides ``visible_to``."""
    limits: dict[str, Any] = {}
    if key.cart_id is not None:
        limits["cart"] = key.cart_id
    if key.warehouse_id is not None:
        limits["released_to"] = key.warehouse_id
    return limits


def orders_of(request: Request) -> "QuerySet[Order]":
    """Return the orders that the key of this request sees."""
    found: QuerySet[Order] = Order.objects.visible_to(access_of(request)).filter(**limits_of(key_of(request)))
    return found
