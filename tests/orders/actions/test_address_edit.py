"""Editing who gets an order, and what of it is written down."""

from typing import Any

import pytest

from carts.marketplaces.values import Address
from core.activity.models import Event
from orders.actions import address_edit
from orders.actions.address_edit import EditedMeanwhile, NotEditable
from orders.models import HeldFor, Order, OrderStatus, Recipient
from shipping.delivery import amendment
from shipping.models import ChosenMethod, ShipMethod
from tests import factories
from tests.address_edits import NEW_STREET, address_of, edit
from tests.world import World


def test_an_edit_is_sealed_and_written_down_without_what_it_says(world: World) -> None:
    world.order_placed()
    world.download()
    order = Order.objects.get()
    _, buyer = order.recipient.open()
    kept = address_of(order).instructions

    assert edit(world, order, line1=NEW_STREET, city="Zürich", country="CH") == ["address line 1", "city", "country"]

    fresh = world.order(order.number)
    assert fresh.edited_at == world.now
    assert (address_of(order).line1, address_of(order).instructions) == (NEW_STREET, kept)
    assert fresh.recipient.open()[1] == buyer
    assert fresh.recipient.country == "CH"
    assert fresh.recipient.open_source()
    event = Event.objects.get(kind="order.edited")
    assert (event.actor, event.details) == (world.person, {"fields": "address line 1, city, country"})
    assert b"Elm" not in bytes(fresh.recipient.sealed or b"")


def test_saving_what_it_has_changes_nothing(world: World) -> None:
    order = factories.OrderFactory(cart=world.cart, recipient=Address(name=" Jo ", line1="1 A", city="B", country="US"))

    assert edit(world, order, name="Jo") == []

    assert world.order(order.number).edited_at is None
    assert address_of(order).name == " Jo "
    assert not Event.objects.filter(kind="order.edited").exists()


def test_the_second_of_two_people_overwrites_nothing(world: World) -> None:
    order = factories.OrderFactory(cart=world.cart)
    seen = address_edit.mark_of(address_of(order))
    edit(world, order, city="Sparks")

    with pytest.raises(EditedMeanwhile):
        amendment.change_address(order, Address(name="X"), seen=seen, by=world.person, now=world.now)

    assert (address_of(order).city, address_of(order).name) == ("Sparks", "Jane Doe")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"status": OrderStatus.PENDING}, "has not released it yet"),
        ({"status": OrderStatus.SHIPPED}, "already been shipped"),
        ({"status": OrderStatus.CONFIRMED}, "already been shipped"),
        ({"status": OrderStatus.CANCELED}, "It is canceled"),
        ({"status": OrderStatus.SKIPPED}, "It is skipped"),
        ({"status": OrderStatus.HELD, "held_for": HeldFor.CANCELED}, "canceled, or about to be"),
        ({"status": OrderStatus.HELD, "held_for": HeldFor.STRANGE}, "could not be read"),
    ],
)
def test_what_cannot_be_edited_says_why(world: World, fields: dict[str, Any], why: str) -> None:
    order = factories.OrderFactory(cart=world.cart, **fields)
    world_method = ShipMethod.objects.get(label="UPS Ground")

    with pytest.raises(NotEditable, match=why):
        edit(world, order, city="Sparks")
    with pytest.raises(NotEditable, match=why):
        amendment.change_method(order, world_method, seen=None, by=world.person, now=world.now)

    assert address_of(order).city == "Reno"
    assert not ChosenMethod.objects.exists()


def test_what_is_shipped_in_part_or_erased_is_not_edited(world: World) -> None:
    shipped, erased = factories.OrderFactory(cart=world.cart), factories.OrderFactory(cart=world.cart)
    factories.PackageFactory(shipment__order=shipped)
    Recipient.objects.filter(order=erased).update(erased_at=world.now)

    with pytest.raises(NotEditable, match="at least in part"):
        edit(world, shipped, city="Sparks")
    with pytest.raises(NotEditable, match="erased"):
        edit(world, erased, city="Sparks")


def test_an_order_held_for_its_address_goes_on_with_one(world: World) -> None:
    number = world.order_placed(overrides={"recipient": None})
    world.download()
    order = world.order(number)
    assert order.held_for == HeldFor.ADDRESS

    wanted = Address(name="Jo", line1=NEW_STREET, city="Reno", postal_code="89501", country="US")
    amendment.change_address(order, wanted, seen=address_edit.mark_of(None), by=world.person, now=world.now)
    world.deliver()

    assert world.order(number).status == OrderStatus.AT_WMS
    assert address_of(order) == wanted
