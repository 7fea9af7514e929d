"""What was packed and is canceled at Amazon before it was told: what is still open there is told, a person is told the
rest."""

from typing import Any

import pytest

from carts.models import Bucket
from core.activity.models import Event
from core.alerts.models import Alert
from core.common.errands import ErrandState
from orders.models import Order, OrderStatus
from shipping.models import Confirmation, Package, PackageLine
from shipping.shipments import correction
from shipping.shipments.shipped_packages import Parcel
from tests.world import World

BLUE, RED = "MUG-BLUE-11", "TEAPOT-BLUE"
BOTH = [{"sku": BLUE, "quantity": 1}, {"sku": RED, "quantity": 1}]
NUMBER = "1Z999AA10123456784"


def packed(world: World, lines: list[dict[str, Any]] | None = None, *parcels: Parcel) -> Order:
    order = world.at_warehouse(lines=lines or BOTH)
    world.ship(order, parcels=parcels or [Parcel("UPS", "UPSN", "Ground", NUMBER)])
    return order


def told_units(world: World, order: Order) -> list[dict[str, int]]:
    """What Amazon was told, package by package, by SKU."""
    skus = dict(order.lines.values_list("reference", "sku"))
    mine = [entry for entry in world.told() if entry["order_id"] == order.number]
    return [{skus[reference]: units for reference, units in entry["items"].items()} for entry in mine]


def alerts(cause: str) -> list[str]:
    return list(Alert.objects.filter(cause=cause, closed_at=None).values_list("message", flat=True))


@pytest.mark.parametrize("downloaded", [False, True])
def test_a_line_canceled_before_it_was_told_does_not_keep_the_others_back(world: World, downloaded: bool) -> None:
    order = packed(world)
    world.simulator.cancel_units(order.number, {RED: 1})
    if downloaded:
        world.later(minutes=5)
        world.download()

    world.confirm()

    assert told_units(world, order) == [{BLUE: 1}]
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert not alerts("order.not_confirmed")
    [said] = alerts("order.packed_canceled")
    assert f"1 × {RED} (package 1) packed, but canceled on Amazon.com" in said
    assert "take it out and correct the package" in said
    assert world.confirmation(order).seen_at  # as it was told, not as it was packed
    assert Event.objects.filter(kind="package.cut", subject_id=order.pk).count() == 1


def test_units_of_a_line_cut_are_left_out_and_the_rest_is_told(world: World) -> None:
    order = packed(world, [{"sku": BLUE, "quantity": 3}])
    world.simulator.cancel_units(order.number, {BLUE: 1})

    world.confirm()

    assert told_units(world, order) == [{BLUE: 2}]
    assert PackageLine.objects.get().quantity == 3  # it is in the parcel all the same
    assert f"1 × {BLUE}" in alerts("order.packed_canceled")[0]
    world.later(minutes=30)
    world.download()
    world.confirm()
    assert told_units(world, order) == [{BLUE: 2}]


def test_all_lines_canceled_one_by_one_end_as_a_canceled_order(world: World) -> None:
    order = packed(world)
    world.simulator.cancel_units(order.number, {BLUE: 1, RED: 1})

    world.confirm()

    assert told_units(world, order) == []
    assert world.order(order.number).status == OrderStatus.CLOSED
    assert len(alerts("order.canceled_late")) == 1


def test_a_package_of_canceled_lines_alone_is_not_told_and_the_order_is_confirmed_with_the_others(world: World) -> None:
    order = world.at_warehouse(lines=BOTH)
    blue, red = order.lines.get(sku=BLUE), order.lines.get(sku=RED)
    world.ship(
        order,
        parcels=[
            Parcel("UPS", "UPSN", "Ground", NUMBER, {blue.pk: 1}),
            Parcel("UPS", "UPSN", "Ground", "1Z2", {red.pk: 1}),
        ],
    )
    world.simulator.cancel_units(order.number, {RED: 1})

    world.confirm()

    assert told_units(world, order) == [{BLUE: 1}]
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert f"1 × {RED} (package 2)" in alerts("order.packed_canceled")[0] or alerts("order.canceled_late")
    assert not Confirmation.objects.unfinished().exists()


def test_what_somebody_else_shipped_meanwhile_is_left_out_and_asked_about(world: World) -> None:
    order = packed(world)
    document = world.simulator.world.orders[order.number]
    line = order.lines.get(sku=RED)
    document.document["packages"] = [
        {
            "packageReferenceId": "77",
            "createdTime": "2026-11-20T12:00:00Z",
            "packageStatus": {"status": "SHIPPED"},
            "carrier": "UPS",
            "trackingNumber": "1ZOTHER",
            "packageItems": [{"orderItemId": line.reference, "quantity": 1}],
        }
    ]
    for item in document.document["orderItems"]:
        if item["orderItemId"] == line.reference:
            item["fulfillment"] = {"quantityFulfilled": 1, "quantityUnfulfilled": 0}
    document.document["fulfillment"]["fulfillmentStatus"] = "PARTIALLY_SHIPPED"
    document.rendered.clear()

    world.confirm()

    assert told_units(world, order) == [{BLUE: 1}]
    [said] = alerts("order.shipped_elsewhere")
    assert f"1 × {RED} shipped another way. Check whether it was shipped twice." in said
    assert not alerts("order.packed_canceled")


def test_taking_the_canceled_line_out_of_the_parcel_ends_the_alert(world: World) -> None:
    order = packed(world)
    world.simulator.cancel_units(order.number, {RED: 1})
    world.confirm()
    world.later(minutes=5)
    world.download()
    blue = order.lines.get(sku=BLUE)

    package = Package.objects.get(order=order)
    correction.correct(package, Parcel("UPS", "UPSN", "Ground", NUMBER, {blue.pk: 1}), by=world.person, now=world.now)
    world.confirm()

    assert not alerts("order.packed_canceled")
    assert told_units(world, order)[-1] == {BLUE: 1}
    assert world.order(order.number).status == OrderStatus.CONFIRMED


def test_in_a_feed_the_others_are_told_and_the_cut_one_is_looked_into(world: World) -> None:
    orders = [packed(world) for _ in range(11)]
    assert world.cart.grant_id
    full = {"rate": 0.000_001, "burst": 10, "tokens": 0, "filled_at": world.now}
    Bucket.objects.update_or_create(grant_id=world.cart.grant_id, operation="confirmShipment", defaults=full)
    cut = orders[-1]
    Confirmation.objects.update(due_by=world.now)
    world.confirm()
    world.simulator.cancel_units(cut.number, {RED: 1})
    for _ in range(4):
        world.later(minutes=3)
        world.confirm()
    assert not alerts("order.not_confirmed")
    Bucket.objects.filter(operation="confirmShipment").update(tokens=10, rate=2.0, filled_at=world.now)
    Confirmation.objects.filter(state=ErrandState.DUE).update(due_at=world.now)

    world.confirm()

    assert told_units(world, cut) == [{BLUE: 1}]
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.CONFIRMED}
    assert len(alerts("order.packed_canceled")) == 1
