"""Editing an order, for the tests about what comes of it."""

from dataclasses import replace

from carts.marketplaces.values import Address
from orders.actions import address_edit
from orders.models import Order, Recipient
from shipping.delivery import amendment
from tests.world import World

NEW_STREET = "9 Elm Street"


def address_of(order: Order) -> Address:
    address, _ = Recipient.objects.select_related("order").get(order=order).open()
    assert address
    return address


def edit(world: World, order: Order, **fields: str) -> list[str]:
    current = address_of(order)
    wanted = replace(current, **fields)
    return amendment.change_address(order, wanted, seen=address_edit.mark_of(current), by=world.person, now=world.now)
