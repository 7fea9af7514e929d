"""Orders a warehouse fetches: claimed, acknowledged, rejected, given back; each is there once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.activity.models import Event
from core.alerts.models import Alert
from orders.actions.address_edit import mark_of
from orders.models import HeldFor, Order, OrderStatus, Recipient
from shipping.alerts import NOT_RELEASED
from shipping.cancellation import order_hold
from shipping.delivery import amendment, answers, collection, recall, retry
from shipping.delivery.answers import ChangeAnswer, Settled
from shipping.delivery.collection import Answer
from shipping.models import Recall, Release, Warehouse
from shipping.warehouses.base import GivenBack
from tests.world import World


@pytest.fixture
def warehouse(world: World) -> Warehouse:
    """The world's warehouse fetches its orders."""
    Warehouse.objects.update(kind="api")
    return Warehouse.objects.get()


def offered(world: World, **wish: object) -> Order:
    number = world.order_placed(**wish)
    world.download()
    world.deliver()
    return world.order(number)


def claim(world: World, warehouse: Warehouse, most: int = 100) -> list[str]:
    claimed = collection.claim(warehouse, most=most, now=world.now)
    return [each.delivery.reference for each in claimed.orders]


def cancel(world: World, order: Order) -> Order:
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    recall.recall_orders(now=world.now)
    return world.order(order.number)


def test_an_order_is_claimed_and_acknowledged_and_then_at_the_warehouse(world: World, warehouse: Warehouse) -> None:
    order = offered(world)
    assert order.status == OrderStatus.NEW

    assert claim(world, warehouse) == [order.number]
    assert collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now) == {order.pk: Answer.ACCEPTED}
    assert collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now) == {order.pk: Answer.AGAIN}
    assert collection.acknowledge(warehouse, {order.pk: "W-2"}, now=world.now) == {order.pk: Answer.OTHER_REFERENCE}

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert Release.objects.get().reference == "W-1"
    assert Event.objects.filter(kind="order.released").count() == 1


def test_nobody_claims_what_another_has_claimed(world: World, warehouse: Warehouse) -> None:
    for _ in range(3):
        offered(world)

    first, second = claim(world, warehouse, most=2), claim(world, warehouse, most=2)

    assert len(first) == 2
    assert len(second) == 1
    assert not {*first} & {*second}
    assert claim(world, warehouse) == []


def test_what_is_not_acknowledged_in_time_comes_back_under_its_number(world: World, warehouse: Warehouse) -> None:
    order = offered(world)
    claim(world, warehouse)
    world.later(minutes=16)

    assert claim(world, warehouse) == [order.number]
    world.later(minutes=16)  # late, and all the same
    assert collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now) == {order.pk: Answer.ACCEPTED}


def test_what_nobody_claimed_is_not_acknowledged(world: World, warehouse: Warehouse) -> None:
    order = offered(world)

    assert collection.acknowledge(warehouse, {order.pk: "W-1", 999: ""}, now=world.now) == {
        order.pk: Answer.NOT_CLAIMED,
        999: Answer.NOT_THERE,
    }


def test_a_rejected_order_says_why_and_is_sent_again(world: World, warehouse: Warehouse) -> None:
    order = offered(world)
    claim(world, warehouse)

    assert collection.reject(warehouse, order.pk, "SKU is unknown\nhere", now=world.now) is Answer.REJECTED
    assert collection.reject(warehouse, order.pk, "SKU is unknown", now=world.now) is Answer.AGAIN

    order = world.order(order.number)
    assert (order.status, order.reason) == (OrderStatus.ERROR, f"{warehouse} rejected it: SKU is unknown here")
    assert Alert.objects.filter(cause=NOT_RELEASED, closed_at=None).count() == 1
    assert claim(world, warehouse) == []
    assert retry.send_again(order, by=world.person, now=world.now)
    assert claim(world, warehouse) == [order.number]
    collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now)
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert not Alert.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("acknowledged", ["before", "after", "never"])
@pytest.mark.parametrize("minutes", [1, 20])
def test_an_order_canceled_while_it_is_claimed_is_asked_back(
    world: World, warehouse: Warehouse, acknowledged: str, minutes: int
) -> None:
    order = offered(world)
    claim(world, warehouse)
    world.later(minutes=minutes)
    if acknowledged == "before":
        collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now)

    assert cancel(world, order).is_held_for(HeldFor.CANCELED)
    if acknowledged == "after":
        assert collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now) == {order.pk: Answer.CANCELED}
        recall.recall_orders(now=world.now)
    assert [each.order for each in answers.cancel_requests(warehouse)] == [order]
    assert claim(world, warehouse) == []

    assert answers.answer_cancel(warehouse, order.pk, GivenBack.RECALLED, now=world.now) is Settled.DONE
    assert answers.answer_cancel(warehouse, order.pk, GivenBack.RECALLED, now=world.now) is Settled.AGAIN
    assert world.order(order.number).status == OrderStatus.CANCELED
    assert not answers.cancel_requests(warehouse)
    assert claim(world, warehouse) == []


def test_what_nobody_claimed_yet_is_canceled_without_asking(world: World, warehouse: Warehouse) -> None:
    order = offered(world)

    assert cancel(world, order).status == OrderStatus.CANCELED
    assert not answers.cancel_requests(warehouse)


def test_a_warehouse_that_is_too_late_is_called_by_a_person(world: World, warehouse: Warehouse) -> None:
    order = offered(world)
    claim(world, warehouse)
    collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now)
    cancel(world, order)

    answers.answer_cancel(warehouse, order.pk, GivenBack.TOO_LATE, reason="It left.", now=world.now)

    assert Recall.objects.get().is_stuck
    assert "It left." in Recall.objects.get().last_error
    assert recall.stopped(order, by=world.person, now=world.now)


@pytest.mark.parametrize("acknowledged", [True, False])
def test_a_held_order_is_asked_back_and_goes_anew_under_its_next_number(
    world: World, warehouse: Warehouse, acknowledged: bool
) -> None:
    order = offered(world)
    claim(world, warehouse)
    if acknowledged:
        collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now)

    order_hold.hold(order, by=world.person, now=world.now)
    recall.recall_orders(now=world.now)
    assert answers.answer_cancel(warehouse, order.pk, GivenBack.RECALLED, now=world.now) is Settled.DONE
    recall.recall_orders(now=world.now)
    assert Event.objects.filter(kind="order.recalled").count() == 1
    world.order(order.number).let_go_of(HeldFor.PERSON, now=world.now)
    world.deliver()

    assert claim(world, warehouse) == [f"{order.number}-R2"]


def edit(world: World, order: Order) -> None:
    address, _ = order.recipient.open()
    assert address is not None
    amendment.change_address(
        order, replace(address, line1="9 Elm Street"), seen=mark_of(address), by=world.person, now=world.now
    )


@pytest.mark.parametrize("acknowledged", ["before", "after", "never"])
def test_a_changed_order_is_taken_over(world: World, warehouse: Warehouse, acknowledged: str) -> None:
    order = offered(world)
    claim(world, warehouse)
    if acknowledged == "before":
        collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now)
    edit(world, world.order(order.number))
    if acknowledged == "after":
        assert collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now) == {order.pk: Answer.CHANGED}

    [change] = answers.change_requests(warehouse)
    told = answers.changed_order(change)
    assert (change.replaces, told.reference, told.recipient.line1) == (
        order.number,
        f"{order.number}-R2",
        "9 Elm Street",
    )
    settled = answers.answer_change(
        warehouse, order.pk, ChangeAnswer.TAKEN_OVER, number=told.reference, reference="W-2", now=world.now
    )

    assert settled is Settled.DONE
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert Release.objects.get().reference == "W-2"
    assert not answers.change_requests(warehouse)
    assert claim(world, warehouse) == []


def test_a_change_that_came_back_is_offered_anew(world: World, warehouse: Warehouse) -> None:
    order = offered(world)
    claim(world, warehouse)
    collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now)
    edit(world, world.order(order.number))
    number = f"{order.number}-R2"

    assert answers.answer_change(warehouse, order.pk, ChangeAnswer.RECALLED, number="x", now=world.now) is (
        Settled.CHANGED_AGAIN
    )
    answers.answer_change(warehouse, order.pk, ChangeAnswer.RECALLED, number=number, now=world.now)

    assert claim(world, warehouse) == [number]
    assert collection.acknowledge(warehouse, {order.pk: "W-2"}, now=world.now) == {order.pk: Answer.ACCEPTED}


def test_a_change_that_is_too_late_is_told_by_a_person(world: World, warehouse: Warehouse) -> None:
    order = offered(world)
    claim(world, warehouse)
    collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now)
    edit(world, world.order(order.number))

    answers.answer_change(
        warehouse, order.pk, ChangeAnswer.TOO_LATE, number=f"{order.number}-R2", reason="Packed.", now=world.now
    )

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert Event.objects.filter(kind="order.not_changed").count() == 1
    assert retry.settle_by_hand(order, by=world.person, now=world.now)


def test_a_changed_order_that_is_canceled_is_asked_back(world: World, warehouse: Warehouse) -> None:
    order = offered(world)
    claim(world, warehouse)
    edit(world, world.order(order.number))  # nobody knows whether it is there

    assert cancel(world, order).is_held_for(HeldFor.CANCELED)
    assert [each.order for each in answers.cancel_requests(warehouse)] == [order]
    assert not answers.change_requests(warehouse)


def test_an_order_without_an_address_is_refused_for_the_warehouse(world: World, warehouse: Warehouse) -> None:
    order, other = offered(world), offered(world)
    Recipient.objects.filter(order=order).update(sealed=None)

    assert claim(world, warehouse) == [other.number]
    assert world.order(order.number).status == OrderStatus.ERROR
    assert not Release.objects.get(order=order).told_at


def test_claiming_and_acknowledging_take_as_many_statements_for_many(world: World, warehouse: Warehouse) -> None:
    def statements(count: int) -> int:
        orders = [offered(world) for _ in range(count)]
        with CaptureQueriesContext(connection) as seen:
            claim(world, warehouse)
            collection.acknowledge(warehouse, {order.pk: f"W-{order.pk}" for order in orders}, now=world.now)
        return len(seen)

    assert statements(2) == statements(6)


def test_a_claim_is_no_longer_than_asked(world: World, warehouse: Warehouse) -> None:
    offered(world)

    assert collection.claim(warehouse, limit=timedelta(days=3), now=world.now).until == world.now + collection.LONGEST
    assert collection.claimed(warehouse, world.now).count() == 1
