from datetime import timedelta

import pytest

from orders.models import OrderStatus
from shipping.close.preflight import preflight
from shipping.close.ship_and_close import Closing
from shipping.models import Confirmation, Package
from shipping.shipments import shipped_packages
from shipping.shipments.shipped_packages import NotShippable, Parcel
from tests.world import World

UPS = Parcel("UPS", "UPSN", "Ground", "1Z999AA10123456784")


def test_two_orders_are_shipped_closed_and_confirmed_at_amazon(world: World) -> None:
    orders = [world.at_warehouse(), world.at_warehouse()]

    world.ship(*orders)
    told = world.confirm()

    assert told.confirmed == 2
    assert {world.order(order.number).status for order in orders} == {OrderStatus.CONFIRMED}
    assert {entry["order_id"] for entry in world.told()} == {order.number for order in orders}
    assert Confirmation.objects.filter(seen_at__isnull=False).count() == 2


def test_a_partial_shipment_leaves_the_rest_open_and_is_told_line_by_line(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}, {"sku": "TEAPOT-BLUE", "quantity": 1}])
    mug, teapot = order.lines.order_by("sku")
    first = Parcel("UPS", "UPSN", "Ground", "1Z1", {mug.pk: 2})
    rest = Parcel("UPS", "UPSN", "Ground", "1Z2")

    world.ship(order, parcels=[first])
    world.confirm()
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert world.order(order.number).reason == "2 units still to be shipped"

    world.ship(world.order(order.number), parcels=[rest])
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    packages = {p.tracking_number: dict(p.lines.values_list("line", "quantity")) for p in Package.objects.all()}
    assert packages == {"1Z1": {mug.pk: 2}, "1Z2": {mug.pk: 1, teapot.pk: 1}}
    assert [entry["packageReferenceId"] for entry in world.told()] == ["1", "2"]


def test_pressing_twice_ships_once(world: World) -> None:
    order = world.at_warehouse()
    stale = world.order(order.number)

    world.ship(order)
    again = world.ship(stale)

    assert again[0].message == "This was already shipped."
    assert Package.objects.count() == 1


def test_more_than_is_open_is_refused_and_nothing_is_stored(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 1}])
    line = order.lines.get()

    with pytest.raises(NotShippable, match="2 of MUG-BLUE-11 is more than the 1 still open"):
        shipped_packages.store_shipment(
            order, [Parcel("UPS", "UPSN", "Ground", "1Z", {line.pk: 2})], shipped_at=world.now, by=None, now=world.now
        )

    assert Package.objects.count() == 0


@pytest.mark.parametrize(
    ("parcel", "field"),
    [
        (Parcel("", "UPSN", "Ground", "1Z999AA10123456784"), "carrier"),
        (Parcel("UPS", "UPSN", "", "1Z999AA10123456784"), "service"),
        (Parcel("UPS", "UPSN", "Ground", ""), "tracking_number"),
    ],
)
def test_preflight_names_the_order_and_the_blank_field(world: World, parcel: Parcel, field: str) -> None:
    order = world.at_warehouse()

    problems = preflight([Closing(order, [parcel], world.now)], now=world.now)

    assert [(problem.order, problem.field) for problem in problems] == [(order, field)]
    assert problems[0].message.endswith(" is missing.")


@pytest.mark.parametrize("days", [-3, 3])
def test_preflight_refuses_a_ship_date_that_cannot_be(world: World, days: int) -> None:
    order = world.at_warehouse()

    problems = preflight([Closing(order, [UPS], world.now + timedelta(days=days))], now=world.now)

    assert [problem.field for problem in problems] == ["shipped_at"]


def test_preflight_asks_about_one_tracking_number_on_two_orders(world: World) -> None:
    first, second = world.at_warehouse(), world.at_warehouse()

    problems = preflight([Closing(order, [UPS], world.now) for order in (first, second)], now=world.now)

    assert [(problem.order, problem.field) for problem in problems] == [(second, "tracking_number")]
    assert problems[0].message.startswith(f"This tracking number is already used for {first.number}.")
    assert problems[0].warning


def test_preflight_refuses_an_order_canceled_meanwhile(world: World) -> None:
    order = world.at_warehouse()
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()

    problems = preflight([Closing(world.order(order.number), [UPS], world.now)], now=world.now)

    assert "do not ship" in problems[0].message
