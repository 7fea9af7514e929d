"""Amazon begins to ship an order itself (its channel turns from merchant to Amazon) while it is on its way here."""

from collections.abc import Callable

import pytest

from carts import connections
from core.alerts.models import Alert
from orders.actions import holds
from orders.alerts import NOT_RELEASED_THERE
from orders.models import HeldFor, Order, OrderStatus
from shipping.close.preflight import preflight
from shipping.close.ship_and_close import Closing
from shipping.delivery import recall
from shipping.reconcile import reconciliations
from shipping.shipments.shipped_packages import Parcel
from tests.orders.later_documents import Document, changed
from tests.shipping.played_warehouse import Distant
from tests.world import World

SAID = "Amazon.com says “FULFILLED_BY_AMAZON” while it is at the warehouse: do not ship"


def by(whom: str) -> Callable[[Document], object]:
    return lambda document: document["fulfillment"].update(fulfilledBy=whom)


def is_open() -> bool:
    return bool(Alert.objects.filter(cause=NOT_RELEASED_THERE, closed_at=None).exists())


def test_what_amazon_begins_to_ship_itself_is_held_and_goes_on_when_it_is_ours_again(
    world: World, distant: type[Distant]
) -> None:
    order = world.at_warehouse()

    stands = changed(world, order, by("AMAZON"))
    assert (stands.status, stands.held_for, stands.reason) == (OrderStatus.HELD, HeldFor.STATE, SAID)
    assert is_open()

    changed(world, order, by("MERCHANT"))
    world.deliver()
    assert world.order(order.number).is_at_warehouse
    assert not is_open()
    assert distant.created == [order.number]


def test_the_nightly_compare_finds_it_as_no_download_asks_for_what_amazon_ships(world: World) -> None:
    order = world.at_warehouse()
    world.simulator.take_over(order.number)
    world.later(minutes=5)
    world.download()
    assert world.order(order.number).is_at_warehouse

    world.later(hours=1)
    run = reconciliations.begin(world.cart, by=world.person, now=world.now)
    assert run
    assert world.cart.grant
    with connections.marketplace(world.cart.grant) as marketplace:
        reconciliations.run(run, marketplace, now=world.now)

    assert world.order(order.number).reason == SAID
    assert is_open()


def test_a_person_who_ships_it_all_the_same_is_not_asked_again_but_warned(world: World) -> None:
    order = world.at_warehouse()
    assert holds.let_go(changed(world, order, by("AMAZON")), by=world.person, now=world.now)
    world.deliver()

    def more(document: Document) -> None:
        document["fulfillment"]["deliverByWindow"] = {"latestDateTime": "2026-12-01T00:00:00Z"}

    stands = changed(world, world.order(order.number), more)
    assert stands.is_at_warehouse
    problems = preflight([Closing(stands, [Parcel("UPS", "UPSN", "Ground", "1Z1")], world.now)], now=world.now)
    assert any("FULFILLED_BY_AMAZON" in problem.message and problem.warning for problem in problems)


def test_what_amazon_then_ships_comes_back(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    changed(world, order, by("AMAZON"))

    def shipped(document: Document) -> None:
        document["fulfillment"]["fulfillmentStatus"] = "SHIPPED"

    changed(world, order, shipped)
    recall.recall_orders(now=world.now)

    assert len(distant.recalled) == 1
    assert world.order(order.number).status == OrderStatus.CLOSED


def test_before_it_went_anywhere_it_is_left_to_amazon(world: World) -> None:
    number = world.order_placed()
    world.download()

    stands = changed(world, world.order(number), by("AMAZON"))

    assert (stands.status, stands.reason) == (OrderStatus.SKIPPED, "Fulfilled by Amazon.com, not by the warehouse")


@pytest.mark.parametrize("word", ["", None])
def test_a_channel_that_vanishes_is_no_change(world: World, word: str | None) -> None:
    order: Order = world.at_warehouse()

    def vanish(document: Document) -> None:
        document["fulfillment"]["fulfilledBy"] = word

    assert changed(world, order, vanish).is_at_warehouse
    assert not is_open()
