"""Order Cancel Download: what a cancel at the cart does at every stage."""

import pytest

from core.activity.models import Event
from core.alerts.models import Alert
from orders.actions import holds
from orders.models import HeldFor, Order, OrderStatus
from shipping.alerts import OFF_THE_BENCH
from shipping.delivery import recall
from shipping.shipments.shipped_packages import Parcel
from tests.world import World


def told_of_cancel(world: World, order: Order) -> Order:
    world.later(minutes=5)
    world.download()
    return world.order(order.number)


def alerts(cause: str) -> int:
    return int(Alert.objects.filter(cause=cause, closed_at=None).count())


def test_before_the_warehouse_it_is_not_sent(world: World) -> None:
    number = world.order_placed()
    world.download()
    world.simulator.cancel(number)
    world.later(minutes=5)
    world.download()

    world.deliver()

    assert world.order(number).status == OrderStatus.CANCELED
    assert not Event.objects.filter(kind="order.released").exists()


def test_a_request_that_became_a_cancel_before_the_warehouse_needs_nobody(world: World) -> None:
    number = world.order_placed()
    world.simulator.request_cancel(number)
    world.later(minutes=5)
    world.download()
    world.simulator.cancel(number)
    told_of_cancel(world, world.order(number))

    recall.recall_orders(now=world.now)

    assert world.order(number).status == OrderStatus.CANCELED
    assert not Alert.objects.filter(closed_at=None).exists()


def test_what_is_held_for_the_buyer_at_the_warehouse_and_then_canceled_comes_back(world: World) -> None:
    order = world.at_warehouse()
    world.simulator.request_cancel(order.number)
    assert told_of_cancel(world, order).held_for == HeldFor.BUYER
    world.simulator.cancel(order.number)
    assert told_of_cancel(world, order).held_for == HeldFor.CANCELED

    recall.recall_orders(now=world.now)

    assert world.order(order.number).status == OrderStatus.CANCELED
    assert Event.objects.filter(kind="order.recalled", subject_id=order.pk).count() == 1
    assert alerts(OFF_THE_BENCH) == 1


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_is_shipped_stays_shipped_and_a_person_is_told_once(world: World, confirmed: bool) -> None:
    order = world.at_warehouse()
    world.ship(order)
    if confirmed:
        world.confirm()
        world.simulator.unship(order.number)
    world.simulator.cancel(order.number)

    stands = told_of_cancel(world, order)

    assert stands.status == (OrderStatus.CONFIRMED if confirmed else OrderStatus.SHIPPED)
    assert alerts("order.canceled_late") == 1
    world.simulator.world.touch(world.simulator.world.orders[order.number], world.now)
    Alert.objects.update(closed_at=world.now)
    told_of_cancel(world, order)
    assert alerts("order.canceled_late") == 0


def test_a_request_that_was_refused_is_not_asked_again(world: World) -> None:
    order = world.at_warehouse()
    world.simulator.request_cancel(order.number)
    holds.let_go(told_of_cancel(world, order), by=world.person, now=world.now)
    world.deliver()

    world.simulator.world.touch(world.simulator.world.orders[order.number], world.now)
    after = told_of_cancel(world, order)

    assert after.status == OrderStatus.AT_WMS
    assert after.cancel_refused_at
    refused = Event.objects.get(kind="order.cancel_refused", subject_id=order.pk)
    assert refused.actor == world.person


def test_units_canceled_at_the_warehouse_are_not_open_any_more(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}])
    world.simulator.cancel_units(order.number, {"MUG-BLUE-11": 2})

    after = told_of_cancel(world, order)
    assert after.status == OrderStatus.AT_WMS
    assert (after.lines.get().canceled, after.lines.get().wanted) == (2, 1)
    assert alerts("order.partly_canceled") == 1
    assert Event.objects.get(kind="order.partly_canceled").details["units"] == 2

    world.ship(after)
    world.confirm()
    recall.recall_orders(now=world.now)

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert list(world.told()[0]["items"].values()) == [1]
    assert alerts("order.partly_canceled") == 0


def test_when_the_rest_is_canceled_what_was_shipped_is_all(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}])
    line = order.lines.get()
    world.ship(order, parcels=[parcel(line.pk, 2)])
    world.confirm()
    world.simulator.cancel_units(order.number, {"MUG-BLUE-11": 1})
    told_of_cancel(world, order)

    recall.recall_orders(now=world.now)

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert not Alert.objects.filter(closed_at=None).exists()


def test_units_canceled_after_they_were_shipped_are_a_persons_business(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}])
    world.ship(order, parcels=[parcel(order.lines.get().pk, 2)])
    world.simulator.cancel_units(order.number, {"MUG-BLUE-11": 2})
    told_of_cancel(world, order)

    recall.recall_orders(now=world.now)

    assert alerts("order.canceled_late") == 1
    assert order.lines.get().canceled == 2


def parcel(line_id: int, units: int) -> Parcel:
    return Parcel("UPS", "UPSN", "Ground", "1Z999AA10123456784", {line_id: units})
