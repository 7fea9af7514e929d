"""A warehouse of files, through its pages: orders out, shipments and stock in, told at the simulated Amazon."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.alerts.models import Alert
from core.files.models import KeptFile, KeptRows
from inventory.models import StockLevel
from orders.actions import address_edit
from orders.models import Order, OrderStatus
from shipping.alerts import SHIPMENTS_KEPT
from shipping.cancellation import order_hold
from shipping.delivery import amendment, answers, releases
from shipping.models import Package, Release, ReportState, ShipmentReport, Warehouse
from shipping.shipments import held_reports
from shipping.warehouse_files import orders_out
from tests.world import World

pytestmark = pytest.mark.django_db
TRACKING = ("1Z999AA10123456784", "1Z999AA10123456793", "1Z999AA10123456800")


@pytest.fixture
def boxes(world: World) -> Warehouse:
    """The world's warehouse gets and sends files."""
    Warehouse.objects.update(kind="csv")
    found: Warehouse = Warehouse.objects.get()
    return found


@pytest.fixture
def owner(world: World, boxes: Warehouse, client: Client) -> Client:
    client.force_login(world.person)
    return client


def written(client: Client, boxes: Warehouse) -> list[dict[str, str]]:
    """Write a file of orders, and read it as the warehouse does."""
    client.post(reverse("shipping:write_order_file", args=[boxes.pk]))
    file = KeptFile.objects.filter(is_ours=True).latest("pk")
    text = client.get(reverse("shipping:order_file", args=[boxes.pk, file.pk])).content.decode()
    return list(csv.DictReader(io.StringIO(text)))


def bring(client: Client, boxes: Warehouse, text: str, name: str = "shipped.csv") -> Any:
    """Send a file of shipments, and take it where its columns are asked for."""
    address = reverse("shipping:bring_shipments", args=[boxes.pk])
    page = client.post(address, {"file": SimpleUploadedFile(name, text.encode())}, follow=True)
    if "form" not in page.context or "orders" not in page.context:
        return page
    form = page.context["form"]
    stands = {name: form[name].value() or "" for name in form.fields}
    return client.post(page.request["PATH_INFO"], {**stands, "do": "take"}, follow=True)


def test_orders_go_out_as_a_file_and_what_was_shipped_comes_back_to_amazon(
    world: World, owner: Client, boxes: Warehouse
) -> None:
    first = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}, {"sku": "MUG-RED-11", "quantity": 1}])
    second = world.at_warehouse()
    assert first.status == OrderStatus.NEW  # offered, and in no file yet

    rows = written(owner, boxes)
    assert [row["order_number"] for row in rows] == [first.number, first.number, second.number]
    assert [(row["sku"], row["units"]) for row in rows[:2]] == [("MUG-BLUE-11", "2"), ("MUG-RED-11", "1")]
    assert rows[0]["merchant"] == world.merchant.name
    assert rows[0]["country"] == "US"
    assert world.order(first.number).status == OrderStatus.AT_WMS
    assert Release.objects.get(order=first).reference == KeptFile.objects.get().name
    owner.post(reverse("shipping:write_order_file", args=[boxes.pk]))
    assert KeptFile.objects.count() == 1  # nothing waits: there is no second file

    shipped = (
        "Order number;Tracking number;Carrier;Service;SKU;Units\n"
        f"{first.number};{TRACKING[0]};UPS;Ground;MUG-BLUE-11;2\n"
        f"{first.number};{TRACKING[1]};UPS;Ground;MUG-RED-11;1\n"
        f"{second.number};{TRACKING[2]};UPS;Ground;;\n"
    )
    page = bring(owner, boxes, shipped)
    assert "3 packages were taken." in page.content.decode()
    world.confirm()

    assert sorted(each["tracking"] for each in world.told()) == sorted(TRACKING)
    assert {order.status for order in Order.objects.all()} == {OrderStatus.CONFIRMED}
    bring(owner, boxes, shipped, name="again.csv")
    bring(owner, boxes, shipped + "\n")  # other bytes, the same packages
    assert Package.objects.count() == 3


def test_rows_that_cannot_be_taken_are_named_and_kept_and_what_is_not_as_ordered_waits_for_a_person(
    world: World, owner: Client, boxes: Warehouse
) -> None:
    good, wrong = world.at_warehouse(), world.at_warehouse()
    written(owner, boxes)

    page = bring(
        owner,
        boxes,
        "Order number,Tracking number,Carrier,SKU,Units\n"
        f"{good.number},{TRACKING[0]},UPS,ANOTHER-SKU,1\n"
        f"{wrong.number},,UPS,,\n"
        f"113-0000000-0000000,{TRACKING[1]},UPS,,\n",
    )

    assert page.context["counts"]["held_numbers"] == [good.number]
    why = {rows.key: rows.why for rows in KeptRows.objects.all()}
    assert "has no tracking number" in why[wrong.number]
    assert why["113-0000000-0000000"] == "No order of this number was handed to this warehouse."
    assert Alert.objects.filter(cause=SHIPMENTS_KEPT, closed_at=None).exists()

    bring(owner, boxes, f"Order number,Tracking number,Carrier,SKU,Units\n{wrong.number},{TRACKING[2]},UPS,,\n")
    assert Package.objects.get(order=wrong).tracking_number == TRACKING[2]
    left = KeptRows.objects.get(settled_at=None)
    file = left.file
    kept = owner.get(reverse("shipping:kept_shipments", args=[boxes.pk, file.pk])).content.decode("utf-8-sig")
    assert kept.splitlines()[1].startswith(f"113-0000000-0000000,{TRACKING[1]},UPS,,,No order")
    owner.post(reverse("shipping:set_aside_shipments", args=[boxes.pk, file.pk]), {"rows": left.pk})
    assert not Alert.objects.filter(cause=SHIPMENTS_KEPT, closed_at=None).exists()


def test_a_file_may_say_when_each_package_was_shipped(world: World, owner: Client, boxes: Warehouse) -> None:
    told, unclear = world.at_warehouse(), world.at_warehouse()
    written(owner, boxes)
    world.later(days=3)
    zone = world.organization.zone
    day = (world.now.astimezone(zone) - timedelta(days=1)).date()
    heads = "Order number,Tracking number,Carrier,Date shipped\n"

    bring(
        owner,
        boxes,
        f"{heads}{told.number},{TRACKING[0]},UPS,{day:%Y-%m-%d}\n{unclear.number},{TRACKING[1]},UPS,4/5/2027\n",
    )

    assert Package.objects.get().shipped_at == datetime.combine(day, time(12), zone)
    assert "The ship date may be read in two ways" in KeptRows.objects.get().why


def test_a_row_of_today_that_comes_again_is_the_same_report_and_what_was_decided_of_it_holds(
    world: World, owner: Client, boxes: Warehouse
) -> None:
    order = world.at_warehouse()
    written(owner, boxes)
    day = world.now.astimezone(world.organization.zone).date()
    heads = "Order number,Tracking number,Carrier,SKU,Units,Date shipped\n"
    shipped = f"{heads}{order.number},{TRACKING[0]},UPS,ANOTHER-SKU,1,{day:%Y-%m-%d}\n"
    bring(owner, boxes, shipped)
    report = ShipmentReport.objects.get()
    assert held_reports.back_to_warehouse(order, report.pk, by=world.person, now=world.now)

    world.later(minutes=5)
    bring(owner, boxes, shipped + "\n")

    assert ShipmentReport.objects.get().state == ReportState.RETURNED
    assert "packed anew" in KeptRows.objects.get().why


def test_a_cancel_and_a_change_are_answered_by_a_person_and_a_changed_order_comes_anew(
    world: World, owner: Client, boxes: Warehouse
) -> None:
    canceled, edited = world.at_warehouse(), world.at_warehouse()
    written(owner, boxes)
    address, _ = edited.recipient.open()
    assert address is not None
    new, seen = replace(address, line1="9 New Street"), address_edit.mark_of(address)
    amendment.change_address(world.order(edited.number), new, seen=seen, by=world.person, now=world.now)
    order_hold.hold(world.order(canceled.number), by=world.person, now=world.now)
    releases.release_orders(now=world.now)

    page = owner.get(reverse("shipping:warehouse_files", args=[boxes.pk])).content.decode()
    assert "Ask the warehouse" in page
    (change,) = answers.change_requests(boxes)
    answer = reverse("shipping:answer_for_files", args=[boxes.pk])
    said = {"about": "change", "order": edited.pk, "number": change.number_there, "answer": "stopped"}
    owner.post(answer, said)
    owner.post(answer, {"order": canceled.pk, "answer": "stopped"})

    (again,) = written(owner, boxes)
    assert again["order_number"] == change.number_there != edited.number
    assert again["address1"] == "9 New Street"


def test_a_file_whose_writer_died_is_handed_over_before_another_is_written(
    world: World, owner: Client, boxes: Warehouse
) -> None:
    order = world.at_warehouse()
    file = orders_out.write(boxes, now=world.now)
    assert file is not None  # and its writer died here
    world.later(hours=3)
    other = world.at_warehouse()

    rows = written(owner, boxes)

    assert [row["order_number"] for row in rows] == [other.number]
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_a_file_of_stock_becomes_levels_once(world: World, owner: Client, boxes: Warehouse) -> None:
    address = reverse("inventory:stock_files", args=[boxes.pk])

    def send(text: str) -> str:
        file = SimpleUploadedFile("stock.csv", text.encode())
        answer = owner.post(address, {"file": file, "merchant": world.merchant.pk}, follow=True)
        return str(answer.content.decode())

    world.organization.time_zone = "America/Denver"
    world.organization.save()
    first = "SKU,Available,Observed at\nMUG-BLUE-11,12,\nMUG-RED-11,many,\n,3,\nLID,4,2020-01-01T00:00:00\nLID,5,\n"
    page = send(first)

    assert "2 SKUs were taken." in page
    levels = dict(StockLevel.objects.filter(warehouse=boxes).values_list("sku", "on_hand"))
    assert levels == {"MUG-BLUE-11": 12, "LID": 4}
    assert StockLevel.objects.get(sku="LID").observed_at == datetime(2020, 1, 1, 7, tzinfo=UTC)  # midnight in Denver
    assert StockLevel.objects.get(sku="MUG-BLUE-11").orders_off
    assert "Row 3: Enter a whole number" in page
    assert "Rows 5 and 6 are both about LID" in page
    assert "nothing was done" in send(first)
    assert "1 SKU was taken." in send("SKU,On hand\nMUG-BLUE-11,3\n")
    world.later(minutes=5)
    send(first)
    assert StockLevel.objects.get(sku="MUG-BLUE-11").on_hand == 12


def test_a_person_says_once_what_the_columns_of_stock_are(world: World, owner: Client, boxes: Warehouse) -> None:
    address = reverse("inventory:stock_files", args=[boxes.pk])

    def send(text: str) -> Any:
        file = SimpleUploadedFile("stock.csv", text.encode())
        return owner.post(address, {"file": file, "merchant": world.merchant.pk}, follow=True)

    page = send("Article;Saldo;Reserved\nMUG-BLUE-11;12;2\nMUG-RED-11;many;0\n")
    assert "Say which columns these are:" in page.content.decode()
    here, columns = page.request["PATH_INFO"], {"has_heads": "on", "column_sku": "0", "column_on_hand": "1"}
    assert owner.post(here, {"has_heads": "on", "column_sku": "0", "do": "take"}).status_code == 422
    seen = owner.post(here, {**columns, "do": "look"}).content.decode()
    assert ("Take 1 SKU" in seen, "Row 3: Enter a whole number" in seen) == (True, True)
    assert not StockLevel.objects.exists()
    page = owner.post(here, {**columns, "do": "take"}, follow=True)
    assert "1 SKU was taken." in page.content.decode()
    assert KeptRows.objects.get(settled_at=None).key == "MUG-RED-11"

    world.later(minutes=5)
    assert "2 SKUs were taken." in send("Article;Saldo;Reserved\nMUG-BLUE-11;9;2\nMUG-RED-11;4;0\n").content.decode()
    assert "Take 1 SKU" in send("SKU;Quantity\nMUG-BLUE-11;1\n").content.decode()  # other heads: nobody said
    assert dict(StockLevel.objects.values_list("sku", "on_hand")) == {"MUG-BLUE-11": 9, "MUG-RED-11": 4}
