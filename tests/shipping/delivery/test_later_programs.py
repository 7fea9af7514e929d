"""A program that must not ship like others, or a document nobody can read, comes when the warehouse has the order."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.alerts.models import Alert
from orders.alerts import CANCEL_AT_WAREHOUSE, NOT_RELEASED_THERE
from orders.models import HeldFor, OrderStatus
from shipping.delivery import recall
from tests.journeys.staff import press, staff
from tests.orders.later_documents import Document, changed
from tests.shipping.played_warehouse import Distant
from tests.world import World, source

__all__ = ["staff"]


def of_program(*words: str) -> Callable[[Document], object]:
    return lambda document: document.update(programs=list(words))


def is_open(cause: str) -> bool:
    return bool(Alert.objects.filter(cause=cause, closed_at=None).exists())


@pytest.mark.parametrize("word", ["IN_STORE_PICK_UP", "AMAZON_EASY_SHIP", "DELIVERY_BY_AMAZON", "FBM_SHIP_PLUS"])
def test_a_program_that_comes_later_is_held_with_an_alert_until_somebody_ships_it(
    world: World, staff: Client, distant: type[Distant], word: str
) -> None:
    order = world.at_warehouse()

    stands = changed(world, order, of_program(word))
    assert (stands.status, stands.held_for) == (OrderStatus.HELD, HeldFor.PROGRAM)
    assert stands.reason.endswith("The warehouse has it: do not ship")
    assert is_open(CANCEL_AT_WAREHOUSE)
    again = changed(world, stands, of_program(word, "PREMIUM"))
    assert (again.held_for, again.reason) == (HeldFor.PROGRAM, stands.reason)

    press(staff, again, "let_go")
    world.deliver()
    assert not is_open(CANCEL_AT_WAREHOUSE)
    assert changed(world, order, of_program(word)).is_at_warehouse
    assert distant.created == [order.number]


def test_what_is_held_for_it_and_canceled_comes_back(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    changed(world, order, of_program("IN_STORE_PICK_UP"))
    changed(world, order, lambda document: document["fulfillment"].update(fulfillmentStatus="CANCELLED"))
    recall.recall_orders(now=world.now)

    assert len(distant.recalled) == 1
    assert world.order(order.number).status == OrderStatus.CANCELED
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_program_somebody_let_go_before_is_not_asked_about_again(world: World, staff: Client) -> None:
    number = world.order_placed(programs=["IN_STORE_PICK_UP"])
    world.download()
    press(staff, world.order(number), "let_go")
    world.deliver()

    assert changed(world, world.order(number), of_program("IN_STORE_PICK_UP", "FBM_SHIP_PLUS")).is_at_warehouse


def unreadable(document: Document) -> None:
    document["orderItems"] = []


def test_what_can_not_be_read_any_more_is_held_and_goes_on_once_it_can(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()

    before = changed(world, order, lambda document: None)
    whole = source(before)
    stands = changed(world, order, unreadable)
    assert (stands.status, stands.held_for) == (OrderStatus.HELD, HeldFor.STATE)
    assert stands.reason == "The order could not be read: The order has no lines. It is at the warehouse: do not ship"
    assert is_open(NOT_RELEASED_THERE)

    changed(world, order, lambda document: document.update(whole))
    world.deliver()
    assert world.order(order.number).is_at_warehouse
    assert not is_open(NOT_RELEASED_THERE)
    assert distant.created == [order.number]


def test_a_cancel_that_names_no_lines_is_a_cancel(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()

    def canceled(document: Document) -> None:
        document["orderItems"] = []
        document["fulfillment"]["fulfillmentStatus"] = "CANCELLED"

    changed(world, order, canceled)
    recall.recall_orders(now=world.now)

    stands = world.order(order.number)
    assert (stands.status, stands.line_count) == (OrderStatus.CANCELED, 1)
