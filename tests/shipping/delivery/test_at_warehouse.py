"""What Amazon says of an order while a warehouse has it is heard, whatever it is."""

from collections.abc import Callable

import pytest

from core.alerts.models import Alert
from core.common.remote import Unavailable
from orders.actions import holds
from orders.alerts import CANCEL_AT_WAREHOUSE, NOT_RELEASED_THERE, PARTLY_SHIPPED
from orders.models import HeldFor, Order, OrderStatus
from shipping.alerts import OFF_THE_BENCH
from shipping.close.preflight import preflight
from shipping.close.ship_and_close import Closing
from shipping.delivery import recall
from shipping.models import Release, Warehouse
from shipping.shipments.shipped_packages import Parcel, openings
from tests.orders.later_documents import changed
from tests.shipping.played_warehouse import Distant
from tests.world import World

BOTH = [{"sku": "MUG-BLUE-11", "quantity": 1}, {"sku": "MUG-RED-11", "quantity": 1}]
TWO = [{"sku": "MUG-BLUE-11", "quantity": 2}]


def heard(world: World, order: Order) -> Order:
    world.later(minutes=5)
    world.download()
    return world.order(order.number)


def says(status: str) -> Callable[[dict], object]:
    return lambda document: document["fulfillment"].update(fulfillmentStatus=status)


def is_open(cause: str) -> bool:
    return bool(Alert.objects.filter(cause=cause, closed_at=None).exists())


# -- Shipped otherwise -----------------------------------------------------------------------------------------------
def test_what_the_seller_ships_while_it_is_at_the_warehouse_is_taken_off_the_bench(world: World) -> None:
    order = world.at_warehouse()
    world.simulator.ship(order.number)

    stands = heard(world, order)
    assert (stands.status, stands.held_for) == (OrderStatus.HELD, HeldFor.CANCELED)
    assert is_open(CANCEL_AT_WAREHOUSE)
    recall.recall_orders(now=world.now)

    assert world.order(order.number).status == OrderStatus.CLOSED
    assert "was shipped on Amazon.com, not from here: pull it" in Alert.objects.get(cause=OFF_THE_BENCH).message
    assert not is_open(CANCEL_AT_WAREHOUSE)


def test_what_the_seller_ships_is_asked_back_from_a_warehouse_that_can(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    world.simulator.ship(order.number)
    heard(world, order)

    recall.recall_orders(now=world.now)

    assert distant.recalled == [f"WMS-{order.number}"]
    assert world.order(order.number).status == OrderStatus.CLOSED
    assert not Alert.objects.filter(closed_at=None).exists()


def test_what_the_seller_ships_at_a_warehouse_that_cannot_is_a_call(world: World, distant: type[Distant]) -> None:
    Warehouse.objects.update(kind="deaf")
    order = world.at_warehouse()
    world.simulator.ship(order.number)
    heard(world, order)
    recall.recall_orders(now=world.now)

    assert "must not be shipped" in Alert.objects.get(cause=CANCEL_AT_WAREHOUSE, closed_at=None).message
    assert recall.stopped(order, by=world.person, now=world.now)
    assert world.order(order.number).status == OrderStatus.CLOSED


def test_what_the_seller_ships_while_the_warehouse_may_have_it_is_asked_back(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(self: Distant, delivery: object) -> str:
        raise Unavailable("No answer.")

    monkeypatch.setattr(Distant, "create", lost)
    order = world.at_warehouse()
    assert order.status == OrderStatus.NEW
    world.simulator.ship(order.number)
    heard(world, order)
    recall.recall_orders(now=world.now)

    assert len(distant.recalled) == 1
    assert world.order(order.number).status == OrderStatus.CLOSED


def test_what_the_seller_ships_while_it_is_held_is_asked_back(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    world.simulator.request_cancel(order.number)
    heard(world, order)
    world.simulator.ship(order.number)
    heard(world, order)
    recall.recall_orders(now=world.now)

    assert len(distant.recalled) == 1
    assert world.order(order.number).status == OrderStatus.CLOSED


def test_what_was_canceled_in_part_and_shipped_otherwise_comes_back(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse(lines=BOTH)
    world.simulator.cancel_units(order.number, {"MUG-RED-11": 1})
    world.simulator.ship(order.number)
    heard(world, order)
    recall.recall_orders(now=world.now)

    assert len(distant.recalled) == 1
    assert world.order(order.number).status == OrderStatus.CLOSED


# -- In part ---------------------------------------------------------------------------------------------------------
def test_what_the_seller_ships_in_part_is_told_and_the_rest_is_offered(world: World) -> None:
    order = world.at_warehouse(lines=TWO)
    world.simulator.ship_units(order.number, {"MUG-BLUE-11": 1}, by="Seller Central")

    stands = heard(world, order)
    recall.recall_orders(now=world.now)

    assert stands.status == OrderStatus.AT_WMS
    assert "1 × MUG-BLUE-11 shipped on Amazon.com" in Alert.objects.get(cause=PARTLY_SHIPPED, closed_at=None).message
    assert [opening.units for opening in openings([stands])[order.pk].values()] == [1]
    world.ship(stands)
    recall.recall_orders(now=world.now)
    assert not is_open(PARTLY_SHIPPED)


def test_a_warehouse_behind_a_wire_gets_what_is_left(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse(lines=TWO)
    world.simulator.ship_units(order.number, {"MUG-BLUE-11": 1}, by="Seller Central")
    heard(world, order)
    recall.recall_orders(now=world.now)
    world.deliver()
    recall.recall_orders(now=world.now)
    world.deliver()

    assert distant.recalled == [f"WMS-{order.number}"]
    assert distant.created == [order.number, f"{order.number}-R2"]
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_warehouse_behind_a_wire_gets_what_is_left_of_a_cancel(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse(lines=BOTH)
    world.simulator.cancel_units(order.number, {"MUG-RED-11": 1})
    heard(world, order)
    recall.recall_orders(now=world.now)
    world.deliver()

    assert distant.created == [order.number, f"{order.number}-R2"]
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_our_own_packages_are_no_news(world: World) -> None:
    order = world.at_warehouse(lines=TWO)
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", "1Z999AA10123456784", {order.lines.get().pk: 1})])
    world.confirm()
    heard(world, order)

    assert not Alert.objects.filter(closed_at=None).exists()


# -- Not released any more -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["PENDING", "PENDING_AVAILABILITY", "UNFULFILLABLE", "ON_THE_MOON"])
def test_what_amazon_takes_back_is_held_and_goes_on_by_itself(world: World, status: str) -> None:
    order = world.at_warehouse()

    stands = changed(world, order, says(status))
    assert (stands.status, stands.held_for) == (OrderStatus.HELD, HeldFor.STATE)
    assert f"“{status}” while it is at the warehouse" in stands.reason
    assert is_open(NOT_RELEASED_THERE)

    changed(world, order, says("UNSHIPPED"))
    world.deliver()
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert not Alert.objects.filter(closed_at=None).exists()


def test_what_a_warehouse_behind_a_wire_has_is_not_handed_over_twice_by_that(
    world: World, distant: type[Distant]
) -> None:
    order = world.at_warehouse()
    changed(world, order, says("PENDING"))
    changed(world, order, says("UNSHIPPED"))
    world.deliver()
    world.deliver()

    assert distant.created == [order.number]
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_what_is_owed_to_a_warehouse_is_held_too(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Distant, "create", lambda self, delivery: (_ for _ in ()).throw(Unavailable("No answer.")))
        order = world.at_warehouse()
    assert changed(world, order, says("PENDING")).held_for == HeldFor.STATE
    assert is_open(NOT_RELEASED_THERE)
    world.later(hours=1)
    world.deliver()
    assert distant.created == []

    changed(world, order, says("UNSHIPPED"))
    world.deliver()
    assert len(distant.created) == 1
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_what_the_warehouse_refused_is_held_and_tried_again(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.ERROR)
    Release.objects.filter(order=order).update(state="stuck", released_at=None)
    assert changed(world, order, says("UNFULFILLABLE")).held_for == HeldFor.STATE
    changed(world, order, says("UNSHIPPED"))
    world.deliver()
    world.deliver()

    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_what_a_person_releases_is_not_held_again_for_the_same(world: World) -> None:
    order = world.at_warehouse()
    held = changed(world, order, says("PENDING"))
    assert holds.let_go(held, by=world.person, now=world.now)
    world.deliver()

    stands = changed(world, order, says("PENDING"))
    assert stands.status == OrderStatus.AT_WMS
    problems = preflight([Closing(stands, [Parcel("UPS", "UPSN", "Ground", "1Z1")], world.now)], now=world.now)
    assert any("says “PENDING”" in problem.message and not problem.warning for problem in problems)


def test_what_is_pending_and_then_canceled_comes_back(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    changed(world, order, says("PENDING"))
    changed(world, order, says("CANCELLED"))
    recall.recall_orders(now=world.now)

    assert len(distant.recalled) == 1
    assert world.order(order.number).status == OrderStatus.CANCELED
    assert not Alert.objects.filter(closed_at=None).exists()


# -- Nothing left ----------------------------------------------------------------------------------------------------
def nothing(document: dict) -> None:
    for item in document["orderItems"]:
        item["quantityOrdered"] = 0
        item["fulfillment"] = {"quantityFulfilled": 0, "quantityUnfulfilled": 0}


def test_what_has_nothing_to_ship_is_held_on_its_way_in(world: World) -> None:
    number = world.order_placed()
    world.download()
    stands = changed(world, world.order(number), nothing)

    assert (stands.status, stands.reason) == (OrderStatus.HELD, "Nothing of it is left to ship on Amazon.com")


def test_what_has_nothing_left_at_the_warehouse_comes_back_and_is_closed(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    changed(world, order, nothing)
    recall.recall_orders(now=world.now)

    assert len(distant.recalled) == 1
    assert world.order(order.number).status == OrderStatus.CLOSED


# -- The buyer's wish ------------------------------------------------------------------------------------------------
def wishes(*places: int) -> Callable[[dict], object]:
    def change(document: dict) -> None:
        for place, item in enumerate(document["orderItems"]):
            item.pop("cancellation", None)
            if place in places:
                item["cancellation"] = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "OTHER"}}

    return change


def test_the_line_that_the_buyer_wants_canceled_is_named(world: World) -> None:
    order = world.at_warehouse(lines=BOTH)
    stands = changed(world, order, wishes(1))

    assert stands.held_for == HeldFor.BUYER
    assert stands.reason == "The buyer asked to cancel 1 × MUG-RED-11 while it is at the warehouse"


def test_a_wish_that_is_withdrawn_lets_the_order_go_on(world: World) -> None:
    order = world.at_warehouse(lines=BOTH)
    changed(world, order, wishes(0, 1))
    changed(world, order, wishes())
    world.deliver()

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert not Alert.objects.filter(closed_at=None).exists()


def test_another_line_is_asked_for_anew_after_the_first_was_refused(world: World) -> None:
    order = world.at_warehouse(lines=BOTH)
    holds.let_go(changed(world, order, wishes(1)), by=world.person, now=world.now)
    world.deliver()
    assert changed(world, order, wishes(1)).status == OrderStatus.AT_WMS

    assert "1 × MUG-BLUE-11" in changed(world, order, wishes(0, 1)).reason


def test_the_wish_for_a_line_ends_when_the_line_is_canceled_and_the_rest_goes_on(
    world: World, distant: type[Distant]
) -> None:
    order = world.at_warehouse(lines=BOTH)
    world.simulator.request_cancel(order.number, skus=["MUG-RED-11"])
    assert heard(world, order).held_for == HeldFor.BUYER
    world.simulator.cancel_units(order.number, {"MUG-RED-11": 1})
    heard(world, order)
    world.deliver()
    recall.recall_orders(now=world.now)
    world.deliver()

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert distant.created == [order.number, f"{order.number}-R2"]


def test_what_amazon_cancels_after_it_was_packed_is_raised_to_a_person(world: World) -> None:
    order = world.at_warehouse(lines=BOTH)
    world.ship(order)
    world.simulator.cancel_units(order.number, {"MUG-RED-11": 1})
    heard(world, order)

    assert "1 × MUG-RED-11 canceled" in Alert.objects.get(cause="order.canceled_late", closed_at=None).message


def test_the_seller_and_the_buyer_play_it_by_hand(world: World) -> None:
    order = world.at_warehouse(lines=BOTH)
    world.simulator.set_status(order.number, "PENDING")
    assert heard(world, order).held_for == HeldFor.STATE
    world.simulator.make_ready(order.number)
    assert heard(world, order).status == OrderStatus.NEW
    world.simulator.request_cancel(order.number, skus=["MUG-RED-11"])
    assert heard(world, order).held_for == HeldFor.BUYER
    world.simulator.withdraw_request(order.number)
    assert heard(world, order).status == OrderStatus.NEW
