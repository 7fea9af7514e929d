"""Canceling at Amazon because a person here wants it, by feed, once, and never what is shipped."""

from typing import Any

import pytest

from carts import connections
from core.activity.models import Event
from core.alerts.models import Alert
from core.common.claims import CLAIM
from core.common.errands import ErrandState
from orders.actions import holds
from orders.models import HeldFor, Order, OrderStatus
from shipping.cancellation import cart_cancel
from shipping.cancellation.cart_cancel import NotCancelable
from shipping.delivery import recall
from shipping.models import Cancellation
from tests.shipping.played_warehouse import Distant
from tests.world import World


def go_on(world: World, times: int = 6) -> None:
    for _ in range(times):
        turn(world)
        world.later(minutes=3)


def turn(world: World) -> None:
    recall.recall_orders(now=world.now)
    world.cart.refresh_from_db()
    assert world.cart.grant
    with connections.marketplace(world.cart.grant) as marketplace:
        cart_cancel.cancel_orders([world.cart], marketplace, now=world.now)


def want(world: World, order: Order, reason: str = "NoInventory") -> None:
    cart_cancel.want(order, reason, by=world.person, now=world.now)


def feeds(world: World) -> list[dict[str, Any]]:
    return world.simulator.journal("feed")


def there(world: World, order: Order) -> str:
    return str(world.simulator.order(order.number)["fulfillment"]["fulfillmentStatus"])


@pytest.fixture
def order(world: World) -> Order:
    """New, and not at the warehouse."""
    number = world.order_placed()
    world.download()
    return world.order(number)


def test_an_order_is_canceled_when_amazon_says_so(world: World, order: Order) -> None:
    want(world, order)
    world.deliver()
    turn(world)
    assert world.order(order.number).status == OrderStatus.HELD
    go_on(world)

    assert world.order(order.number).status == OrderStatus.CANCELED
    assert there(world, order) == "CANCELLED"
    [entry] = world.simulator.journal("cancellation")
    assert (entry["cancelled_by"], entry["reason"]) == ("MERCHANT", "NO_INVENTORY")
    wanted = Event.objects.get(kind="order.cancel_wanted", subject_id=order.pk)
    assert (wanted.actor, wanted.details["reason"]) == (world.person, "Out of stock")
    assert Cancellation.objects.get().canceled_at


def test_what_the_warehouse_has_comes_back_first(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    want(world, order)
    turn(world)
    assert distant.recalled == [f"WMS-{order.number}"]
    go_on(world)

    assert world.order(order.number).status == OrderStatus.CANCELED
    assert len(feeds(world)) == 1


def test_what_the_warehouse_keeps_is_not_canceled_at_amazon(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    distant.can_recall = False
    try:
        want(world, order)
        go_on(world)
    finally:
        distant.can_recall = True

    assert feeds(world) == []
    assert there(world, order) == "UNSHIPPED"
    recall.stopped(order, by=world.person, now=world.now)
    go_on(world)
    assert world.order(order.number).status == OrderStatus.CANCELED


@pytest.mark.parametrize("fault", ["lost_answer", "timeout", "503"])
def test_an_answer_that_was_lost_makes_no_second_feed(world: World, order: Order, fault: str) -> None:
    world.simulator.fail("createFeed", fault)
    want(world, order)

    go_on(world, times=8)

    assert len(feeds(world)) == 1
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_two_whose_answers_were_lost_are_told_apart(world: World, order: Order) -> None:
    number = world.order_placed()
    world.download()
    other = world.order(number)
    world.simulator.fail("createFeed", "lost_answer", times=2)
    want(world, order)
    want(world, other)

    go_on(world, times=12)

    assert len(feeds(world)) == 2
    assert {world.order(each.number).status for each in (order, other)} == {OrderStatus.CANCELED}
    assert len(set(Cancellation.objects.values_list("reference", flat=True))) == 2


def test_a_worker_killed_after_it_submitted_is_replaced(world: World, order: Order) -> None:
    want(world, order)
    turn(world)
    assert len(feeds(world)) == 1
    killed = {"state": ErrandState.RUNNING, "claimed_until": world.now + CLAIM, "reference": ""}
    Cancellation.objects.update(**killed)

    world.later(minutes=6)
    go_on(world)

    assert len(feeds(world)) == 1
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_two_workers_at_once_submit_once(world: World, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    want(world, order)
    number = world.simulator.world.number
    raced: list[str] = []

    def meanwhile(kind: str) -> int:
        if kind == "document" and not raced:
            raced.append(kind)
            turn(world)
        return number(kind)

    monkeypatch.setattr(world.simulator.world, "number", meanwhile)
    go_on(world)

    assert raced
    assert len(feeds(world)) == 1


def test_what_amazon_canceled_meanwhile_is_not_sent(world: World, order: Order) -> None:
    want(world, order)
    world.simulator.cancel(order.number)

    go_on(world, times=2)

    assert feeds(world) == []
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_a_refusal_is_said_with_amazons_sentence_and_the_order_stays_held(world: World, order: Order) -> None:
    want(world, order)
    turn(world)
    world.simulator.ship(order.number)

    go_on(world)

    stays = world.order(order.number)
    assert (stays.status, stays.held_for) == (OrderStatus.HELD, HeldFor.PERSON)
    alert = Alert.objects.get(cause="order.not_canceled", closed_at=None)
    assert "already been shipped there" in alert.message


def test_a_yes_that_is_never_shown_is_a_persons_business(world: World, order: Order) -> None:
    world.simulator.fail("createFeed", "silent")
    want(world, order)

    go_on(world, times=60)

    assert Alert.objects.filter(cause="order.not_canceled", closed_at=None).count() == 1
    assert Cancellation.objects.get().state == ErrandState.STUCK
    want(world, world.order(order.number))  # it can be wanted again
    go_on(world)
    assert world.order(order.number).status == OrderStatus.CANCELED
    assert not Alert.objects.filter(closed_at=None).exists()


def test_who_lets_it_go_before_it_was_sent_takes_it_back(world: World, order: Order) -> None:
    want(world, order)
    holds.let_go(world.order(order.number), by=world.person, now=world.now)

    go_on(world, times=2)

    assert feeds(world) == []
    assert Cancellation.objects.get().state == ErrandState.DROPPED


def test_what_is_shipped_if_only_in_part_or_under_way_is_never_canceled(world: World) -> None:
    shipped, twice = world.at_warehouse(), world.at_warehouse()
    world.ship(shipped)
    want(world, twice)

    for each in (shipped, twice):
        with pytest.raises(NotCancelable):
            want(world, world.order(each.number))
    with pytest.raises(NotCancelable, match="reasons"):
        want(world, world.at_warehouse(), reason="Whatever")
