"""A backlog the quota cannot carry in time, by fulfilment feed, and every way that can go wrong."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from carts.models import Bucket
from core.alerts.models import Alert
from core.common.claims import CLAIM
from core.common.errands import ErrandState
from orders.models import Order, OrderStatus
from shipping.confirmation import fulfillment_feed
from shipping.models import Confirmation, ConfirmationFeed
from tests.world import NOON, SELLER, US, World

ORDERS = 13
SINGLY = 2  # what the quota carries


@pytest.fixture
def backlog(world: World) -> list[Order]:
    """More orders shipped than the quota carries before their deadlines."""
    numbers = world.simulator.bulk_orders(ORDERS, lines=1, seller_id=SELLER, marketplace_id=US)
    world.later(minutes=5)
    world.download()
    world.deliver()
    orders = [world.order(number) for number in numbers]
    world.ship(*orders)
    slow(world)
    return orders


def slow(world: World) -> None:
    assert world.cart.grant_id
    full = {"rate": 0.000_001, "burst": 10, "tokens": SINGLY, "filled_at": world.now}
    Bucket.objects.update_or_create(grant_id=world.cart.grant_id, operation="confirmShipment", defaults=full)


def quick(world: World) -> None:
    """The quota is back, also for what was told to come again when it would have been."""
    Bucket.objects.filter(operation="confirmShipment").update(tokens=10, rate=2.0, filled_at=world.now)
    Confirmation.objects.filter(state=ErrandState.DUE).update(due_at=world.now)


def feeds(world: World) -> list[dict[str, Any]]:
    return world.simulator.journal("feed")


def statuses() -> set[str]:
    return set(Order.objects.values_list("status", flat=True))


def go_on(world: World, times: int = 6, minutes: int = 3) -> None:
    for _ in range(times):
        world.confirm()
        world.later(minutes=minutes)


def test_the_most_urgent_go_singly_and_what_would_be_late_by_feed(world: World, backlog: list[Order]) -> None:
    told = world.confirm()
    assert (told.confirmed, told.by_feed) == (SINGLY, ORDERS - SINGLY)
    assert statuses() == {OrderStatus.CONFIRMED, OrderStatus.SHIPPED}

    go_on(world)

    assert len(feeds(world)) == 1
    assert statuses() == {OrderStatus.CONFIRMED}
    assert {entry["order_id"] for entry in world.told()} == {order.number for order in backlog}
    assert len(world.told()) == ORDERS
    assert all(len(world.simulator.order(order.number)["packages"]) == 1 for order in backlog)


def test_what_went_by_feed_is_read_back(world: World, backlog: list[Order]) -> None:
    go_on(world)
    world.later(minutes=20)
    world.download()
    world.confirm()

    assert not Confirmation.objects.filter(seen_at=None).exists()


def test_a_lost_answer_is_looked_up_and_the_feed_is_not_made_twice(world: World, backlog: list[Order]) -> None:
    world.simulator.fail("createFeed", "lost_answer")

    go_on(world)

    assert len(feeds(world)) == 1
    assert statuses() == {OrderStatus.CONFIRMED}


def test_a_feed_that_never_came_is_made_again(world: World, backlog: list[Order]) -> None:
    world.simulator.fail("createFeed", "timeout")

    go_on(world)

    assert len(feeds(world)) == 1
    assert statuses() == {OrderStatus.CONFIRMED}


@pytest.mark.parametrize("answered", [True, False])
def test_a_worker_killed_while_it_submitted_is_replaced(world: World, backlog: list[Order], answered: bool) -> None:
    world.simulator.fail("createFeed", "lost_answer" if answered else "timeout")
    world.confirm()
    ConfirmationFeed.objects.update(state=ErrandState.RUNNING, claimed_until=world.now + CLAIM)
    world.confirm()
    assert ConfirmationFeed.objects.get().reference == ""

    world.later(minutes=6)
    go_on(world)

    assert len(feeds(world)) == 1
    assert ConfirmationFeed.objects.get().state == ErrandState.DONE
    assert statuses() == {OrderStatus.CONFIRMED}


def test_two_workers_at_once_submit_once(world: World, backlog: list[Order], monkeypatch: pytest.MonkeyPatch) -> None:
    upload = world.simulator.world.number
    raced: list[str] = []

    def meanwhile(kind: str) -> int:
        if kind == "document" and not raced:
            raced.append(kind)
            world.confirm()  # another worker, in the middle of the first one's submission
        return upload(kind)

    monkeypatch.setattr(world.simulator.world, "number", meanwhile)

    go_on(world)

    assert raced
    assert len(feeds(world)) == 1
    assert ConfirmationFeed.objects.count() == 1


@pytest.mark.parametrize("kind", ["feed_fatal", "feed_cancelled", "feed_stuck"])
def test_a_feed_that_failed_is_said_and_its_packages_are_told_singly(
    world: World, backlog: list[Order], kind: str
) -> None:
    world.simulator.fail("createFeed", kind)
    go_on(world, times=3)
    world.later(hours=7)
    world.confirm()

    assert ConfirmationFeed.objects.get().state == ErrandState.STUCK
    assert Alert.objects.filter(cause="cart.feed_failed", closed_at=None).count() == 1
    quick(world)
    go_on(world, times=2, minutes=1)

    assert statuses() == {OrderStatus.CONFIRMED}
    assert len(feeds(world)) == 1
    assert not Alert.objects.filter(cause="cart.feed_failed", closed_at=None).exists()


def test_a_message_with_an_error_is_a_persons_business_and_the_others_are_done(
    world: World, backlog: list[Order]
) -> None:
    bad = backlog[-1]
    world.confirm()
    world.simulator.world.orders[bad.number].document["fulfillment"]["fulfilledBy"] = "AMAZON"

    go_on(world)

    assert world.order(bad.number).status == OrderStatus.ERROR
    assert "fulfilled by Amazon" in world.confirmation(bad).last_error
    assert Order.objects.filter(status=OrderStatus.CONFIRMED).count() == ORDERS - 1
    assert Alert.objects.filter(cause="order.not_confirmed", closed_at=None).count() == 1


def test_a_message_refused_because_the_order_is_canceled_settles_the_order(world: World, backlog: list[Order]) -> None:
    gone = backlog[-1]
    world.confirm()
    world.simulator.cancel(gone.number)

    go_on(world, times=3)
    quick(world)
    world.confirm()

    assert world.order(gone.number).status == OrderStatus.CLOSED
    assert Alert.objects.filter(cause="order.canceled_late", closed_at=None).count() == 1


def test_done_without_a_package_is_no_success(world: World, backlog: list[Order]) -> None:
    world.simulator.fail("createFeed", "silent")
    go_on(world, times=3)
    quick(world)

    for _ in range(3):
        world.later(minutes=20)
        world.confirm()

    assert {entry["order_id"] for entry in world.told()} == {order.number for order in backlog}


def test_a_feed_waits_its_time_before_the_next(world: World, backlog: list[Order]) -> None:
    go_on(world, times=4)
    numbers = world.simulator.bulk_orders(ORDERS, lines=1, seller_id=SELLER, marketplace_id=US)
    world.later(minutes=5)
    world.download()
    world.deliver()
    world.ship(*(world.order(number) for number in numbers), tracking="1ZNEXT")

    world.confirm()
    assert len(feeds(world)) == 1
    world.later(minutes=5)
    Confirmation.objects.filter(state=ErrandState.DUE).update(due_at=world.now)
    go_on(world)

    assert len(feeds(world)) == 2
    assert statuses() == {OrderStatus.CONFIRMED}


def owed(*hours: float) -> list[tuple[int, int, datetime]]:
    return [(place, 1, NOON + timedelta(hours=each)) for place, each in enumerate(hours)]


@pytest.mark.parametrize(
    ("left", "rate", "hours", "late"),
    [
        (10, 2.0, [1, 2, 3], []),
        (0, 1 / 3600, [1, 2, 3], []),
        (0, 1 / 3600, [1, 1.5, 3], [1]),  # the third one is in time once the second goes by feed
        (1, 1 / 3600, [-5, -4, 2], [1]),  # overdue: as soon as can be
    ],
)
def test_only_what_would_be_late_goes_by_feed(left: float, rate: float, hours: list[float], late: list[int]) -> None:
    assert [pk for pk, _ in fulfillment_feed.late(owed(*hours), left=left, rate=rate, now=NOON)] == late
