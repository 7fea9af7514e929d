"""What becomes of an order that changes, is held or is left out while a warehouse behind a wire is being handed it."""

from collections.abc import Callable
from typing import Any

import pytest

from core.alerts.models import Alert
from core.common.errands import ErrandState
from core.common.remote import Unavailable
from orders.actions import holds
from orders.alerts import CANCEL_AT_WAREHOUSE
from orders.differences import settlement
from orders.models import HeldFor, Order, OrderStatus
from orders.models.order import OrderVersion
from shipping.cancellation import order_hold
from shipping.delivery import recall, take_over
from shipping.delivery.take_over import Telling
from shipping.models import Release, Warehouse
from shipping.warehouses.base import Delivery
from tests.orders.later_documents import changed, more, moved
from tests.shipping.played_warehouse import Distant
from tests.world import World

Meanwhile = Callable[[World, Order], object]


@pytest.fixture
def given() -> list[Delivery]:
    """What the warehouse was given."""
    return []


def hand_over(
    world: World, distant: type[Distant], given: list[Delivery], meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch
) -> Order:
    """An order to which something happens the first time it is handed over."""
    number = world.order_placed()
    world.download()

    def create(self: Distant, delivery: Delivery) -> str:
        given.append(delivery)
        if len(given) == 1:
            meanwhile(world, world.order(number))
        return f"WMS-{delivery.reference}"

    monkeypatch.setattr(distant, "create", create)
    world.deliver()
    return world.order(number)


def hold(world: World, order: Order) -> object:
    return order_hold.hold(order, by=world.person, now=world.now)


def test_a_warehouse_is_told_the_country_by_its_code_whatever_the_cart_writes(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(self: Distant, delivery: Delivery) -> str:
        given.append(delivery)
        return delivery.reference

    monkeypatch.setattr(distant, "create", create)
    world.order_placed(address={"countryCode": "UK", "postalCode": "SW1A 1AA"})
    world.download()

    world.deliver()

    assert [delivery.recipient.country for delivery in given] == ["GB"]


# -- Changed on the cart ---------------------------------------------------------------------------------------------
def test_a_change_that_comes_while_it_is_handed_over_reaches_the_warehouse(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(world: World, order: Order) -> None:
        changed(world, order, lambda document: (moved("9 New Street")(document), more(7)(document)))

    order = hand_over(world, distant, given, change, monkeypatch)
    world.deliver()
    world.deliver()

    assert distant.recalled == [f"WMS-{order.number}"]
    assert [each.reference for each in given] == [order.number, f"{order.number}-R2"]
    assert (given[1].recipient.line1, [line.quantity for line in given[1].lines]) == ("9 New Street", [7])
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert Release.objects.get().state == ErrandState.DONE


def test_a_new_document_that_changes_nothing_we_told_hands_nothing_over_again(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    def touch(world: World, order: Order) -> object:
        return changed(world, order, lambda document: document.update(strange="new"))

    hand_over(world, distant, given, touch, monkeypatch)
    world.deliver()

    assert (len(given), distant.recalled) == (1, [])


def test_a_change_meanwhile_is_a_persons_business_where_nothing_comes_back(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    Warehouse.objects.update(kind="deaf")
    order = hand_over(world, distant, given, lambda world, order: changed(world, order, more(7)), monkeypatch)
    world.deliver()

    assert len(given) == 1
    assert Alert.objects.filter(cause="order.not_changed", closed_at=None, subject_id=order.pk).exists()


def test_a_change_after_a_lost_answer_asks_back_what_may_be_there(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(world: World, order: Order) -> None:
        raise Unavailable("The answer was lost.")

    order = hand_over(world, distant, given, lose, monkeypatch)
    changed(world, order, more(7))
    world.later(minutes=10)
    world.deliver()
    world.deliver()

    assert distant.recalled == [""]
    assert [each.reference for each in given] == [order.number, f"{order.number}-R2"]
    assert [line.quantity for line in given[1].lines] == [7]


def test_theirs_is_taken_over_of_an_order_whose_answer_was_lost_and_the_warehouse_gets_it(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(world: World, order: Order) -> None:
        raise Unavailable("The answer was lost.")

    order = hand_over(world, distant, given, lose, monkeypatch)
    Order.objects.update(edited_at=world.now)  # by somebody, before it was handed over
    order = changed(world, order, moved("9 New Street"))
    chosen = {each.pk for each in settlement.still_open(order)}

    said = take_over.take(order, chosen, digest=order.digest, by=world.person, now=world.now)
    world.later(minutes=10)
    world.deliver()

    assert said == Telling.AGAIN
    assert [each.recipient.line1 for each in given][1:] == ["9 New Street"]


# -- Held by somebody ------------------------------------------------------------------------------------------------
def test_an_order_that_was_held_while_it_was_handed_over_is_asked_back(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = hand_over(world, distant, given, hold, monkeypatch)
    recall.recall_orders(now=world.now)

    assert (order.status, order.held_for) == (OrderStatus.HELD, HeldFor.PERSON)
    assert distant.recalled == [f"WMS-{order.number}"]
    holds.let_go(world.order(order.number), by=world.person, now=world.now)
    world.deliver()
    assert [each.reference for each in given] == [order.number, f"{order.number}-R2"]


def test_who_asks_to_cancel_while_it_is_handed_over_is_a_decision_somebody_hears_of(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(world: World, order: Order) -> None:
        Order.objects.filter(pk=order.pk).update(
            status=OrderStatus.HELD, held_for=HeldFor.BUYER, reason="The buyer asked to cancel"
        )

    order = hand_over(world, distant, given, ask, monkeypatch)

    assert order.held_for == HeldFor.BUYER
    assert Alert.objects.filter(cause=CANCEL_AT_WAREHOUSE, closed_at=None, subject_id=order.pk).exists()


def test_an_order_that_a_filter_leaves_out_while_it_is_handed_over_went(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    def skip(world: World, order: Order) -> None:
        order.advance(frm=[OrderStatus.NEW], to=OrderStatus.SKIPPED, now=world.now, reason="Left out by a filter")

    assert hand_over(world, distant, given, skip, monkeypatch).status == OrderStatus.AT_WMS


# -- Two at once -----------------------------------------------------------------------------------------------------
def test_the_order_is_locked_before_what_is_owed_of_it(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who edits it locks the order first: were it the other way round, two could wait for each other for ever."""
    order = world.at_warehouse()
    locked: list[str] = []
    settle, lock = Release.settle, Order.objects.locked_version

    def settled(self: Release, **fields: Any) -> bool:
        locked.append("release")
        return settle(self, **fields)

    def locking(pk: int) -> OrderVersion:
        locked.append("order")
        found: OrderVersion = lock(pk)
        return found

    monkeypatch.setattr(Release, "settle", settled)
    monkeypatch.setattr(Order.objects, "locked_version", locking)
    Release.objects.filter(order=order).update(state=ErrandState.DUE, due_at=world.now)

    world.deliver()

    assert locked[:2] == ["order", "release"]
