"""Folders on a real disk: files picked up once, files of ours put whole and once, and nothing outside touched."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Merchant
from core.alerts.models import Alert
from core.files import kept_files
from core.files.file_place import FolderTrouble
from core.files.local_folder import LocalFolder
from core.files.models import CameBy, FileFolder, FileKind, KeptFile
from integration_manager import tasks
from inventory.models import StockLevel
from orders.alerts import ROWS_KEPT
from orders.models import Order, OrderStatus
from orders.order_files import file_intake
from shipping.alerts import FOLDER_TROUBLE
from shipping.models import Warehouse
from shipping.shipments import reports
from shipping.warehouses.base import ReportedPackage, ReportedShipment
from tests.factories import OrderFactory
from tests.file_exchange.conftest import ORDERS
from tests.world import World

pytestmark = pytest.mark.django_db
FILES = "shipping:warehouse_files"
REPORTED = ReportedShipment("W-1", "S-1", None, [ReportedPackage("UPS", "Ground", "1Z999AA10123456784")])


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    settings.FILES_DIR = str(tmp_path / "files")
    return tmp_path / "files"


def lay(folder: Path, name: str, text: str | bytes) -> None:
    """Lay a file there as somebody did a while ago."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    old = time.time() - 60
    os.utime(folder / name, (old, old))


def look(world: World) -> None:
    world.later(minutes=1)
    tasks.files_due.run()
    for pk in FileFolder.objects.order_by("pk").values_list("pk", flat=True):
        tasks.exchange_files.run(folder_id=pk)


def test_files_go_round_by_themselves_from_the_client_to_the_warehouse_and_back(
    world: World, cart: Cart, owner: Client, root: Path
) -> None:
    warehouse = Warehouse.objects.get()
    owner.post(reverse("orders:file_folder", args=[cart.pk]), {"do": "use"})
    owner.post(reverse("shipping:file_folder", args=[warehouse.pk]), {"do": "use"})
    client = root / str(world.organization.pk) / f"cart-{cart.pk}"
    there = root / str(world.organization.pk) / f"warehouse-{warehouse.pk}"
    lay(client / "orders", "monday.csv", ORDERS.format("W-1"))
    lay(client / "orders", "half.csv.tmp", ORDERS.format("W-9"))

    look(world)  # the first file waits for its columns
    assert Alert.objects.filter(cause=ROWS_KEPT, closed_at=None).exists()
    assert (client / "orders" / "taken" / "monday.csv").exists()
    file = KeptFile.objects.get()
    KeptFile.objects.update(sealed=None)  # nobody said what its columns are for a month
    gone = owner.get(reverse("orders:order_file", args=[cart.pk, file.pk]), follow=True)
    assert "Send it again: it is taken as new" in gone.content.decode()
    file_intake.tell(cart, now=world.now)
    assert (
        "1 file waited 30 days for its columns and was erased"
        in Alert.objects.get(cause=ROWS_KEPT, closed_at=None).message
    )
    lay(client / "orders", "monday-once-more.csv", ORDERS.format("W-1"))
    look(world)
    page = owner.get(reverse("orders:order_file", args=[cart.pk, file.pk]))
    form = page.context["form"]
    said = {name: str(form[name].value() or "") for name in form.fields if form[name].value() not in (None, False)}
    owner.post(page.request["PATH_INFO"], {**said, "do": "take"})
    assert not Alert.objects.filter(cause=ROWS_KEPT, closed_at=None).exists()
    lay(client / "orders", "tuesday.csv", ORDERS.format("W-2"))
    lay(client / "orders", "monday-again.csv", ORDERS.format("W-1"))
    look(world)
    assert sorted(Order.objects.values_list("number", flat=True)) == ["W-1", "W-2"]

    world.deliver()
    look(world)
    look(world)
    (order_file,) = (there / "orders").glob("*.csv")
    assert order_file.read_text().count("12 Quay Street") == 2
    assert {order.status for order in Order.objects.all()} == {OrderStatus.AT_WMS}

    heads = "Order number,Tracking number,Carrier,Service\n"
    lay(there / "shipments", "shipped.csv", f"{heads}W-1,1Z999AA10123456784,UPS,Ground\n")
    lay(there / "stock" / str(world.merchant.pk), "stock.csv", "SKU,On hand\nMUG,7\n")
    look(world)
    shipped = KeptFile.objects.get(kind="shipments")
    page = owner.get(reverse("shipping:shipment_file", args=[warehouse.pk, shipped.pk]))
    columns = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    owner.post(page.request["PATH_INFO"], {**columns, "do": "take"})
    lay(there / "shipments", "more.csv", f"{heads}W-2,1Z999AA10123456793,UPS,Ground\n")
    look(world)
    look(world)

    tracking = "".join(path.read_text() for path in sorted((client / "tracking").glob("*.csv")))
    assert [number in tracking for number in ("1Z999AA10123456784", "1Z999AA10123456793")] == [True, True]
    assert {order.status for order in Order.objects.all()} == {OrderStatus.CONFIRMED}
    assert StockLevel.objects.get(sku="MUG").on_hand == 7
    assert list((client / "tracking").glob(".*")) == []


def test_what_is_wrong_with_one_folder_holds_up_no_other_and_nothing_goes_out_empty(
    world: World, cart: Cart, owner: Client, root: Path
) -> None:
    warehouse = Warehouse.objects.get()
    owner.post(reverse("shipping:file_folder", args=[warehouse.pk]), {"do": "use"})
    there = root / str(world.organization.pk) / f"warehouse-{warehouse.pk}"
    (there / "shipments").mkdir(parents=True)
    (there / "shipments" / "taken").write_text("where a folder should be")
    lay(there / "shipments", "shipped.csv", "Order number,Tracking number\nW-1,1Z999AA10123456784\n")
    stock = there / "stock" / str(world.merchant.pk)
    lay(stock, "stock.csv", "SKU,On hand\nMUG,7\n")
    text = "order_number\nW-1\n"
    waits: dict[str, Any] = {"came_by": CameBy.FOLDER, "counts": {"orders": 0, "order_ids": []}}
    old = kept_files.write_out(warehouse, FileKind.ORDERS, text, now=world.now - timedelta(days=31), **waits)
    young = kept_files.write_out(warehouse, FileKind.ORDERS, text, now=world.now, **waits)
    KeptFile.objects.filter(pk=old.pk).update(sealed=None)  # as it is after 30 days

    look(world)
    assert "was erased" in Alert.objects.get(cause=FOLDER_TROUBLE, closed_at=None).message
    look(world)

    assert "can't be used" in Alert.objects.get(cause=FOLDER_TROUBLE, closed_at=None).message
    assert [path.name for path in (there / "orders").glob("*.csv")] == [young.name]
    level = StockLevel.objects.filter(sku="MUG")
    seen = level.get().observed_at
    (there / "shipments" / "taken").unlink()
    look(world)
    assert not Alert.objects.filter(cause=FOLDER_TROUBLE, closed_at=None).exists()
    lay(stock, "stock.csv", "SKU,On hand\nMUG,7\n")  # nothing was sold, and the warehouse says so
    look(world)
    assert level.filter(observed_at__gt=seen).exists()
    Merchant.objects.update(leaves_at=world.now)
    lay(stock, "stock.csv", "SKU,On hand\nMUG,8\n")
    look(world)
    assert level.get().on_hand == 7  # nothing more is read for who leaves


def test_what_waits_for_a_folder_is_handed_over_when_it_is_there_and_goes_another_way_once_that_is_stopped(
    world: World, cart: Cart, owner: Client, root: Path
) -> None:
    warehouse = Warehouse.objects.get()
    order = OrderFactory(cart=cart, number="W-1", service="", lines={"MUG": 1})
    world.deliver()
    folders = [
        (reverse("shipping:file_folder", args=[warehouse.pk]), f"warehouse-{warehouse.pk}", "orders"),
        (reverse("orders:file_folder", args=[cart.pk]), f"cart-{cart.pk}", "tracking"),
    ]
    for address, name, out in folders:
        owner.post(address, {"do": "use"})
        folder = root / str(world.organization.pk) / name
        folder.mkdir(parents=True)
        (folder / out).write_text("where a folder should be")
    for _ in range(3):
        look(world)
        world.later(minutes=61)  # longer than a claim, in all

    waiting = KeptFile.objects.get(kind=FileKind.ORDERS)
    order.refresh_from_db()
    assert (order.status, waiting.done_at) == (OrderStatus.NEW, None)
    assert "Not in its folder yet" in owner.get(reverse(FILES, args=[warehouse.pk])).content.decode()
    stopped = owner.post(folders[0][0], {"do": "stop"}, follow=True).content.decode()
    assert "1 file was not put there. Its orders come in the next one." in stopped
    assert "Not put there: what it holds comes in another file" in stopped
    owner.post(folders[0][0], {"do": "use"})
    (root / str(world.organization.pk) / folders[0][1] / "orders").unlink()
    look(world)
    (put,) = (root / str(world.organization.pk) / folders[0][1] / "orders").glob("*.csv")
    assert put.read_text().count("W-1,") == 1
    assert put.name != waiting.name
    order.refresh_from_db()
    assert order.status == OrderStatus.AT_WMS

    reports.take(warehouse, order.pk, REPORTED, now=world.now)
    look(world)
    order.refresh_from_db()
    told = KeptFile.objects.get(kind=FileKind.TRACKING)
    assert (order.status, told.done_at) == (OrderStatus.SHIPPED, None)
    tracking = reverse("shipping:tracking_files", args=[cart.pk])
    assert owner.get(tracking).context["owed"] == 0
    owner.post(folders[1][0], {"do": "stop"})
    assert owner.get(tracking).context["owed"] == 1
    owner.post(tracking)
    order.refresh_from_db()
    assert order.status == OrderStatus.CONFIRMED
    owner.post(folders[1][0], {"do": "use"})
    (root / str(world.organization.pk) / folders[1][1] / "tracking").unlink()
    look(world)
    assert not list((root / str(world.organization.pk) / folders[1][1]).glob("tracking/*.csv"))


def test_what_cannot_be_read_lies_aside_and_is_named_until_it_is_taken_away(
    world: World, cart: Cart, owner: Client, root: Path
) -> None:
    owner.post(reverse("orders:file_folder", args=[cart.pk]), {"do": "use"})
    orders = root / str(world.organization.pk) / f"cart-{cart.pk}" / "orders"
    secret = root.parent / "secret.csv"
    secret.write_text(ORDERS.format("X-1"))
    lay(orders, "scan.pdf", b"%PDF-1.7")
    (orders / "link.csv").symlink_to(secret)
    look(world)

    assert (orders / "refused" / "scan.pdf").exists()
    assert "scan.pdf" in Alert.objects.get(cause=FOLDER_TROUBLE, closed_at=None).message
    assert KeptFile.objects.count() == 0  # a link is not followed
    assert "scan.pdf" in owner.get(reverse("orders:order_files", args=[cart.pk])).content.decode()

    (orders / "refused" / "scan.pdf").unlink()
    look(world)
    assert not Alert.objects.filter(cause=FOLDER_TROUBLE, closed_at=None).exists()


def test_a_folder_that_leads_elsewhere_by_a_link_is_not_used(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "cart-3").symlink_to(outside)
    with pytest.raises(FolderTrouble, match="leads elsewhere by a link"):
        LocalFolder(str(tmp_path), "1", "cart-3").put("a.csv", b"one", show=bool)
    assert list(outside.iterdir()) == []


def test_nothing_is_begun_where_no_place_is_named(world: World, cart: Cart, owner: Client, settings: Any) -> None:
    settings.FILES_DIR = ""

    owner.post(reverse("orders:file_folder", args=[cart.pk]), {"do": "use"})

    assert not FileFolder.objects.exists()
