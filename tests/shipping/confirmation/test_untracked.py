"""Packages without a tracking number: told by the feed, read back, and refused like any other."""

import pytest

from core.activity.models import Event
from core.alerts.models import Alert
from core.common.errands import ErrandState
from orders.models import Order, OrderStatus
from shipping.delivery import recall
from shipping.models import Confirmation, ConfirmationFeed, Package
from shipping.shipments import correction, shipped_packages
from shipping.shipments.shipped_packages import NotShippable, Parcel
from tests.world import World

LETTER = Parcel("Deutsche Post", "DPAG", "Grossbrief", "", untracked="letter")
LINES = [{"sku": "MUG-BLUE-11", "quantity": 2}]


def go_on(world: World, times: int = 6) -> None:
    for _ in range(times):
        world.confirm()
        world.later(minutes=3)


def posted(world: World, *letters: Parcel) -> Order:
    order = world.at_warehouse(lines=LINES)
    world.ship(order, parcels=letters or [LETTER])
    return order


def test_a_letter_is_closed_by_the_feed_without_a_number_and_read_back(world: World) -> None:
    order = posted(world)

    go_on(world)

    [entry] = world.told()
    assert (entry["tracking"], entry["by"][:4]) == ("", "feed")
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert "trackingNumber" not in world.simulator.order(order.number)["packages"][0]
    world.later(minutes=20)
    world.confirm()
    assert world.confirmation(order).seen_at
    assert not Alert.objects.filter(closed_at=None).exists()


def test_an_order_may_go_in_several_letters(world: World) -> None:
    order = world.at_warehouse(lines=LINES)
    line = order.lines.get()
    one = Parcel("Deutsche Post", "DPAG", "Grossbrief", "", {line.pk: 1}, "letter")
    world.ship(order, parcels=[one, one])

    go_on(world)

    assert len({entry["packageReferenceId"] for entry in world.told()}) == 2
    assert Package.objects.filter(order=order, tracking_number="").count() == 2
    world.later(minutes=20)
    world.confirm()
    assert not Confirmation.objects.filter(seen_at=None).exists()


def test_a_letter_waits_for_no_quota_and_takes_no_parcel_with_it(world: World) -> None:
    letter = posted(world)
    parcel = world.at_warehouse()
    world.ship(parcel)

    told = world.confirm()

    assert (told.confirmed, told.by_feed) == (1, 1)
    assert ConfirmationFeed.objects.get().confirmations.get().package.order == letter


def test_a_letter_of_which_units_were_canceled_is_told_with_the_rest(world: World) -> None:
    order = posted(world)
    world.confirm()
    world.simulator.cancel_units(order.number, {"MUG-BLUE-11": 1})
    go_on(world)
    world.later(minutes=20)

    go_on(world)

    assert [list(entry["items"].values()) for entry in world.told()] == [[1]]
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert Alert.objects.filter(cause="order.packed_canceled", closed_at=None).count() == 1


def test_a_letter_of_a_canceled_order_ends_with_it(world: World) -> None:
    order = posted(world)
    world.confirm()
    world.simulator.cancel(order.number)

    go_on(world)

    assert world.order(order.number).status == OrderStatus.CLOSED
    assert Alert.objects.filter(cause="order.canceled_late", closed_at=None).count() == 1


def test_a_letter_refused_for_its_date_is_a_persons_business_and_no_feed_is_made_for_ever(world: World) -> None:
    order = posted(world)
    world.confirm()
    world.simulator.world.orders[order.number].document["createdTime"] = "2026-11-25T12:00:00Z"
    go_on(world)

    for _ in range(4):
        world.later(hours=1)
        world.confirm()

    assert world.confirmation(order).state == ErrandState.STUCK
    assert "shipDate" in world.confirmation(order).last_error
    assert len(world.simulator.journal("feed")) == 1


def test_the_history_says_that_it_has_no_number(world: World) -> None:
    order = posted(world)

    go_on(world)

    said = Event.objects.filter(subject_id=order.pk, kind__in=["order.shipped", "package.confirmed"])
    assert {event.details["tracking"] for event in said} == {"(no number)"}


def test_of_two_who_ship_a_letter_at_once_one_is_told_to_look_again(world: World) -> None:
    order = world.at_warehouse(lines=LINES)
    line = order.lines.get()
    one = Parcel("Deutsche Post", "DPAG", "Grossbrief", "", {line.pk: 1}, "letter")
    now = world.now
    shipped_packages.store_shipment(order, [one], shipped_at=now, by=world.person, now=now, seen_open=2)

    with pytest.raises(NotShippable, match="shipped in the meantime"):
        shipped_packages.store_shipment(order, [one], shipped_at=now, by=world.person, now=now, seen_open=2)


def test_a_letter_whose_number_is_anothers_by_now_goes_by_a_number_of_its_own(world: World) -> None:
    order = world.at_warehouse(lines=LINES)
    line = order.lines.get()
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", "1Z999AA10123456784", {line.pk: 1})])
    world.simulator.ship_units(order.number, {"MUG-BLUE-11": 1}, reference="1", tracking="1ZTHEIRS000001")
    world.later(minutes=5)
    world.download()
    package = Package.objects.get(order=order)
    letter = Parcel("Deutsche Post", "DPAG", "Grossbrief", "", untracked="letter")
    assert correction.correct(package, letter, by=world.person, now=world.now)

    go_on(world, times=9)
    world.download()
    recall.recall_orders(now=world.now)
    world.confirm()

    there = {each["packageReferenceId"]: each for each in world.simulator.order(order.number)["packages"]}
    assert there["1"]["trackingNumber"] == "1ZTHEIRS000001"
    assert len(there) == 2
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert Event.objects.filter(kind="package.renumbered", subject_id=order.pk).count() == 1


def test_a_letter_amazon_lost_and_whose_number_another_took_is_told_again_beside_it(world: World) -> None:
    order = world.at_warehouse(lines=LINES)
    line = order.lines.get()
    one = Parcel("Deutsche Post", "DPAG", "Grossbrief", "", {line.pk: 1}, "letter")
    world.ship(order, parcels=[one])
    go_on(world)
    reference = world.told()[0]["packageReferenceId"]
    world.simulator.drop_package(order.number, reference)
    world.simulator.ship_units(order.number, {"MUG-BLUE-11": 1}, reference=reference, tracking="1ZTHEIRS000001")

    for _ in range(6):
        world.later(minutes=25)
        world.download()
        world.confirm()

    packages = world.simulator.order(order.number)["packages"]
    assert sorted(each.get("trackingNumber", "") for each in packages) == ["", "1ZTHEIRS000001"]
