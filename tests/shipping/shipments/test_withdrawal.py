"""A package that was packed by mistake is taken back, while Amazon does not have it."""

import pytest

from core.activity.models import Event
from core.alerts.models import Alert
from core.common.errands import ErrandState
from orders.models import Order, OrderStatus
from shipping.models import Confirmation, Package, Shipment
from shipping.shipments import shipped_packages, withdrawal
from shipping.shipments.shipped_packages import Parcel
from shipping.shipments.withdrawal import NotWithdrawable
from tests.world import World

NUMBER, OTHER = "1Z999AA10123456784", "1Z999AA10000000004"


def packed(world: World, *units: int) -> Order:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])
    line = order.lines.get()
    numbers = (NUMBER, OTHER)
    parcels = [
        Parcel("UPS", "UPSN", "Ground", numbers[place], {line.pk: each}) for place, each in enumerate(units or (2,))
    ]
    world.ship(order, parcels=parcels)
    return world.order(order.number)


def withdraw(world: World, order: Order, number: int = 1) -> None:
    package = Package.objects.select_related("order__cart", "shipment").get(order=order, number=number)
    withdrawal.withdraw(package, by=world.person, now=world.now)


def test_its_units_are_open_again_and_amazon_is_never_told(world: World) -> None:
    order = packed(world)

    withdraw(world, order)

    back = world.order(order.number)
    assert (back.status, back.reason, back.shipped_at) == (OrderStatus.AT_WMS, "", None)
    assert not Shipment.objects.filter(order=order).exists()
    assert world.confirm().confirmed == 0
    assert world.told() == []
    event = Event.objects.get(kind="package.withdrawn")
    assert (event.actor, event.details["contents"]) == (world.person, "2 × MUG-BLUE-11")
    world.ship(back, parcels=[Parcel("UPS", "UPSN", "Ground", OTHER)])
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_the_other_package_stays_and_is_told(world: World) -> None:
    order = packed(world, 1, 1)

    withdraw(world, order, number=2)
    world.confirm()

    left = world.order(order.number)
    assert (left.status, left.reason) == (OrderStatus.AT_WMS, "1 unit still to be shipped")
    assert [entry["tracking"] for entry in world.told()] == [NUMBER]


def test_one_that_was_refused_can_be_withdrawn_and_its_alert_ends(world: World) -> None:
    order = packed(world)
    world.simulator.fail("confirmShipment", "400")
    world.confirm()
    assert world.order(order.number).status == OrderStatus.ERROR

    withdraw(world, order)

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert not Alert.objects.filter(cause="order.not_confirmed", closed_at=None).exists()


def test_one_that_amazon_has_is_not_withdrawn_and_it_is_said_what_can_be_done(world: World) -> None:
    order = packed(world)
    world.confirm()

    with pytest.raises(NotWithdrawable, match="already has this package.*Correct its contents"):
        withdraw(world, order)

    assert Package.objects.filter(order=order).exists()


def test_one_that_amazon_may_have_is_not_withdrawn_not_even_after_a_correction(world: World) -> None:
    order = packed(world)
    world.simulator.fail("confirmShipment", "lost_answer")
    world.confirm()
    assert world.told()

    with pytest.raises(NotWithdrawable, match="may already have"):
        withdraw(world, order)
    Confirmation.objects.filter(package__order=order).reopen(now=world.now, after_claims=True)
    with pytest.raises(NotWithdrawable, match="may already have"):
        withdraw(world, order)


def test_one_that_is_being_told_is_not_withdrawn(world: World) -> None:
    order = packed(world)
    assert world.confirmation(order).take(world.now)

    with pytest.raises(NotWithdrawable, match="being sent"):
        withdraw(world, order)


def test_a_warehouse_that_goes_on_reporting_it_ships_nothing_again(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])
    reported = Parcel("UPS", "UPSN", "Ground", NUMBER)
    shipped_packages.store_shipment(order, [reported], shipped_at=world.now, by=None, now=world.now)
    withdraw(world, order)

    order = world.order(order.number)
    again = shipped_packages.store_shipment(order, [reported], shipped_at=world.now, by=None, now=world.now)

    assert again is None
    assert not Package.objects.filter(order=order).exists()


@pytest.mark.parametrize("status", [OrderStatus.CANCELED, OrderStatus.CLOSED])
def test_of_an_order_that_ended_nothing_is_withdrawn(world: World, status: OrderStatus) -> None:
    order = packed(world)
    Order.objects.filter(pk=order.pk).update(status=status)
    Confirmation.objects.update(state=ErrandState.DROPPED)

    with pytest.raises(NotWithdrawable, match="nothing of it is sent"):
        withdraw(world, order)
