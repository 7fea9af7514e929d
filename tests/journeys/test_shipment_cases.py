"""Cases from the field, smallest inputs: others ship the same order, Amazon says otherwise, numbers in any spelling."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from core.alerts.models import Alert
from orders.models import Order, OrderStatus
from shipping.models import Package, PackageLine
from shipping.shipments.shipped_packages import Parcel
from tests.journeys.staff import CLOSE, filled_in, shown, staff, workers
from tests.world import SELLER, US, World

__all__ = ["staff"]  # a fixture
BLUE, RED = "MUG-BLUE", "MUG-RED"
THEIRS, OURS = "1Z5R89390357567127", "1Z999AA10123456784"
POST = "9205590141079401000009"


def of_two_lines(world: World) -> Order:
    return world.at_warehouse(lines=[{"sku": BLUE}, {"sku": RED}])


def packed(world: World, order: Order, sku: str, units: int = 1, tracking: str = OURS) -> None:
    line = order.lines.get(sku=sku)
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", tracking, {line.pk: units})])


def numbers_there(world: World, order: Order) -> set[str]:
    return {each.get("trackingNumber", "") for each in world.simulator.order(order.number)["packages"]}


def alerts() -> str:
    return "\n".join(Alert.objects.filter(closed_at=None).values_list("message", flat=True))


def closed(client: Client, world: World, orders: list[Order], **said: Any) -> Any:
    return client.post(CLOSE, filled_in(world, orders) | said)


# -- Ours is not all of the order ------------------------------------------------------------------------------------
def test_case_1_the_sellers_package_1_keeps_its_tracking_when_ours_is_told(world: World) -> None:
    order = of_two_lines(world)
    world.simulator.ship_units(order.number, {BLUE: 1}, reference="1", tracking=THEIRS)
    packed(world, order, RED)

    world.confirm()

    assert numbers_there(world, order) == {THEIRS, OURS}
    world.later(minutes=5)
    world.download()
    world.confirm()
    stands = world.order(order.number)
    assert (stands.status, stands.state_there) == (OrderStatus.CONFIRMED, "shipped")


def test_case_2_what_the_seller_shipped_of_three_is_not_offered_again(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": BLUE, "quantity": 3}])
    world.simulator.ship_units(order.number, {BLUE: 1}, reference="77", tracking=THEIRS)
    world.later(minutes=5)
    world.download()
    packed(world, order, BLUE)

    world.ship(world.order(order.number), tracking="1Z12345E")  # whatever is still open

    assert sum(PackageLine.objects.filter(package__order=order).values_list("quantity", flat=True)) == 2


def test_case_3_what_the_seller_shipped_whole_is_pulled_from_packing(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    world.simulator.ship(order.number)

    workers(world)

    assert world.order(order.number).status == OrderStatus.CLOSED
    assert "not from here: pull it from packing" in alerts()
    assert "pull it from packing" in shown(staff, order)


def test_case_4_what_the_seller_shipped_of_it_is_taken_off_the_bench(world: World, staff: Client) -> None:
    order = world.at_warehouse(lines=[{"sku": BLUE, "quantity": 2}])
    world.simulator.ship_units(order.number, {BLUE: 1}, tracking=THEIRS)

    workers(world)

    assert "1 × MUG-BLUE shipped on Amazon.com, not from here" in alerts()
    assert f"Still to be shipped from here: 1 × {BLUE}." in shown(staff, order)


def test_case_5_what_is_left_of_a_package_is_told_though_a_line_was_canceled(world: World) -> None:
    order = of_two_lines(world)
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", OURS)])
    world.simulator.cancel_units(order.number, {RED: 1})

    world.confirm()

    assert [list(entry["items"].values()) for entry in world.told()] == [[1]]
    assert numbers_there(world, order) == {OURS}
    assert f"1 × {RED}" in alerts()


# -- What is checked is what is sent ---------------------------------------------------------------------------------
def test_case_9_purolator_is_told_by_its_own_code(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    closed(staff, world, [order], carrier="Purolator", scac="PRLA", **{f"tracking_{order.pk}": "332745600123"})

    world.confirm()

    assert [entry["carrier_code"] for entry in world.told()] == ["PUROLATOR"]


def test_case_10_a_pasted_postal_number_is_told_without_blanks_and_seen_when_used_again(
    world: World, staff: Client
) -> None:
    order, other = world.at_warehouse(), world.at_warehouse()
    usps = {"carrier": "USPS", "scac": "USPS", "service": "Ground Advantage"}
    closed(staff, world, [order], **usps, **{f"tracking_{order.pk}": "9205 5901 4107 9401 0000 09"})
    world.confirm()

    again = closed(staff, world, [other], **usps, **{f"tracking_{other.pk}": POST})

    assert [entry["tracking"] for entry in world.told()] == [POST]
    assert f"Order {order.number} was shipped with this tracking number" in again.content.decode()


def test_case_16_one_box_for_two_orders_is_asked_about_and_can_be(world: World, staff: Client) -> None:
    orders = [world.at_warehouse(), world.at_warehouse()]
    box = {f"tracking_{order.pk}": OURS for order in orders}

    page = closed(staff, world, orders, **box)
    assert page.context["dialog"].errors == {}
    closed(staff, world, orders, **box, anyway=page.context["dialog"].warned)

    assert Package.objects.filter(tracking_number=OURS).count() == 2


def test_case_20_a_ship_date_before_the_purchase_is_seen_in_the_warehouses_zone_and_can_be_corrected(
    world: World, staff: Client
) -> None:
    world.organization.time_zone = "Asia/Tokyo"
    world.organization.save()
    world.later(hours=36)
    placed = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # in Tokyo the next day
    number = world.simulator.place_order(SELLER, US, created_at=placed)
    world.download()
    world.deliver()
    order = world.order(number)

    page = closed(staff, world, [order], shipped_on="2026-11-20")

    assert "The ship date is before the purchase." in page.content.decode()
    closed(staff, world, [order], shipped_on="2026-11-21")
    correct = reverse("shipping:correct", args=[Package.objects.get(order=order).pk])
    assert 'name="shipped_on"' in staff.get(correct).content.decode()


def test_case_22_a_carrier_without_scac_needs_none(world: World, staff: Client) -> None:
    order = world.at_warehouse()

    closed(staff, world, [order], carrier="Correos", scac="", **{f"tracking_{order.pk}": "PQ4F6P0712345670104100A"})
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED


# -- At the warehouse Amazon is heard --------------------------------------------------------------------------------
def test_case_12_what_is_pending_again_is_held_with_an_alert_and_not_shipped(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    world.simulator.set_status(order.number, "PENDING")
    world.later(minutes=5)
    world.download()

    assert world.order(order.number).status == OrderStatus.HELD
    assert order.number in alerts()
    closed(staff, world, [order])
    assert not Package.objects.filter(order=order).exists()


def test_case_14_a_letter_without_tracking_is_closed(world: World, staff: Client) -> None:
    order = world.at_warehouse()
    letter = {f"tracking_{order.pk}": "", f"untracked_{order.pk}": "letter"}
    page = closed(staff, world, [order], **letter)
    if page.status_code == 200:
        closed(staff, world, [order], **letter, anyway=page.context["dialog"].warned)

    workers(world, times=8)

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert numbers_there(world, order) == {""}


def test_case_15_a_wish_for_one_of_two_lines_withdraws_just_that_one(world: World, staff: Client) -> None:
    order = of_two_lines(world)
    world.simulator.request_cancel(order.number, skus=[RED])
    world.later(minutes=5)
    world.download()
    assert "The buyer asked to cancel 1 × MUG-RED" in shown(staff, order)
    world.simulator.cancel_units(order.number, {RED: 1})
    workers(world)

    world.ship(world.order(order.number), tracking="1Z12345E")
    world.confirm()

    assert [list(entry["items"].values()) for entry in world.told()] == [[1]]
    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_case_21_what_has_nothing_to_ship_is_not_left_at_the_warehouse(world: World) -> None:
    order = world.at_warehouse()
    document = world.simulator.world.orders[order.number].document
    for item in document["orderItems"]:
        item["quantityOrdered"] = 0
        item["fulfillment"] = {"quantityFulfilled": 0, "quantityUnfulfilled": 0}
    world.simulator.set_status(order.number, "UNSHIPPED")

    workers(world)

    assert world.order(order.number).status == OrderStatus.CLOSED
