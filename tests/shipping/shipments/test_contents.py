"""Correcting what is in a package and when it was shipped, before and after the cart was told."""

from datetime import timedelta

import pytest

from core.activity.models import Event
from core.alerts.models import Alert
from orders.models import Line, Order, OrderStatus
from shipping.models import Confirmation, Package
from shipping.shipments import correction
from shipping.shipments.correction import NotCorrectable
from shipping.shipments.shipped_packages import Parcel
from tests.world import World

NUMBER, OTHER = "1Z999AA10123456784", "1Z999AA10000000004"


def packed(world: World, units: int = 3, of: int = 3) -> tuple[Order, Line]:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": of}])
    line = order.lines.get()
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", NUMBER, {line.pk: units})])
    return world.order(order.number), line


def correct(world: World, order: Order, units: dict[int, int] | None = None, days: int | None = None) -> bool:
    package = Package.objects.get(order=order, number=1)
    shipped_at = None if days is None else world.now + timedelta(days=days)
    to = Parcel("UPS", "UPSN", "Ground", NUMBER, units)
    return correction.correct(package, to, by=world.person, now=world.now, shipped_at=shipped_at)


def test_less_in_it_than_was_said_opens_the_rest_again(world: World) -> None:
    order, line = packed(world)

    assert correct(world, order, {line.pk: 2})

    left = world.order(order.number)
    assert (left.status, left.reason) == (OrderStatus.AT_WMS, "1 unit still to be shipped")
    world.confirm()
    assert [list(entry["items"].values()) for entry in world.told()] == [[2]]
    world.ship(left, parcels=[Parcel("UPS", "UPSN", "Ground", OTHER)])
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_more_in_it_takes_what_is_open_and_never_more(world: World) -> None:
    order, line = packed(world, units=1)

    with pytest.raises(NotCorrectable, match="4 of MUG-BLUE-11 is more than the 3 this package can hold"):
        correct(world, order, {line.pk: 4})
    assert correct(world, order, {line.pk: 3})

    assert world.order(order.number).status == OrderStatus.SHIPPED
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert [list(entry["items"].values()) for entry in world.told()] == [[3]]


def test_a_package_amazon_has_is_changed_there(world: World) -> None:
    order, line = packed(world, units=1)
    world.confirm()

    correct(world, order, {line.pk: 2})
    world.confirm()

    [package] = world.simulator.order(order.number)["packages"]
    assert package["packageItems"][0]["quantity"] == 2
    assert world.told()[-1]["edit"] is True


def test_the_units_of_other_packages_are_not_taken(world: World) -> None:
    order, line = packed(world, units=1)
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", OTHER, {line.pk: 2})])

    with pytest.raises(NotCorrectable, match="2 of MUG-BLUE-11 is more than the 1"):
        correct(world, order, {line.pk: 2})


@pytest.mark.parametrize("units", [0, -1])
def test_a_package_holds_something(world: World, units: int) -> None:
    order, line = packed(world)

    with pytest.raises(NotCorrectable):
        correct(world, order, {line.pk: units})


def test_a_line_of_another_order_does_not_get_in(world: World) -> None:
    order, _ = packed(world)
    _, strange = packed(world)

    with pytest.raises(NotCorrectable):
        correct(world, order, {strange.pk: 1})


def test_of_two_who_correct_the_contents_at_once_the_second_is_told(world: World) -> None:
    order, line = packed(world)
    stale = Package.objects.get(order=order)
    correct(world, order, {line.pk: 2})

    to = Parcel("UPS", "UPSN", "Ground", NUMBER, {line.pk: 1})

    with pytest.raises(NotCorrectable, match="Somebody else"):
        correction.correct(stale, to, by=world.person, now=world.now + timedelta(seconds=1))

    assert correction.contents(stale) == {line.pk: 2}


def test_a_refused_ship_date_is_corrected_and_the_package_told(world: World) -> None:
    order, _ = packed(world)
    package = Package.objects.get(order=order)
    package.shipment.shipped_at = order.placed_at - timedelta(hours=20)
    package.shipment.save()
    world.confirm()
    assert world.order(order.number).status == OrderStatus.ERROR

    assert correct(world, order, days=0)
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert not Alert.objects.filter(closed_at=None).exists()
    assert Event.objects.filter(kind="package.redated", subject_id=order.pk).exists()
    assert world.simulator.order(order.number)["packages"][0]["shipTime"].startswith(f"{world.now:%Y-%m-%dT%H:%M}")


def test_what_is_said_of_it_is_kept(world: World) -> None:
    order, line = packed(world)

    correct(world, order, {line.pk: 1})

    event = Event.objects.get(kind="package.repacked")
    assert (event.actor, event.details["contents"]) == (world.person, "1 × MUG-BLUE-11")


def test_a_number_is_given_to_a_letter_after_all(world: World) -> None:
    order = world.at_warehouse()
    world.ship(order, parcels=[Parcel("USPS", "USPS", "Letter", "", untracked="letter")])
    package = Package.objects.get(order=order)

    correction.correct(package, Parcel("UPS", "UPSN", "Ground", NUMBER), by=world.person, now=world.now)
    world.confirm()

    assert [entry["tracking"] for entry in world.told()] == [NUMBER]
    assert Package.objects.get(order=order).untracked == ""
    assert not Confirmation.objects.unfinished().exists()
