"""Numbers of what is somebody else's in a field or a query: answered like numbers of what is not there."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from django.db.models import Model
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Merchant, Organization
from core.accounts.portal_request import LIVE
from core.alerts.models import Subscription
from core.ui.live_pages import SHOWN
from orders.models import Order
from shipping.models import CartMethod, ShipmentBatch, ShipMethod, ShippingDraft, Warehouse
from tests.test_tenancy import ABSENT, said, undone


class Asked(NamedTuple):
    """An address, the field that names a thing, by which of its columns, and what else is said."""

    method: str
    route: str
    field: str
    model: type[Model]
    column: str = "pk"
    beside: dict[str, str] = {}  # noqa: RUF012  nobody changes it
    written: str = "{}"


ASKED = (
    Asked("get", "activity:page", "merchant", Merchant),
    Asked("get", "activity:page", "cart", Cart),
    Asked("get", "activity:page", "order", Order, "number"),
    Asked("get", "activity:requests", "q", Order, "number"),
    Asked("get", "performance:page", "merchant", Merchant),
    Asked("get", "performance:page", "cart", Cart),
    Asked("get", "orders:orders", "q", Order, "number"),
    Asked("get", "orders:orders", "q", Order, "number", written="{}, 305-7777777-1234567"),
    Asked("get", "search", "q", Order, "number"),
    Asked("get", "shipping:new_routing_rule", "cart", Cart),
    Asked("get", "orders:orders", "method", CartMethod, "name"),
    Asked("post", "orders:act", "chosen", Order, beside={"action": "hold"}),
    Asked("post", "orders:act", "chosen", Order, beside={"action": "print"}),
    Asked("post", "retention:page", "number", Order, "number", {"reason": "A claim"}),
    Asked("get", "shipping:close", "order", Order),
    Asked("get", "shipping:close", "draft", ShippingDraft),
    Asked("get", "shipping:close", "batch", ShipmentBatch),
    Asked("post", "shipping:close", "order", Order),
    Asked("get", "shipping:paper", "order", Order),
    Asked("get", "shipping:shipping", "warehouse", Warehouse),
    Asked("post", "shipping:shipping", "warehouse", Warehouse, beside={"action": "add"}),
    Asked("post", "shipping:shipping", "ship_method", ShipMethod, beside={"action": "edit"}),
    Asked("post", "shipping:shipping", "ship_method", ShipMethod, beside={"action": "remove"}),
)
# By the address: whoever is told of the whole 3PL belongs to no merchant and to no cart.
OF_HOUSE = ("subscriptions:subscription", "subscriptions:remove")
IN_VIEW = ("orders:orders", "shipping:close_news")  # which rows a page shows is said in a header


def of_fields(client: Client, stranger: Organization) -> Iterator[tuple[str, Callable[[], Any], Callable[[Any], bool]]]:
    """Yield what is asked about, how, and whether an answer is another one than for what is not there."""
    for each in ASKED:
        rows = each.model._default_manager.filter(organization=stranger)
        value = rows.values_list(each.column, flat=True)[0]
        asking = partial(_ask, client, each)
        yield f"{each.method} {each.route} {each.field}", partial(asking, value), partial(_is_another, asking, value)
    house = Subscription.objects.get(organization=stranger, merchant=None).pk
    for method, route in product(("get", "post"), OF_HOUSE):
        asking = partial(_of_address, client, method, route)
        yield f"{method} {route} of the house", partial(asking, house), partial(_is_another, asking, house)
    order = Order.objects.filter(organization=stranger).values_list("pk", flat=True)[0]
    for route in IN_VIEW:
        asking = partial(_news, client, route)
        yield f"{route} in view", partial(asking, order), partial(_is_another, asking, order)


def _ask(client: Client, asked: Asked, value: Any) -> Any:
    return undone(
        getattr(client, asked.method), reverse(asked.route), {asked.field: asked.written.format(value), **asked.beside}
    )


def _of_address(client: Client, method: str, route: str, pk: int) -> Any:
    return undone(getattr(client, method), reverse(route, args=[pk]))


def _news(client: Client, route: str, pk: int) -> Any:
    return undone(partial(client.get, reverse(route), headers={LIVE: "1", SHOWN: str(pk)}))


def _is_another(asking: Callable[[Any], Any], value: Any, answer: Any) -> bool:
    """Asked again where it is: what is told once, of the page before, is told by now."""
    absent = _without(asking(ABSENT), value)
    return _without(answer, value) != absent and _without(asking(value), value) != absent


def _without(answer: Any, value: Any) -> tuple[int, bytes]:
    """What it says, whichever of the two was asked for."""
    named = rf"(?<!\w)(?:{re.escape(str(value))}|{ABSENT})(?!\w)".encode()
    return answer.status_code, re.sub(named, b"#", said(answer))
