"""Amazon hides what it showed before: names, phones, streets, for hours or for ever. That changes nothing here."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from carts.marketplaces.values import Address
from core.alerts.models import Alert
from orders.differences import hidden_parts, settlement
from orders.models import Difference, Order, OrderStatus, Recipient
from shipping.delivery import take_over
from tests.address_edits import address_of, edit
from tests.orders.later_documents import Document, changed, expedited, moved
from tests.world import World

KNOWN = Address(
    name="Ann Example", line1="1 Mill Lane", line2="Flat 2", city="Salem", state="OR", postal_code="97301",
    country="US", phone="555 0100", instructions="Ring twice",
)  # fmt: skip


def hide(*names: str) -> Callable[[Document], object]:
    def change(document: Document) -> None:
        for name in names:
            document["recipient"]["deliveryAddress"].pop(name, None)

    return change


def whole(*names: str) -> Callable[[Document], object]:
    return lambda document: [document.pop(name, None) for name in names]


def of_fulfillment(*names: str) -> Callable[[Document], object]:
    return lambda document: [document["fulfillment"].pop(name, None) for name in names]


def of_products(*names: str) -> Callable[[Document], object]:
    return lambda document: [item["product"].pop(name, None) for item in document["orderItems"] for name in names]


HIDDEN = [
    hide("phone"),
    hide("name"),
    hide("addressLine1", "addressLine2", "addressLine3"),
    hide("name", "phone", "addressLine1", "postalCode"),
    hide("stateOrRegion"),
    whole("recipient"),
    whole("buyer"),
    whole("recipient", "buyer", "proceeds", "programs"),
    of_fulfillment("fulfillmentServiceLevel", "shipByWindow", "deliverByWindow"),
    of_products("sellerSku", "asin", "title", "price"),
]


def stands(order: Order) -> Any:
    recipient = Recipient.objects.select_related("order").get(order=order)
    lines = order.lines.values_list("sku", "asin", "title", "unit_price", "total", "currency")
    return (
        recipient.open(), recipient.country, list(lines), order.status, order.service, order.ship_by, order.deliver_by,
        order.total, order.currency, order.is_prime, order.is_business,
    )  # fmt: skip


# -- The rule --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "known"),
    [
        (replace(KNOWN, phone=""), KNOWN),
        (replace(KNOWN, name=""), KNOWN),
        (Address(city="Salem", state="OR", country="US"), KNOWN),
        (replace(KNOWN, line2=""), KNOWN),
        (replace(KNOWN, phone="555 0199"), replace(KNOWN, phone="555 0199")),
        # Another place is taken whole; who gets it is still known.
        (Address(line1="9 Elm Street", city="Salem", state="OR", postal_code="97301", country="US"),
         replace(KNOWN, line1="9 Elm Street", line2="", instructions="")),
        # Another person has no phone of the first one.
        (replace(KNOWN, name="Bob Example", phone=""), replace(KNOWN, name="Bob Example", phone="")),
        (None, KNOWN),
    ],
)  # fmt: skip
def test_only_what_is_shown_and_differs_changes_an_address(now: Address | None, known: Address) -> None:
    assert hidden_parts.newer_address(KNOWN, now) == known


def test_the_first_address_is_taken_as_it_is() -> None:
    assert hidden_parts.newer_address(None, KNOWN) == KNOWN
    assert hidden_parts.newer_address(None, None) is None


# -- Through the import ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("change", HIDDEN)
def test_what_vanishes_before_it_left_is_kept(world: World, change: Callable[[Document], object]) -> None:
    number = world.order_placed()
    world.download()
    before = stands(world.order(number))

    assert stands(changed(world, world.order(number), change)) == before


@pytest.mark.parametrize("change", HIDDEN)
def test_what_vanishes_at_the_warehouse_is_no_difference(world: World, change: Callable[[Document], object]) -> None:
    order = world.at_warehouse()
    before = stands(order)

    assert stands(changed(world, order, change)) == before
    assert not Difference.objects.exists()
    assert not Alert.objects.filter(cause="order.differs").exists()


@pytest.mark.parametrize("change", [*HIDDEN, moved(), expedited])
def test_nothing_about_addresses_is_asked_once_all_is_shipped(
    world: World, change: Callable[[Document], object]
) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.confirm()
    world.later(minutes=20)
    world.download()
    order = world.order(order.number)
    assert order.status == OrderStatus.CONFIRMED

    order = changed(world, order, change)

    assert order.status == OrderStatus.CONFIRMED
    assert not Difference.objects.exists()
    assert not Alert.objects.filter(cause="order.differs").exists()


def test_what_was_hidden_and_is_shown_again_is_no_difference(world: World) -> None:
    order = world.at_warehouse()

    order = changed(world, order, lambda document: document["recipient"]["deliveryAddress"].pop("addressLine1"))
    street = address_of(order).line1
    order = changed(world, order, moved(street))

    assert not Difference.objects.exists()


def test_an_address_a_person_edited_is_not_asked_about_when_a_phone_vanishes(world: World) -> None:
    number = world.order_placed()
    world.download()
    edit(world, world.order(number), line1="9 Elm Street")

    order = changed(world, world.order(number), hide("phone"))

    assert not Difference.objects.exists()
    assert address_of(order).line1 == "9 Elm Street"


def test_a_question_stays_open_when_its_address_is_hidden_and_taking_it_empties_nothing(world: World) -> None:
    order = world.at_warehouse()
    was = address_of(order)
    order = changed(world, order, moved())

    order = changed(world, order, hide("addressLine1", "addressLine2", "addressLine3"))

    chosen = {row.pk for row in settlement.still_open(order)}
    assert len(chosen) == 1
    take_over.take(order, chosen, digest=order.digest, by=world.person, now=world.now)
    assert address_of(order) == replace(was, line1="9 Other Street")


def test_taking_theirs_keeps_what_they_do_not_show(world: World) -> None:
    order = world.at_warehouse()
    was = address_of(order)
    order = changed(world, order, moved())
    order = changed(world, order, hide("phone", "name"))

    chosen = {row.pk for row in settlement.still_open(order)}
    take_over.take(order, chosen, digest=order.digest, by=world.person, now=world.now)

    now = address_of(order)
    assert (now.line1, now.name, now.phone) == ("9 Other Street", was.name, was.phone)


def another_phone(document: Document) -> None:
    document["recipient"]["deliveryAddress"]["phone"] = "+1 555 0199"


def test_what_a_person_settled_does_not_come_back_when_a_hidden_field_is_shown_again(world: World) -> None:
    order = world.at_warehouse()
    edit(world, order, line1="5 Elm Street")
    order = changed(world, world.order(order.number), another_phone)
    (difference,) = settlement.still_open(order)
    assert "phone" in difference.now
    settlement.keep(order, [difference.pk], digest=order.digest, by=world.person, now=world.now)

    order = changed(world, world.order(order.number), hide("phone"))
    order = changed(world, order, another_phone)

    assert not settlement.still_open(order)


def test_a_gift_message_that_is_hidden_before_it_left_stays(world: World) -> None:
    number = world.order_placed(lines=[{"sku": "MUG-BLUE-11", "gift_message": "For Ana"}])
    world.download()

    order = changed(
        world, world.order(number), lambda document: document["orderItems"][0]["fulfillment"].pop("packing")
    )

    (line,) = order.lines.all()
    assert order.recipient.unseal().handling.of_line(line.reference).gift_message == "For Ana"
