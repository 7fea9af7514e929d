"""Cancels at the stages between the ones of test_cancel: before sending, in part, and asked for by the buyer."""

import pytest
from django.test import Client
from django.urls import reverse

from core.activity.models import Event
from core.alerts.models import Alert
from orders.models import HeldFor, Order, OrderStatus
from shipping.models import Package, Release
from tests.journeys.staff import CLOSE, filled_in, is_done, press, seen_to, shown, staff, workers
from tests.shipping.conftest import distant
from tests.shipping.played_warehouse import Distant
from tests.world import World

__all__ = ["distant", "staff"]  # fixtures

LINES = [{"sku": "MUG-BLUE-11", "quantity": 5}, {"sku": "TEAPOT-BLUE", "quantity": 2}]


def downloaded(world: World) -> Order:
    """An order that came in, and that no warehouse has."""
    number = world.order_placed(lines=LINES)
    world.download()
    return world.order(number)


def ask(world: World, order: Order) -> Order:
    """The buyer asks to cancel, and the next download says so."""
    world.simulator.request_cancel(order.number)
    world.later(minutes=5)
    world.download()
    return world.order(order.number)


def never_sent(order: Order, distant: type[Distant]) -> bool:
    return distant.created == [] and not Release.objects.filter(order=order, released_at__isnull=False).exists()


# -- Before it is sent -------------------------------------------------------------------------------------------------
def test_a_buyers_request_before_sending_is_granted_and_the_warehouse_never_hears_of_it(
    world: World, staff: Client, distant: type[Distant]
) -> None:
    order = ask(world, downloaded(world))
    workers(world, times=1)
    page = shown(staff, order)
    assert "The buyer asked to cancel" in page
    assert "Cancel it on Amazon.com" in page
    assert "Ship it anyway" in page

    press(staff, order, "cancel", reason="BuyerCanceled")
    workers(world)

    assert world.order(order.number).status == OrderStatus.CANCELED
    assert [entry["order_id"] for entry in world.simulator.journal("cancellation")] == [order.number]
    assert never_sent(order, distant)
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_buyers_request_before_sending_is_refused_and_the_order_goes_on(
    world: World, staff: Client, distant: type[Distant]
) -> None:
    order = ask(world, downloaded(world))
    workers(world, times=1)
    assert never_sent(order, distant)

    press(staff, order, "let_go")
    workers(world, times=2)
    assert distant.created == [order.number]
    staff.post(CLOSE, filled_in(world, [order]))
    workers(world, times=1)

    assert is_done(world, order.number)
    assert world.simulator.journal("cancellation") == []


def test_somebody_here_cancels_before_sending(world: World, staff: Client, distant: type[Distant]) -> None:
    order = downloaded(world)

    said = press(staff, order, "cancel", reason="NoInventory")
    workers(world)

    assert "It goes no further here" in said
    assert world.order(order.number).status == OrderStatus.CANCELED
    assert world.simulator.order(order.number)["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    assert never_sent(order, distant)


def test_somebody_here_cancels_what_is_at_the_warehouse(world: World, staff: Client, distant: type[Distant]) -> None:
    order = world.at_warehouse()

    press(staff, order, "cancel", reason="NoInventory")
    workers(world)

    assert distant.recalled == [f"WMS-{order.number}"]
    assert world.order(order.number).status == OrderStatus.CANCELED
    assert [entry["order_id"] for entry in world.simulator.journal("cancellation")] == [order.number]


def test_what_is_canceled_twice_at_once_is_told_once(world: World, staff: Client) -> None:
    order = world.at_warehouse()

    press(staff, order, "cancel", reason="NoInventory")
    press(staff, order, "cancel", reason="CustomerExchange")
    workers(world)

    assert len(world.simulator.journal("cancellation")) == 1
    assert world.order(order.number).status == OrderStatus.CANCELED


# -- In part -----------------------------------------------------------------------------------------------------------
def test_units_canceled_before_sending_are_not_asked_of_the_warehouse(world: World, staff: Client) -> None:
    order = downloaded(world)
    world.simulator.cancel_units(order.number, {"MUG-BLUE-11": 3, "TEAPOT-BLUE": 2})
    workers(world, times=2)
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert "Canceled" in shown(staff, order)

    staff.post(CLOSE, filled_in(world, [order]))
    workers(world, times=1)

    mug = order.lines.get(sku="MUG-BLUE-11")
    assert [entry["items"] for entry in world.told()] == [{mug.reference: 2}]
    assert is_done(world, order.number)


def test_units_canceled_at_the_warehouse_cannot_be_shipped_and_somebody_is_told(world: World, staff: Client) -> None:
    order = world.at_warehouse(lines=LINES)
    mug = order.lines.get(sku="MUG-BLUE-11")
    world.simulator.cancel_units(order.number, {"MUG-BLUE-11": 3})
    workers(world, times=1)
    alert = Alert.objects.get(closed_at=None)
    assert "3 × MUG-BLUE-11 canceled on Amazon.com while at the warehouse. Ship the rest." in alert.message

    all_of_it = {f"packages_{order.pk}": 1, f"units_{mug.pk}_{order.pk}": 5}
    page = staff.post(CLOSE, filled_in(world, [order], **all_of_it)).content.decode()
    assert "5 of MUG-BLUE-11 is more than the 2 still open." in page
    assert not Package.objects.exists()

    staff.post(CLOSE, filled_in(world, [order]))
    workers(world, times=1)
    (told,) = world.told()
    assert told["items"][mug.reference] == 2
    assert is_done(world, order.number)
    assert not Alert.objects.filter(closed_at=None).exists()


def test_the_rest_canceled_after_a_part_was_shipped_ends_the_order(world: World, staff: Client) -> None:
    order = world.at_warehouse(lines=LINES)
    mug = order.lines.get(sku="MUG-BLUE-11")
    part = {f"packages_{order.pk}": 1, f"units_{mug.pk}_{order.pk}": 5}
    staff.post(CLOSE, filled_in(world, [order], **part))
    workers(world, times=1)
    assert world.order(order.number).reason == "2 units still to be shipped"

    world.simulator.cancel_units(order.number, {"TEAPOT-BLUE": 2})
    workers(world, times=2)

    assert is_done(world, order.number)
    assert [entry["items"] for entry in world.told()] == [{mug.reference: 5}]


# -- Shipped already ---------------------------------------------------------------------------------------------------
def test_a_request_that_comes_too_late_changes_nothing(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    staff.post(CLOSE, filled_in(world, [order]))
    order = ask(world, order)

    workers(world, times=2)

    assert is_done(world, order.number)
    assert world.order(order.number).held_for != HeldFor.BUYER
    url = reverse("orders:cancel", args=[order.pk])
    assert "already been shipped" in staff.get(url, follow=True).content.decode()


@pytest.mark.parametrize("confirmed", [True, False])
def test_canceled_there_after_it_was_shipped_is_said_once_and_ends_in_somebodys_hands(
    world: World, staff: Client, confirmed: bool
) -> None:
    order = world.at_warehouse()
    staff.post(CLOSE, filled_in(world, [order]))
    if confirmed:
        world.confirm()
        world.simulator.unship(order.number)
    world.simulator.cancel(order.number)

    workers(world, times=3)

    assert Event.objects.filter(kind="order.canceled_late").count() <= 1
    assert "canceled it after it was shipped" in shown(staff, order)
    seen_to(staff, order)
    workers(world, times=2)
    assert not Alert.objects.filter(closed_at=None).exists()
