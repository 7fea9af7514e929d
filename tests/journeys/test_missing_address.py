"""An order that says not, or not wholly, where it goes: held with a sentence, and on its way once that is known."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import HeldFor, OrderStatus
from tests.journeys.staff import CLOSE, filled_in, is_done, press, shown, staff, workers
from tests.world import World

__all__ = ["staff"]  # a fixture

STREET = ("name", "addressLine1", "addressLine2", "addressLine3", "postalCode", "phone")  # not for everybody to see
MISSING: dict[str, tuple[dict[str, Any], str]] = {
    "none": ({"recipient": None}, "Amazon.com sent no address."),
    "empty": ({"recipient": {"deliveryAddress": None}}, "Amazon.com sent no address."),
    "no street": (
        {"recipient": {"deliveryAddress": dict.fromkeys(STREET)}},
        "Amazon.com sent an address without a name, a street and a postal code.",
    ),
}


def amend(world: World, number: str) -> None:
    """Let Amazon tell the address after all."""
    other = world.simulator.place_order()
    document = world.simulator._order(number).document
    document["recipient"] = world.simulator.order(other)["recipient"]
    world.simulator.world.touch(world.simulator._order(number), world.now)
    world.simulator.cancel(other)


@pytest.mark.parametrize(("overrides", "why"), MISSING.values(), ids=MISSING.keys())
def test_it_is_held_with_a_sentence_until_the_address_comes(
    world: World, staff: Client, overrides: dict[str, Any], why: str
) -> None:
    number = world.order_placed(overrides=overrides)
    workers(world, times=1)
    order = world.order(number)

    assert (order.status, order.held_for) == (OrderStatus.HELD, HeldFor.ADDRESS)
    assert why in shown(staff, order)
    assert "each download checks again." in shown(staff, order)
    listed = staff.get(reverse("orders:orders")).content.decode()
    assert number in listed
    assert why.rstrip(".") in listed
    staff.post(CLOSE, filled_in(world, [order]))
    assert world.order(number).status == OrderStatus.HELD

    amend(world, number)
    workers(world, times=2)
    assert world.order(number).status == OrderStatus.AT_WMS
    staff.post(CLOSE, filled_in(world, [order]))
    workers(world, times=1)
    assert is_done(world, number)


def test_a_person_who_knows_the_address_sends_it_all_the_same(world: World, staff: Client) -> None:
    number = world.order_placed(overrides={"recipient": None})
    workers(world, times=1)

    press(staff, world.order(number), "let_go")
    workers(world, times=2)

    assert world.order(number).status == OrderStatus.AT_WMS
