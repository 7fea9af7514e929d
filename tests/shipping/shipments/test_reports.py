"""What warehouses report by themselves: shipped as ordered, held where it is not, stored once."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.activity.models import Event
from core.alerts.models import Alert
from orders.models import Order, OrderStatus
from shipping.alerts import MISPACKED
from shipping.carriers.tracking_numbers import ups_number
from shipping.delivery import collection, recall
from shipping.models import (
    Charge,
    ItemAlias,
    KitComponent,
    Package,
    PackageLine,
    Recall,
    ReportState,
    Shipment,
    ShipmentReport,
    Warehouse,
)
from shipping.shipments import held_reports, reports
from shipping.shipments.reports import ReportAnswer
from shipping.shipments.shipped_packages import NotShippable
from shipping.warehouses.base import ReportedCharge, ReportedLine, ReportedPackage, ReportedShipment
from tests.world import World

NUMBER, OTHER = "1Z999AA10123456784", "1Z999AA10123456793"
MUGS = {"lines": [{"sku": "MUG-BLUE-11", "quantity": 2}, {"sku": "TEAPOT-BLUE"}]}


@pytest.fixture
def warehouse(world: World) -> Warehouse:
    """The world's warehouse fetches its orders, and reports what it shipped."""
    Warehouse.objects.update(kind="api")
    return Warehouse.objects.get()


def there(world: World, warehouse: Warehouse, *, acknowledged: bool = True, **wish: Any) -> Order:
    number = world.order_placed(**{**MUGS, **wish})
    world.download()
    world.deliver()
    order = world.order(number)
    collection.claim(warehouse, now=world.now)
    if acknowledged:
        collection.acknowledge(warehouse, {order.pk: "W-1"}, now=world.now)
    world.later(hours=1)
    return world.order(number)


def package(*lines: tuple[str, int], number: str = NUMBER, **fields: Any) -> ReportedPackage:
    said = [ReportedLine(units, product_code=sku) for sku, units in lines] if lines else None
    return ReportedPackage("UPS", "Ground", number, scac="UPSN", lines=said, **fields)


def reported(world: World, order: Order, *packages: ReportedPackage, **fields: Any) -> ReportedShipment:
    said = {"reference": "S-1", "shipped_at": world.now, **fields}
    return ReportedShipment(order.number, packages=packages or (package(),), **said)


def take(world: World, warehouse: Warehouse, order: Order, said: ReportedShipment) -> reports.Taken:
    return reports.take(warehouse, order.pk, said, now=world.now)


def packed(order: Order) -> dict[str, int]:
    found = PackageLine.objects.filter(package__order=order).values_list("line__sku", "quantity")
    return dict(found)


@pytest.mark.parametrize("acknowledged", [True, False])
def test_a_shipment_as_ordered_is_shipped_and_told_to_the_cart(
    world: World, warehouse: Warehouse, acknowledged: bool
) -> None:
    order = there(world, warehouse, acknowledged=acknowledged)
    charge = ReportedCharge("Packing", Decimal("1.50"), "")
    said = reported(world, order, package(("mug-blue-11 ", 2), ("TEAPOT-BLUE", 1)), charges=[charge])

    assert take(world, warehouse, order, said).answer is ReportAnswer.STORED
    assert take(world, warehouse, order, said).answer is ReportAnswer.AGAIN
    world.confirm()

    assert world.order(order.number).status == OrderStatus.CONFIRMED
    assert packed(order) == {"MUG-BLUE-11": 2, "TEAPOT-BLUE": 1}
    assert Charge.objects.get().currency == order.currency
    assert Shipment.objects.count() == 1


def test_parts_come_one_by_one_and_each_package_once(world: World, warehouse: Warehouse) -> None:
    order = there(world, warehouse)
    first, second = package(("MUG-BLUE-11", 2)), package(("TEAPOT-BLUE", 1), number=OTHER)

    assert take(world, warehouse, order, reported(world, order, first)).answer is ReportAnswer.STORED
    assert world.order(order.number).status == OrderStatus.AT_WMS
    both = reported(world, order, first, second, reference="S-2")
    assert take(world, warehouse, order, both).answer is ReportAnswer.STORED

    assert world.order(order.number).status == OrderStatus.SHIPPED
    assert Package.objects.count() == 2


def test_another_content_under_the_same_reference_is_refused(world: World, warehouse: Warehouse) -> None:
    order = there(world, warehouse)
    said = reported(world, order, package(("MUG-BLUE-11", 1)))
    take(world, warehouse, order, said)

    other = replace(said, packages=[package(("MUG-BLUE-11", 2))])
    assert take(world, warehouse, order, other).answer is ReportAnswer.OTHER_CONTENT
    assert packed(order) == {"MUG-BLUE-11": 1}


def test_what_can_be_no_tracking_is_refused_with_its_field_and_nothing_is_stored(
    world: World, warehouse: Warehouse
) -> None:
    order = there(world, warehouse)

    taken = take(world, warehouse, order, reported(world, order, package(number="")))

    assert taken.answer is ReportAnswer.REFUSED
    assert [(each.field, each.parcel) for each in taken.problems] == [("tracking_number", 0)]
    assert not ShipmentReport.objects.exists()
    assert take(world, warehouse, order, reported(world, order)).answer is ReportAnswer.STORED


def test_a_foreign_order_is_not_there(world: World, warehouse: Warehouse) -> None:
    order = there(world, warehouse)
    other = Warehouse.objects.create(organization=world.organization, name="Other", kind="api")

    assert reports.take(other, order.pk, reported(world, order), now=world.now).answer is ReportAnswer.NOT_THERE


MISPACKED_SO = {
    "another product": ([package(("MUG-BLUE-11", 2), ("TEAPOT-RED", 1))], {"MUG-BLUE-11": 2, "TEAPOT-BLUE": 1}),
    "too many": ([package(("MUG-BLUE-11", 3), ("TEAPOT-BLUE", 1))], {"MUG-BLUE-11": 2, "TEAPOT-BLUE": 1}),
    "too many in two": (
        [package(("MUG-BLUE-11", 2)), package(("MUG-BLUE-11", 1), ("TEAPOT-BLUE", 1), number=OTHER)],
        {"MUG-BLUE-11": 2, "TEAPOT-BLUE": 1},
    ),
    "all of it another": ([package(("KETTLE", 3))], {"MUG-BLUE-11": 2, "TEAPOT-BLUE": 1}),
}


@pytest.mark.parametrize("how", MISPACKED_SO)
def test_what_was_packed_otherwise_is_held_and_shipped_as_packed(world: World, warehouse: Warehouse, how: str) -> None:
    order = there(world, warehouse)
    packages, told = MISPACKED_SO[how]

    taken = take(world, warehouse, order, reported(world, order, *packages))

    assert taken.answer is ReportAnswer.HELD
    assert not Package.objects.exists()
    assert taken.why in Alert.objects.get(cause=MISPACKED, closed_at=None).message
    [held] = held_reports.held(order)
    assert held_reports.ship_as_packed(order, held.pk, by=world.person, now=world.now)
    assert not held_reports.ship_as_packed(order, held.pk, by=world.person, now=world.now)
    assert world.order(order.number).status == OrderStatus.SHIPPED
    total = {
        sku: sum(q for s, q in PackageLine.objects.values_list("line__sku", "quantity") if s == sku) for sku in told
    }
    assert total == told
    assert not Alert.objects.filter(cause=MISPACKED, closed_at=None).exists()


def test_what_is_packed_again_may_be_reported_again(world: World, warehouse: Warehouse) -> None:
    order = there(world, warehouse)
    wrong = reported(world, order, package(("TEAPOT-RED", 1)))
    take(world, warehouse, order, wrong)
    [held] = held_reports.held(order)

    assert held_reports.back_to_warehouse(order, held.pk, by=world.person, now=world.now)

    assert take(world, warehouse, order, wrong).answer is ReportAnswer.RETURNED
    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert take(world, warehouse, order, reported(world, order)).answer is ReportAnswer.STORED
    assert world.order(order.number).status == OrderStatus.SHIPPED


def test_units_missing_from_the_last_package_are_a_mismatch(world: World, warehouse: Warehouse) -> None:
    order = there(world, warehouse)

    taken = take(world, warehouse, order, reported(world, order, package(("MUG-BLUE-11", 2)), is_last=True))

    assert taken.answer is ReportAnswer.HELD
    assert taken.why == "1 unit of TEAPOT-BLUE was not packed, though nothing more will come."
    [held] = held_reports.held(order)
    assert held_reports.ship_as_packed(order, held.pk, by=world.person, now=world.now)
    assert packed(order) == {"MUG-BLUE-11": 2}


def test_a_second_parcel_for_what_is_shipped_is_held(world: World, warehouse: Warehouse) -> None:
    order = there(world, warehouse)
    take(world, warehouse, order, reported(world, order))

    taken = take(world, warehouse, order, reported(world, order, package(number=OTHER), reference="S-2"))

    assert taken.answer is ReportAnswer.HELD
    [held] = held_reports.held(order)
    with pytest.raises(NotShippable):
        held_reports.ship_as_packed(order, held.pk, by=world.person, now=world.now)
    assert held_reports.back_to_warehouse(order, held.pk, by=world.person, now=world.now)


def test_what_was_to_come_back_and_is_shipped_is_kept_and_answers_the_cancel(
    world: World, warehouse: Warehouse
) -> None:
    order = there(world, warehouse)
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()
    recall.recall_orders(now=world.now)

    assert take(world, warehouse, order, reported(world, order)).answer is ReportAnswer.HELD
    assert Recall.objects.get().is_stuck
    assert ShipmentReport.objects.get().state == ReportState.HELD
    assert Event.objects.filter(kind="order.not_recalled").count() == 1


def test_a_line_that_is_another_product_is_a_mismatch(world: World, warehouse: Warehouse) -> None:
    order = there(world, warehouse)
    mug = order.lines.get(sku="MUG-BLUE-11")
    lines = [ReportedLine(2, reference=mug.reference, product_code="MUG-RED-11")]

    said = reported(world, order, replace(package(), lines=lines))
    assert take(world, warehouse, order, said).why == "2 units of MUG-RED-11 were packed in place of MUG-BLUE-11."


def test_components_of_a_kit_and_an_alias_are_what_was_ordered(world: World, warehouse: Warehouse) -> None:
    owner = {"organization": world.organization, "merchant": world.merchant, "made_at": world.now}
    for sku, quantity in {"CUP": 2, "SAUCER": 1}.items():
        KitComponent.objects.create(**owner, kit="MUG-BLUE-11", sku=sku, quantity=quantity)
    ItemAlias.objects.create(**owner, name="TEAPOT-BLUE", sku="POT-1")
    order = there(world, warehouse)
    mug = order.lines.get(sku="MUG-BLUE-11")
    saucers = ReportedLine(2, reference=f"{mug.reference}.2", product_code="SAUCER")
    lines = [ReportedLine(4, product_code="cup"), saucers, ReportedLine(1, product_code="POT-1")]

    odd = reported(world, order, replace(package(), lines=lines[:1]), reference="S-0")
    assert take(world, warehouse, order, odd).why == "4 units of CUP were packed without the rest of kit MUG-BLUE-11."
    whole = reported(world, order, replace(package(), lines=lines))
    assert take(world, warehouse, order, whole).answer is ReportAnswer.STORED
    assert packed(order) == {"MUG-BLUE-11": 2, "TEAPOT-BLUE": 1}


@pytest.mark.parametrize(("button", "status"), [("Ship as packed", "shipped"), ("Back to the warehouse", "at_wms")])
def test_the_orders_page_asks_what_becomes_of_it_once(
    world: World, warehouse: Warehouse, client: Client, button: str, status: str
) -> None:
    order = there(world, warehouse)
    take(world, warehouse, order, reported(world, order, package(("TEAPOT-RED", 3))))
    client.force_login(world.person)
    page = client.get(order.get_absolute_url()).content.decode()
    assert "3 units of TEAPOT-RED were packed, which was not ordered." in page
    assert button in page
    assert "Ship and Close" not in page
    listed = client.get(reverse("orders:orders"), {"tab": "attention"})
    assert [row.number for row in listed.context["listing"].rows] == [order.number]
    searched = client.get(reverse("orders:orders"), {"tab": "attention", "q": order.number})
    assert [row.number for row in searched.context["listing"].rows] == [order.number]
    closing = client.get(reverse("shipping:close"), {"order": order.pk}, follow=True).content.decode()
    assert "waits for an answer about what the warehouse packed" in closing

    report = str(ShipmentReport.objects.get().pk)
    name = "ship_as_packed" if status == "shipped" else "pack_again"
    answers = [
        client.post(reverse(f"orders:{name}", args=[order.pk]), {"report": report}, follow=True) for _ in range(2)
    ]

    assert world.order(order.number).status == status
    assert "Somebody has already decided that." in answers[1].content.decode()
    assert button not in client.get(order.get_absolute_url()).content.decode()
    listed = client.get(reverse("orders:orders"), {"tab": "attention"})
    assert not listed.context["listing"].rows


def test_many_packages_take_as_many_statements_as_one(world: World, warehouse: Warehouse) -> None:
    def statements(count: int) -> int:
        order = there(world, warehouse, lines=[{"sku": "MUG-BLUE-11", "quantity": count}])
        numbers = [ups_number("999AA1", 10 * count + place) for place in range(count)]
        packages = [package(("MUG-BLUE-11", 1), number=number) for number in numbers]
        with CaptureQueriesContext(connection) as seen:
            assert take(world, warehouse, order, reported(world, order, *packages)).answer is ReportAnswer.STORED
        assert sorted(order.packages.values_list("number", "tracking_number")) == list(enumerate(numbers, start=1))
        return len(seen)

    assert statements(1) <= statements(4) == statements(8)
