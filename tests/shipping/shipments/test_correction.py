from collections.abc import Sequence
from datetime import timedelta

import pytest

from core.activity.models import Event
from core.common.errands import LAST_WORD, ErrandState
from orders.models import Order, OrderStatus
from shipping.models import Confirmation, Package
from shipping.shipments import correction, shipped_packages
from shipping.shipments.correction import NotCorrectable
from shipping.shipments.shipped_packages import Parcel
from tests.world import World

WRONG = Parcel("UPS", "UPSN", "Ground", "1Z999AA10000000004")
RIGHT = Parcel("UPS", "UPSN", "Ground", "1Z999AA10123456784")


def shipped(world: World, *parcels: Parcel) -> Order:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}])
    world.ship(order, parcels=parcels or [WRONG])
    return world.order(order.number)


def correct(world: World, order: Order, to: Parcel = RIGHT, number: int = 1) -> bool:
    package = Package.objects.get(order=order, number=number)
    return correction.correct(package, to, by=world.person, now=world.now)


def packages_there(world: World, order: Order) -> list[Sequence[str]]:
    told = [entry for entry in world.told() if entry["order_id"] == order.number]
    return [(entry["packageReferenceId"], entry["tracking"]) for entry in told]


def test_a_confirmed_package_is_changed_at_amazon_and_no_second_one_is_made(world: World) -> None:
    order = shipped(world)
    world.confirm()
    assert world.order(order.number).status == OrderStatus.CONFIRMED

    assert correct(world, order)
    being_told = world.order(order.number)
    told = world.confirm()

    assert (being_told.status, being_told.confirmed_at) == (OrderStatus.SHIPPED, None)
    assert being_told.reason == "Corrected to UPS 1Z999AA10123456784, being sent"
    assert told.confirmed == 1
    assert packages_there(world, order) == [("1", WRONG.tracking_number), ("1", RIGHT.tracking_number)]
    assert world.told()[-1]["edit"] is True
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    confirmation = world.confirmation(order)
    assert confirmation.seen_at == world.now
    assert confirmation.package.corrected_at == world.now


def test_the_correction_is_kept_with_old_and_new_and_who_did_it(world: World) -> None:
    order = shipped(world)

    correct(world, order)

    event = Event.objects.get(kind="package.corrected")
    assert event.actor == world.person
    assert (event.subject_id, event.details["package"]) == (order.pk, 1)
    assert (event.details["old"], event.details["new"]) == (WRONG.tracking_number, RIGHT.tracking_number)


def test_nothing_new_is_not_told_again(world: World) -> None:
    order = shipped(world)
    world.confirm()

    assert not correct(world, order, WRONG)

    assert world.confirm().confirmed == 0
    assert not Event.objects.filter(kind="package.corrected").exists()


def test_a_refused_tracking_is_told_again_once_corrected(world: World) -> None:
    order = shipped(world)
    Confirmation.objects.update(state=ErrandState.STUCK, last_error="Bad tracking")
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.ERROR, reason="Tracking was refused: Bad tracking")

    correct(world, order)

    assert world.order(order.number).status == OrderStatus.SHIPPED
    assert world.confirm().confirmed == 1
    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_an_order_stays_in_error_while_another_package_is_refused(world: World) -> None:
    order = shipped(world)
    other = Package.objects.get(order=order)
    other.pk, other.number, other.tracking_number = None, 2, "1Z2"
    other.save()
    kept = world.confirmation(order)
    kept.pk, kept.package = None, other
    kept.save()
    Confirmation.objects.update(state=ErrandState.STUCK)
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.ERROR, reason="Tracking was refused")

    correct(world, order)

    assert world.order(order.number).status == OrderStatus.ERROR


def test_a_partly_shipped_order_stays_at_the_warehouse(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}])
    line = order.lines.get()
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", WRONG.tracking_number, {line.pk: 1})])
    world.confirm()

    correct(world, order)
    world.confirm()

    left = world.order(order.number)
    assert (left.status, left.reason) == (OrderStatus.AT_WMS, "2 units still to be shipped")
    assert packages_there(world, order)[-1] == ("1", RIGHT.tracking_number)


def test_a_worker_that_tells_the_old_number_settles_nothing_and_the_new_one_has_the_last_word(world: World) -> None:
    order = shipped(world)
    telling = world.confirmation(order)
    assert telling.take(world.now)

    correct(world, order)

    assert not telling.settle(state=ErrandState.DONE)
    waiting = world.confirmation(order)
    assert waiting.state == ErrandState.DUE
    assert waiting.due_at == world.now + LAST_WORD
    assert world.confirm().confirmed == 0
    world.later(minutes=6)
    assert world.confirm().confirmed == 1
    assert packages_there(world, order) == [("1", RIGHT.tracking_number)]


def test_a_warehouse_that_goes_on_reporting_the_old_number_ships_nothing_twice(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}])
    line = order.lines.get()
    first = Parcel("UPS", "UPSN", "Ground", WRONG.tracking_number, {line.pk: 1})
    shipped_packages.store_shipment(order, [first], shipped_at=world.now, by=None, now=world.now)
    correct(world, order)

    again = shipped_packages.store_shipment(order, [first], shipped_at=world.now, by=None, now=world.now)

    assert again is None
    assert Package.objects.filter(order=order).count() == 1


def test_the_number_of_another_package_of_the_order_is_refused(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 3}])
    line = order.lines.get()
    first = Parcel("UPS", "UPSN", "Ground", WRONG.tracking_number, {line.pk: 1})
    world.ship(order, parcels=[first, RIGHT])

    with pytest.raises(NotCorrectable, match="Another package of .* has this tracking number"):
        correct(world, order, RIGHT)

    assert Package.objects.get(order=order, number=1).corrected_at is None


def test_of_two_people_who_correct_at_once_the_second_is_told(world: World) -> None:
    order = shipped(world)
    package = Package.objects.get(order=order)
    correct(world, order)

    with pytest.raises(NotCorrectable, match="Somebody else"):
        correction.correct(
            package, Parcel("UPS", "UPSN", "Ground", "1Z3"), by=world.person, now=world.now + timedelta(seconds=1)
        )

    assert Package.objects.get(order=order).tracking_number == RIGHT.tracking_number


@pytest.mark.parametrize("status", [OrderStatus.CANCELED, OrderStatus.CLOSED])
def test_an_order_that_ended_is_not_corrected(world: World, status: OrderStatus) -> None:
    order = shipped(world)
    Order.objects.filter(pk=order.pk).update(status=status)

    with pytest.raises(NotCorrectable):
        correct(world, order)

    assert not Event.objects.filter(kind="package.corrected").exists()
