"""Which orders a key sees: of its organization or merchant, and of its cart or warehouse where it has one."""

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from core.accounts.doors import access_of
from core.api.bearer import key_of
from core.api.models import ApiKey
from orders.models import Order


def limits_of(key: ApiKey) -> Q:
    """Return what orders must be filtered by besides ``visible_to``."""
    limits = Q()
    if key.cart_id is not None:
        limits &= Q(cart=key.cart_id)
    if key.warehouse_id is not None:
        limits &= at(key.warehouse_id)
    return limits


def at(warehouse_id: int) -> Q:
    """Return what orders must be filtered by that go to a warehouse, or of which a part does."""
    return Q(released_to=warehouse_id) | _split(warehouse_id)


def _split(warehouse_id: int) -> Q:
    """Return the orders of which a warehouse has a part and not the first; nothing where there is none of those."""
    split = Order.objects.filter(release__part__gt=1, release__warehouse=warehouse_id)
    return Q(pk__in=split.values("pk")) if split.exists() else Q()


def orders_of(request: Request) -> "QuerySet[Order]":
    """Return the orders that the key of this request sees."""
    found: QuerySet[Order] = Order.objects.visible_to(access_of(request)).filter(limits_of(key_of(request)))
    return found
