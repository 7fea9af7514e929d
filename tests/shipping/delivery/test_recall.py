"""Asking canceled orders back from warehouses that can be asked, cannot, or are late."""

import pytest

from carts.marketplaces.values import OrderState
from core.activity.models import Event
from core.alerts.models import Alert
from core.common.claims import CLAIM
from core.common.errands import ErrandState
from core.common.jobs import PATIENCE
from core.common.remote import Rejected, Unavailable
from orders.actions import holds
from orders.alerts import CANCEL_AT_WAREHOUSE
from orders.models import HeldFor, Order, OrderStatus
from shipping.cancellation import order_hold
from shipping.delivery import recall as delivery_recall
from shipping.models import Recall, Release, Warehouse, is_with_warehouse
from shipping.warehouses.base import Delivery
from tests.orders.later_documents import changed, more
from tests.shipping.played_warehouse import Distant
from tests.world import World


def canceled(world: World, order: Order) -> Order:
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    return world.order(order.number)


def test_an_order_comes_back_and_is_canceled(world: World, distant: type[Distant]) -> None:
    order = canceled(world, world.at_warehouse())
    assert (order.status, order.held_for) == (OrderStatus.HELD, HeldFor.CANCELED)

    assert delivery_recall.recall_orders(now=world.now).recalled == 1

    assert distant.recalled == [f"WMS-{order.number}"]
    assert world.order(order.number).status == OrderStatus.CANCELED
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_warehouse_that_is_away_is_asked_again(world: World, distant: type[Distant]) -> None:
    order = canceled(world, world.at_warehouse())
    distant.answers.append(Unavailable("The warehouse is away."))

    delivery_recall.recall_orders(now=world.now)
    assert world.order(order.number).held_for == HeldFor.CANCELED
    assert Alert.objects.filter(cause=CANCEL_AT_WAREHOUSE, closed_at=None).exists()
    world.later(minutes=1)
    delivery_recall.recall_orders(now=world.now)

    assert world.order(order.number).status == OrderStatus.CANCELED
    assert not Alert.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("kind", ["distant", "deaf"])
def test_a_warehouse_that_does_not_give_it_back_is_called_by_a_person(
    world: World, distant: type[Distant], kind: str
) -> None:
    Warehouse.objects.update(kind=kind)
    order = canceled(world, world.at_warehouse())
    distant.answers.append(Rejected("It is packed."))

    delivery_recall.recall_orders(now=world.now)
    delivery_recall.recall_orders(now=world.now)

    assert world.order(order.number).held_for == HeldFor.CANCELED
    assert Event.objects.filter(kind="order.not_recalled").count() == 1
    assert "then press The warehouse stopped it" in Alert.objects.get(cause=CANCEL_AT_WAREHOUSE, closed_at=None).message
    assert delivery_recall.stopped(order, by=world.person, now=world.now)
    assert not delivery_recall.stopped(order, by=world.person, now=world.now)
    assert world.order(order.number).status == OrderStatus.CANCELED
    assert not Alert.objects.filter(closed_at=None).exists()


def test_an_order_that_is_only_owed_to_the_warehouse_never_goes(world: World, distant: type[Distant]) -> None:
    number = world.order_placed()
    world.download()
    order = world.order(number)
    Release.objects.create(
        organization=order.organization,
        merchant=order.merchant,
        order=order,
        warehouse=Warehouse.objects.get(),
        due_at=world.now,
    )
    canceled(world, order)

    world.deliver()
    delivery_recall.recall_orders(now=world.now)

    assert distant.created == []
    assert world.order(number).status == OrderStatus.CANCELED


def test_what_was_canceled_while_it_was_handed_over_is_asked_back(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.order_placed()
    world.download()

    def create(self: Distant, delivery: object) -> str:
        canceled(world, world.order(number))
        return "WMS-1"

    monkeypatch.setattr(Distant, "create", create)
    world.deliver()
    delivery_recall.recall_orders(now=world.now)

    assert distant.recalled == ["WMS-1"]
    assert world.order(number).status == OrderStatus.CANCELED


def test_a_worker_killed_while_asking_is_replaced(world: World, distant: type[Distant]) -> None:
    order = canceled(world, world.at_warehouse())
    distant.answers.append(Unavailable("Killed here."))
    delivery_recall.recall_orders(now=world.now)
    Recall.objects.update(state=ErrandState.RUNNING, claimed_until=world.now)

    delivery_recall.recall_orders(now=world.now)

    assert distant.recalled == [f"WMS-{order.number}"]
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_two_workers_at_once_ask_once(world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch) -> None:
    canceled(world, world.at_warehouse())
    ask = Distant.recall

    def recall(self: Distant, reference: str, *, order_number: str) -> None:
        delivery_recall.recall_orders(now=world.now)  # another worker meanwhile
        ask(self, reference, order_number=order_number)

    monkeypatch.setattr(Distant, "recall", recall)
    delivery_recall.recall_orders(now=world.now)

    assert len(distant.recalled) == 1
    assert Event.objects.filter(kind="order.recalled").count() == 1


def test_what_came_back_and_ships_all_the_same_is_handed_over_anew(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.HELD, held_for=HeldFor.CANCELED)
    delivery_recall.recall_orders(now=world.now)
    assert world.order(order.number).status == OrderStatus.HELD  # the cart does not say that it is canceled

    world.later(minutes=1)
    holds.let_go(world.order(order.number), by=world.person, now=world.now)
    world.deliver()

    # Under a number it has never seen: by the old one the warehouse would find what it gave back.
    assert distant.created == [order.number, f"{order.number}-R2"]
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert is_with_warehouse(world.order(order.number))


# -- Owed again ------------------------------------------------------------------------------------------------------
def test_a_recall_owed_again_after_patience_ran_out_is_asked_with_new_patience(
    world: World, distant: type[Distant]
) -> None:
    order = world.at_warehouse()
    distant.answers += [Unavailable("The warehouse is away.")] * 3
    order_hold.hold(order, by=world.person, now=world.now)
    delivery_recall.recall_orders(now=world.now)
    world.later(days=PATIENCE.days + 1)
    assert delivery_recall.recall_orders(now=world.now).stuck == 1
    holds.let_go(world.order(order.number), by=world.person, now=world.now)
    world.deliver()

    order_hold.hold(world.order(order.number), by=world.person, now=world.now)

    assert delivery_recall.recall_orders(now=world.now).waiting == 1
    world.later(minutes=1)
    assert delivery_recall.recall_orders(now=world.now).recalled == 1


def away(self: Distant, delivery: object) -> str:
    raise Unavailable("The warehouse is away.")


def lost_on_the_way(world: World, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order that the warehouse may have: the answer was lost."""
    with monkeypatch.context() as patch:
        patch.setattr(Distant, "create", away)
        return world.at_warehouse()


def canceled_and_let_go(world: World, order: Order, *, days: int = 0) -> None:
    """It was held as canceled, which the cart did not say, and goes after all."""
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.HELD, held_for=HeldFor.CANCELED)
    delivery_recall.recall_orders(now=world.now)
    assert Release.objects.get().state == ErrandState.DROPPED
    world.later(days=days)
    holds.let_go(world.order(order.number), by=world.person, now=world.now)


def test_a_delivery_owed_again_long_after_it_failed_is_tried_with_new_patience(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = lost_on_the_way(world, monkeypatch)
    canceled_and_let_go(world, order, days=PATIENCE.days + 1)

    with monkeypatch.context() as patch:
        patch.setattr(Distant, "create", away)
        assert world.deliver().waiting == 1
    world.later(minutes=1)

    assert world.deliver().released == 1
    assert distant.created == [f"{order.number}-R2"]  # it was asked back: by the old number it would not be taken


def test_a_delivery_owed_again_asks_back_what_may_be_there_as_it_was_before(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = lost_on_the_way(world, monkeypatch)
    changed(world, order, more(7))
    canceled_and_let_go(world, order)

    assert world.deliver().released == 1

    assert distant.recalled == ["", ""]  # when it was canceled, and before it went anew
    assert distant.created == [f"{order.number}-R2"]


# -- What may have got there -----------------------------------------------------------------------------------------
class Killed(BaseException):
    """What a worker sees of its end."""


def killed_while_handing_over(world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch) -> Order:
    """The warehouse has it, and the worker died before it wrote that down."""
    number = world.order_placed()
    world.download()
    create = Distant.create

    def die(self: Distant, told: Delivery) -> str:
        create(self, told)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Distant, "create", die)
        with pytest.raises(Killed):
            world.deliver()
    return world.order(number)


def test_what_a_worker_died_of_handing_over_is_asked_back_when_it_is_canceled(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = canceled(world, killed_while_handing_over(world, distant, monkeypatch))  # minutes later

    assert delivery_recall.recall_orders(now=world.now).recalled == 1

    assert distant.recalled == [""]
    assert Recall.objects.get().is_done
    assert Release.objects.get().is_dropped
    assert world.order(order.number).status == OrderStatus.CANCELED
    world.deliver()
    assert distant.created == [order.number]


def test_while_its_worker_may_still_live_it_is_waited_for(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = killed_while_handing_over(world, distant, monkeypatch)
    Order.objects.filter(pk=order.pk).update(
        status=OrderStatus.HELD, held_for=HeldFor.CANCELED, state_there=OrderState.CANCELED
    )

    assert delivery_recall.recall_orders(now=world.now).recalled == 0
    assert world.order(order.number).held_for == HeldFor.CANCELED
    world.later(seconds=CLAIM.total_seconds())

    assert delivery_recall.recall_orders(now=world.now).recalled == 1
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_an_order_whose_answer_was_lost_is_asked_back_when_it_is_canceled(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = canceled(world, lost_on_the_way(world, monkeypatch))

    assert delivery_recall.recall_orders(now=world.now).recalled == 1

    assert distant.recalled == [""]
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_one_that_was_given_up_after_the_answer_was_lost_is_asked_back_too(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = lost_on_the_way(world, monkeypatch)
    world.later(days=PATIENCE.days + 1)
    with monkeypatch.context() as patch:
        patch.setattr(Distant, "create", away)
        assert world.deliver().stuck == 1
    Order.objects.filter(pk=order.pk).update(
        status=OrderStatus.HELD, held_for=HeldFor.CANCELED, state_there=OrderState.CANCELED
    )

    assert delivery_recall.recall_orders(now=world.now).recalled == 1
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_one_that_was_plainly_refused_was_never_there(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Distant, told: Delivery) -> str:
        raise Rejected("No such product.")

    with monkeypatch.context() as patch:
        patch.setattr(Distant, "create", refuse)
        order = world.at_warehouse()
    order = canceled(world, order)

    delivery_recall.recall_orders(now=world.now)

    assert distant.recalled == []
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_where_nothing_can_be_asked_back_a_person_calls_about_what_may_be_there(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = killed_while_handing_over(world, distant, monkeypatch)
    Warehouse.objects.update(kind="deaf")
    order = canceled(world, order)

    delivery_recall.recall_orders(now=world.now)

    assert world.order(order.number).held_for == HeldFor.CANCELED
    assert "must not be shipped" in Alert.objects.get(cause=CANCEL_AT_WAREHOUSE, closed_at=None).message


def test_a_change_that_a_dead_worker_may_have_missed_is_handed_over_under_a_new_number(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the old number the warehouse would find the order as it was, and do nothing."""
    order = killed_while_handing_over(world, distant, monkeypatch)
    changed(world, order, more(7))
    world.later(seconds=CLAIM.total_seconds())

    assert world.deliver().released == 1

    assert distant.created == [order.number, f"{order.number}-R2"]
