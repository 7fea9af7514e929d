"""Hold, and sending again: to the warehouse and to the cart."""

import pytest

from core.activity.models import Event
from core.alerts.models import Alert
from core.common.errands import ErrandState
from core.common.remote import Rejected, Unavailable
from orders.actions import holds
from orders.alerts import CANCEL_AT_WAREHOUSE
from orders.models import HeldFor, Order, OrderStatus
from shipping.cancellation import order_hold
from shipping.cancellation.order_hold import NotHeld, Reach
from shipping.delivery import recall as delivery_recall
from shipping.delivery import retry
from shipping.models import Confirmation, Release, Warehouse, is_with_warehouse
from shipping.warehouses.base import Delivery
from tests import factories
from tests.shipping.played_warehouse import Distant
from tests.world import World


def stop(world: World, order: Order) -> Reach:
    return order_hold.hold(order, by=world.person, now=world.now)


# -- Hold -------------------------------------------------------------------------------------------------------------
def test_it_leaves_the_portals_own_warehouse_at_once_and_comes_back_when_let_go(world: World) -> None:
    order = world.at_warehouse()

    assert stop(world, order) == Reach.AT_BENCH
    with pytest.raises(NotHeld, match="already held"):
        stop(world, order)

    held = world.order(order.number)
    assert (held.status, held.held_for) == (OrderStatus.HELD, HeldFor.PERSON)
    assert not is_with_warehouse(held)
    assert Event.objects.filter(kind="order.sending_canceled").count() == 1
    assert "pull it from packing" in Alert.objects.get(closed_at=None).message
    world.later(minutes=1)
    holds.let_go(held, by=world.person, now=world.now)
    world.deliver()
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert is_with_warehouse(world.order(order.number))
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_warehouse_behind_a_wire_is_asked_and_the_order_stays_held(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()

    assert stop(world, order) == Reach.AWAY
    assert delivery_recall.recall_orders(now=world.now).recalled == 1

    held = world.order(order.number)
    assert distant.recalled == [f"WMS-{order.number}"]
    assert (held.status, held.held_for) == (OrderStatus.HELD, HeldFor.PERSON)
    assert not is_with_warehouse(held)
    assert world.deliver().released == 0


@pytest.mark.parametrize("kind", ["distant", "deaf"])
def test_a_warehouse_that_does_not_give_it_back_is_called(world: World, distant: type[Distant], kind: str) -> None:
    Warehouse.objects.update(kind=kind)
    order = world.at_warehouse()
    distant.answers.append(Rejected("It is packed."))

    stop(world, order)
    delivery_recall.recall_orders(now=world.now)

    assert Alert.objects.filter(cause=CANCEL_AT_WAREHOUSE, closed_at=None).exists()
    assert delivery_recall.stopped(order, by=world.person, now=world.now)
    held = world.order(order.number)
    assert (held.status, held.held_for) == (OrderStatus.HELD, HeldFor.PERSON)
    assert not is_with_warehouse(held)


def test_what_was_let_go_before_the_warehouse_was_asked_stays_there(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    stop(world, order)

    holds.let_go(world.order(order.number), by=world.person, now=world.now)
    delivery_recall.recall_orders(now=world.now)
    world.deliver()

    assert distant.recalled == []
    assert distant.created == [order.number]
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_what_was_let_go_while_the_warehouse_was_asked_goes_anew(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = world.at_warehouse()
    world.later(minutes=1)
    stop(world, order)
    ask = Distant.recall

    def recall(self: Distant, reference: str, *, order_number: str) -> None:
        holds.let_go(world.order(order.number), by=world.person, now=world.now)
        world.deliver()  # another worker meanwhile
        ask(self, reference, order_number=order_number)

    monkeypatch.setattr(Distant, "recall", recall)
    delivery_recall.recall_orders(now=world.now)
    world.later(minutes=1)
    world.deliver()

    assert distant.created == [order.number, f"{order.number}-R2"]
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_what_may_have_got_there_is_asked_back_too(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.order_placed()
    world.download()

    def lose(self: Distant, delivery: Delivery) -> str:
        raise Unavailable("The answer was lost.")

    with monkeypatch.context() as patch:
        patch.setattr(distant, "create", lose)
        world.deliver()
    assert stop(world, world.order(number)) == Reach.AWAY
    delivery_recall.recall_orders(now=world.now)
    assert world.deliver().released == 0

    world.later(minutes=1)
    holds.let_go(world.order(number), by=world.person, now=world.now)
    world.deliver()

    assert distant.created == [f"{number}-R2"]
    assert world.order(number).status == OrderStatus.AT_WMS


def test_what_was_refused_or_is_new_is_just_held(world: World, distant: type[Distant]) -> None:
    new, refused = factories.OrderFactory(cart=world.cart), factories.OrderFactory(cart=world.cart, status="error")
    warehouse = Warehouse.objects.get()
    factories.ReleaseFactory(order=refused, warehouse=warehouse, state=ErrandState.STUCK, released_at=None)

    assert stop(world, new) == Reach.HERE
    assert stop(world, refused) == Reach.HERE
    holds.let_go(world.order(refused.number), by=world.person, now=world.now)
    world.deliver()

    assert world.order(new.number).held_for == HeldFor.PERSON
    assert world.order(refused.number).status == OrderStatus.AT_WMS


def test_what_is_shipped_canceled_or_being_changed_there_is_not_held(world: World, distant: type[Distant]) -> None:
    shipped, canceled = (factories.OrderFactory(cart=world.cart, status=status) for status in ("at_wms", "canceled"))
    factories.PackageFactory(shipment__order=shipped)
    busy = factories.OrderFactory(cart=world.cart)
    running = {"state": ErrandState.RUNNING, "released_at": world.now, "claimed_until": world.now.replace(hour=13)}
    factories.ReleaseFactory(order=busy, warehouse=Warehouse.objects.get(kind="distant"), **running)

    for order, why in ((shipped, "at least in part"), (canceled, "canceled"), (busy, "right now")):
        with pytest.raises(NotHeld, match=why):
            stop(world, order)

    assert world.order(busy.number).status == OrderStatus.NEW


# -- Send to the warehouse again -------------------------------------------------------------------------------------
def test_what_a_warehouse_lost_goes_again_under_the_same_number(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()

    assert retry.hand_over_again(order, by=world.person, now=world.now)
    assert not retry.hand_over_again(order, by=world.person, now=world.now)
    world.deliver()

    assert distant.created == [order.number, order.number]  # one order there: it is looked up by its number
    assert distant.recalled == []
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert Release.objects.get().state == ErrandState.DONE
    assert Event.objects.filter(kind="order.handed_again").count() == 1


def test_the_portals_own_warehouse_loses_nothing(world: World) -> None:
    assert not retry.hand_over_again(world.at_warehouse(), by=world.person, now=world.now)


# -- Send the tracking again -----------------------------------------------------------------------------------------
def test_tracking_is_told_again_once_and_makes_no_second_package(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED

    assert retry.tell_again(order, by=world.person, now=world.now) == 1
    assert retry.tell_again(order, by=world.person, now=world.now) == 0
    assert world.order(order.number).status == OrderStatus.SHIPPED
    assert Confirmation.objects.get().seen_at is None
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert [entry["packageReferenceId"] for entry in world.told()] == ["1", "1"]  # the same one: it is changed
    assert Event.objects.get(kind="order.tracking_sent_again").details == {"packages": 1}


@pytest.mark.parametrize("status", [OrderStatus.AT_WMS, OrderStatus.CANCELED, OrderStatus.CLOSED, OrderStatus.ERROR])
def test_tracking_of_what_is_not_shipped_or_over_is_not_told(world: World, status: OrderStatus) -> None:
    order = factories.OrderFactory(cart=world.cart, status=status)
    factories.ConfirmationFactory(package__shipment__order=order, state=ErrandState.DONE)

    assert retry.tell_again(order, by=world.person, now=world.now) == 0


def test_what_was_held_while_its_answer_got_lost_is_asked_back(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.order_placed()
    world.download()

    def lose(self: Distant, delivery: Delivery) -> str:
        assert stop(world, world.order(number)) == Reach.ON_ITS_WAY
        raise Unavailable("The answer was lost.")

    with monkeypatch.context() as patch:
        patch.setattr(distant, "create", lose)
        world.deliver()
    assert world.order(number).held_for == HeldFor.PERSON

    delivery_recall.recall_orders(now=world.now)

    assert len(distant.recalled) == 1
    assert delivery_recall.recall_orders(now=world.now).recalled == 0
    assert world.deliver().released == 0
