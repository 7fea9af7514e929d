"""Alerts about what is shipped: open as long as somebody has to see to something, and no longer."""

import pytest

from core.alerts.models import Alert
from core.alerts.raised import raise_alert
from orders.actions import holds
from orders.models import Order, OrderStatus
from shipping.alerts import UNMAPPED
from shipping.confirmation import dispatches
from shipping.confirmation.read_back import LOOKS
from shipping.delivery import amendment, retry
from shipping.models import Confirmation, Route, ShipMethod
from shipping.routing import routes_for
from shipping.shipments.shipped_packages import Parcel
from tests.world import World


def is_open(cause: str) -> bool:
    return Alert.objects.filter(cause=cause, closed_at=None).exists()


# -- The tracking was refused ------------------------------------------------------------------------------------------
@pytest.fixture
def two_packages(world: World) -> Order:
    """An order that went in two packages, neither of them told yet."""
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])
    line = order.lines.get().pk
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", f"1Z-{name}", {line: 1}) for name in "AB"])
    return order


def test_a_refusal_stays_told_though_the_next_package_is_taken(world: World, two_packages: Order) -> None:
    world.simulator.fail("confirmShipment", "400")
    told = world.confirm()

    assert (told.stuck, told.confirmed) == (1, 1)
    assert world.order(two_packages.number).status == OrderStatus.ERROR
    assert is_open("order.not_confirmed")
    said = Alert.objects.get(cause="order.not_confirmed").message
    assert said.endswith("Put right what it says on the order's page, then send it again.")

    retry.send_again(two_packages, by=world.person, now=world.now)
    world.confirm()

    assert world.order(two_packages.number).status == OrderStatus.CONFIRMED
    assert not is_open("order.not_confirmed")


def test_what_was_refused_and_then_went_by_feed_is_nobodys_trouble_any_more(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order)
    world.simulator.fail("confirmShipment", "400")
    world.confirm()
    retry.send_again(order, by=world.person, now=world.now)
    assert is_open("order.not_confirmed")

    dispatches.told_many(Confirmation.objects.select_related("package__order__cart"), now=world.now)

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert not is_open("order.not_confirmed")


def test_a_package_nobody_saw_stays_told_though_another_one_is_seen(world: World, two_packages: Order) -> None:
    world.confirm()
    told = Confirmation.objects.filter(package__order=two_packages)
    told.update(seen_at=None)
    told.filter(package__number=1).update(unseen=LOOKS)
    raise_alert("package.not_seen", two_packages, "It is not to be seen.", now=world.now)

    world.later(minutes=20)
    world.confirm()

    assert list(told.filter(seen_at=None).values_list("package__number", flat=True)) == [1]
    assert is_open("package.not_seen")


# -- The ship method ---------------------------------------------------------------------------------------------------
@pytest.fixture
def unmapped(world: World) -> Order:
    """An order that is held because nothing names a ship method for it."""
    Route.objects.filter(pk=routes_for([world.cart])[world.cart.pk].pk).update(reject_unmapped=True)
    order = world.at_warehouse()
    assert is_open(UNMAPPED)
    return order


def test_an_unmapped_ship_method_is_nobodys_trouble_once_its_orders_went_by_hand(world: World, unmapped: Order) -> None:
    amendment.change_method(unmapped, ShipMethod.objects.first(), seen=None, by=world.person, now=world.now)
    world.deliver()

    assert world.order(unmapped.number).status == OrderStatus.AT_WMS
    assert not is_open(UNMAPPED)


def test_an_unmapped_ship_method_is_nobodys_trouble_once_its_orders_are_canceled(world: World, unmapped: Order) -> None:
    world.simulator.cancel(unmapped.number)
    world.later(minutes=5)
    world.download()
    world.deliver()

    assert world.order(unmapped.number).status == OrderStatus.CANCELED
    assert not is_open(UNMAPPED)


def test_an_order_let_go_and_held_again_opens_no_second_alert(world: World, unmapped: Order) -> None:
    holds.let_go(unmapped, by=world.person, now=world.now)
    world.deliver()

    assert world.order(unmapped.number).status == OrderStatus.HELD
    assert Alert.objects.filter(cause=UNMAPPED).count() == 1
    assert is_open(UNMAPPED)
