"""What a marketplace says of an order later: its document, changed, and stored like a page of one order."""

import copy
from collections.abc import Callable
from typing import Any

from carts.marketplaces.amazon import adapter
from orders.download import storage
from orders.filters import cart_filters
from orders.models import Order
from tests.world import US, World, source

Document = dict[str, Any]


def changed(world: World, order: Order, change: Callable[[Document], object]) -> Order:
    """The order, after the marketplace changed its document like this."""
    document = copy.deepcopy(source(order))
    change(document)
    return told(world, order, document)


def told(world: World, order: Order, document: Document) -> Order:
    world.later(minutes=1)
    document = document | {"lastUpdatedTime": world.now.isoformat()}
    rules = cart_filters.load([world.cart])
    storage.store_page({US: world.cart}, [adapter._document(document)], now=world.now, rules=rules)
    return world.order(order.number)


def moved(street: str = "9 Other Street") -> Callable[[Document], object]:
    return lambda document: document["recipient"]["deliveryAddress"].update(addressLine1=street)


def expedited(document: Document) -> None:
    document["fulfillment"]["fulfillmentServiceLevel"] = "EXPEDITED"


def more(units: int, *, of: int = 0) -> Callable[[Document], object]:
    """The marketplace says that so many units of a line were ordered."""

    def change(document: Document) -> None:
        item = document["orderItems"][of]
        item["quantityOrdered"] = units
        item["fulfillment"] = {**item.get("fulfillment", {}), "quantityFulfilled": 0, "quantityUnfulfilled": units}

    return change


def extra(reference: str = "777", sku: str = "MUG-RED-11", units: int = 1) -> Callable[[Document], object]:
    line = {
        "orderItemId": reference,
        "quantityOrdered": units,
        "product": {"sellerSku": sku, "asin": "B000000009", "title": "A red mug"},
    }
    return lambda document: document["orderItems"].append(line)


def without(place: int) -> Callable[[Document], object]:
    return lambda document: document["orderItems"].pop(place)
