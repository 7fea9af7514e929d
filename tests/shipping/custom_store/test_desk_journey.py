"""Orders and tracking between Amazon and a shipping desk, through the doors of both."""

import pytest

from core.alerts.models import Alert
from orders.actions import address_edit
from orders.models import HeldFor, OrderStatus
from shipping.cancellation import order_hold
from shipping.delivery import amendment, recall
from shipping.models import Package, Release, ReportState, ShipmentReport
from shipping.shipments import held_reports
from tests.shipping.custom_store.played_desk import Desk, notice
from tests.world import World

pytestmark = pytest.mark.django_db


def test_an_order_is_fetched_shipped_and_confirmed_at_amazon(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    assert order.status == OrderStatus.NEW  # offered, and nobody fetched it

    fetched = desk.latest()[order.number]
    order.refresh_from_db()
    answer = desk.notify(order.number)
    world.confirm()

    assert fetched.findtext("OrderStatus") == "paid"
    assert fetched.findtext("CustomField1") == world.merchant.name
    assert order.status == OrderStatus.AT_WMS
    assert (answer.status_code, answer.content) == (200, b"Stored.")
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    told = world.told()
    assert [each["tracking"] for each in told] == ["1Z999AA10123456784"]
    assert desk.latest()[order.number].findtext("OrderStatus") == "shipped"


def test_the_same_notice_twice_does_nothing(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    desk.latest()

    first = desk.notify(order.number)
    world.later(minutes=7)
    again = desk.notify(order.number)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == b"It was stored before."
    assert Package.objects.filter(order=order).count() == 1


def test_an_order_in_several_packages_comes_by_several_notices(world: World, desk: Desk) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}, {"sku": "MUG-RED-11", "quantity": 1}])
    desk.latest()
    first, second = order.lines.order_by("pk")

    desk.notify(order.number, notice((first.sku, 1)), tracking_number="1Z999AA10123456784")
    left = desk.latest()[order.number]
    desk.notify(order.number, notice((first.sku, 1)), tracking_number="1Z999AA10123456793")
    status = world.order(order.number).status
    desk.notify(order.number, tracking_number="1Z999AA10123456800")
    world.confirm()

    assert sum(int(each.text or 0) for each in left.iter("Quantity")) == 2
    assert left.findtext("OrderStatus") == "paid"
    assert status == OrderStatus.AT_WMS
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert [each.quantity for each in second.packed.all()] == [1]
    assert len(world.told()) == 3


def test_what_a_desk_packs_otherwise_waits_for_a_person(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    desk.latest()

    answer = desk.notify(order.number, notice(("ANOTHER-SKU", 1)))

    assert answer.status_code == 200
    assert "a person decides" in answer.content.decode()
    assert ShipmentReport.objects.filter(order=order).exists()
    assert not Package.objects.filter(order=order).exists()


def test_a_notice_of_later_today_that_comes_again_does_not_undo_what_was_decided(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    desk.latest()
    wrong = notice(("ANOTHER-SKU", 1), ShipDate=f"{world.now:%m/%d/%Y} 23:59")
    desk.notify(order.number, wrong)
    report = ShipmentReport.objects.get()
    assert held_reports.back_to_warehouse(order, report.pk, by=world.person, now=world.now)

    world.later(minutes=7)
    answer = desk.notify(order.number, wrong)

    report.refresh_from_db()
    assert (answer.status_code, report.state) == (409, ReportState.RETURNED)


def test_a_cancel_after_it_was_fetched_is_said_and_somebody_goes_to_the_desk(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    desk.latest()

    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    recall.recall_orders(now=world.now)

    order.refresh_from_db()
    assert order.is_held_for(HeldFor.CANCELED)
    assert desk.latest()[order.number].findtext("OrderStatus") == "cancelled"
    alert = Alert.objects.get(cause="order.cancel_at_warehouse", closed_at=None)
    assert f"Order {order.number} must not be shipped" in alert.message


def test_what_is_canceled_before_a_desk_fetches_it_never_gets_there(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    recall.recall_orders(now=world.now)

    assert desk.latest() == {}
    assert world.order(order.number).status == OrderStatus.CANCELED


def test_a_hold_is_said_to_the_desk(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    desk.latest()

    order_hold.hold(order, by=world.person, now=world.now)

    assert desk.latest()[order.number].findtext("OrderStatus") == "on_hold"


def test_an_edited_address_comes_with_the_next_page_under_the_same_number(world: World, desk: Desk) -> None:
    order = world.at_warehouse()
    before = desk.latest()[order.number]
    address = order.recipient.unseal().address
    assert address is not None

    wanted = type(address)(**{**{name: getattr(address, name) for name in address.__slots__}, "line1": "9 New Road"})
    amendment.change_address(order, wanted, seen=address_edit.mark_of(address), by=world.person, now=world.now)
    after = desk.latest()[order.number]

    assert after.findtext("Customer/ShipTo/Address1") == "9 New Road"
    assert after.findtext("OrderID") == before.findtext("OrderID")
    release = Release.objects.get(order=order)
    assert (release.is_done, release.replaces) == (True, "")
