"""A field that vanishes is no change: marketplaces hide names, phones and streets for a while, and after delivery."""

from collections.abc import Callable
from typing import Any

import pytest

from core.alerts.models import Alert, Mail
from orders.differences import settlement
from orders.models import Difference, Order, OrderStatus
from tests.address_edits import address_of, edit
from tests.orders.later_documents import changed, expedited, moved
from tests.world import World

Document = dict[str, Any]
Change = Callable[[Document], object]


def without(*names: str) -> Change:
    def change(document: Document) -> None:
        for name in names:
            document["recipient"]["deliveryAddress"].pop(name, None)

    return change


def no_recipient(document: Document) -> None:
    document.pop("recipient")


def no_buyer(document: Document) -> None:
    document.pop("buyer")


def no_service(document: Document) -> None:
    document["fulfillment"].pop("fulfillmentServiceLevel")


def no_windows(document: Document) -> None:
    del document["fulfillment"]["shipByWindow"], document["fulfillment"]["deliverByWindow"]


def no_prices(document: Document) -> None:
    document.pop("proceeds")
    for item in document["orderItems"]:
        item.pop("proceeds")
        item["product"].pop("price")


def no_product(document: Document) -> None:
    for item in document["orderItems"]:
        item.pop("product")


HIDDEN: dict[str, Change] = {
    "phone": without("phone"),
    "name": without("name"),
    "street": without("addressLine1", "addressLine2"),
    "name, street and postal code": without("name", "addressLine1", "postalCode"),
    "recipient": no_recipient,
    "buyer": no_buyer,
    "service": no_service,
    "windows": no_windows,
    "prices": no_prices,
    "product": no_product,
}


@pytest.fixture
def order(world: World) -> Order:
    number = world.order_placed(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])
    world.download()
    return world.order(number)


def stands(order: Order) -> list[Any]:
    names = ("service", "ship_by", "deliver_by", "total", "currency", "status", "reason")
    lines = order.lines.order_by("pk").values_list("sku", "asin", "title", "ordered", "unit_price", "total", "currency")
    return [[getattr(order, name) for name in names], list(lines), order.recipient.open()]


@pytest.mark.parametrize("status", [OrderStatus.NEW, OrderStatus.AT_WMS, OrderStatus.CONFIRMED])
@pytest.mark.parametrize("change", HIDDEN.values(), ids=HIDDEN)
def test_what_is_hidden_stays_as_it_is_known_and_nobody_is_told(
    world: World, order: Order, change: Change, status: OrderStatus
) -> None:
    if status != OrderStatus.NEW:
        world.deliver()
        times = {"shipped_at": world.now} if status == OrderStatus.CONFIRMED else {}
        Order.objects.filter(pk=order.pk).update(status=status, **times)
    order = world.order(order.number)
    before = stands(order)

    after = changed(world, order, change)

    assert stands(after) == before
    assert not Difference.objects.exists()
    assert not Alert.objects.exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize("change", [moved(), expedited], ids=["address", "ship method"])
def test_nothing_is_asked_about_address_or_ship_method_once_all_is_shipped(
    world: World, order: Order, change: Change
) -> None:
    world.deliver()
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.CONFIRMED, shipped_at=world.now)

    changed(world, world.order(order.number), change)

    assert not Difference.objects.exists()
    assert not Alert.objects.exists()


def test_what_a_person_settled_does_not_come_back_when_a_hidden_field_is_shown_again(
    world: World, order: Order
) -> None:
    edit(world, order, line1="5 Elm Street")
    order = changed(world, world.order(order.number), without("phone", "name"))
    assert not Difference.objects.exists()

    order = changed(world, order, lambda document: document["recipient"]["deliveryAddress"].update(phone="+1 555 0199"))

    (difference,) = settlement.still_open(order)
    assert "phone" in difference.now
    settlement.keep(order, [difference.pk], digest=order.digest, by=world.person, now=world.now)
    order = changed(world, world.order(order.number), without("phone"))
    order = changed(world, order, lambda document: document["recipient"]["deliveryAddress"].update(phone="+1 555 0199"))
    assert not settlement.still_open(order)


def test_theirs_taken_empties_no_field_that_is_hidden_by_now(world: World, order: Order) -> None:
    phone = address_of(order).phone
    world.deliver()
    order = changed(world, world.order(order.number), moved("9 Other Street"))
    (difference,) = settlement.still_open(order)
    order = changed(world, order, without("phone", "name"))

    settlement.take(order, [difference.pk], packed={}, by=world.person, now=world.now)

    address = address_of(order)
    assert (address.line1, address.phone) == ("9 Other Street", phone)
    assert address.name
