"""Stock as a sheet: out, and in with what it would change."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.activity.models import Event
from core.common import clock
from inventory.models import Observation, StockLevel
from shipping.models import ItemAlias, KitComponent, Warehouse
from tests.factories import StockLevelFactory, WarehouseFactory, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def level() -> StockLevel:
    level: StockLevel = StockLevelFactory(sku="MUG", on_hand=4, title="=A blue mug")
    Warehouse.objects.filter(pk=level.warehouse_id).update(organization=level.organization)
    level.refresh_from_db()
    return level


@pytest.fixture
def staff(level: StockLevel) -> Client:
    browser = Client()
    browser.force_login(make_person(level.organization, Role.STAFF))
    return browser


def upload(client: Client, level: StockLevel, text: str) -> Any:
    file = SimpleUploadedFile("stock.csv", text.encode())
    address = reverse("inventory:stock_import", args=[level.merchant_id])
    return client.post(address, {"file": file, "warehouse": level.warehouse_id})


def save(client: Client, level: StockLevel, shown: Any) -> Any:
    address = reverse("inventory:stock_import", args=[level.merchant_id])
    return client.post(address, {"sheet": shown.context["sheet"], "warehouse": level.warehouse_id})


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_counted_sheet_shows_what_changes_and_then_keeps_it_with_the_reason(staff: Client, level: StockLevel) -> None:
    StockLevelFactory(merchant=level.merchant, warehouse=level.warehouse, sku="LID", on_hand=2)

    shown = upload(staff, level, "SKU;On hand;Reason\nMUG;1,200;damaged\nLID;2;\nPOT;7;found\n")

    assert "2 SKUs change, 1 as before. Nothing is saved yet." in said(shown)
    assert StockLevel.objects.get(sku="MUG").on_hand == 4

    save(staff, level, shown)

    assert dict(StockLevel.objects.values_list("sku", "on_hand")) == {"MUG": 1200, "LID": 2, "POT": 7}
    assert set(Observation.objects.values_list("on_hand", "reason", "source")) == {
        (1200, "damaged", "sheet"),
        (7, "found", "sheet"),
    }
    assert Event.objects.get(kind="stock.sheet").details["count"] == 2


def test_rows_that_cannot_be_are_named_and_the_others_kept(staff: Client, level: StockLevel) -> None:
    owner = {"organization": level.organization, "merchant": level.merchant, "made_at": clock.now()}
    ItemAlias.objects.create(name="MUG-UPC", sku="MUG", **owner)
    KitComponent.objects.create(kit="SET", sku="MUG", quantity=2, **owner)

    shown = upload(staff, level, "sku,on_hand\nMUG-UPC,9\nMUG,8\nSET,1\nLID,-1\nPOT,x\nCUP,\n,3\n")

    assert shown.context["plan"].wrong == [
        "Row 3: MUG stands twice. Enter the units of both places in one row.",
        "Row 4: SET is a kit. Count its components.",
        "Row 5, LID: Enter a whole number from 0 to 999999.",
        "Row 6, POT: Enter a whole number from 0 to 999999.",
        "Row 8: The SKU is empty.",
    ]
    save(staff, level, shown)
    assert dict(StockLevel.objects.values_list("sku", "on_hand")) == {"MUG": 9}


def test_the_file_that_is_downloaded_changes_nothing_when_it_comes_back(staff: Client, level: StockLevel) -> None:
    file = staff.get(reverse("inventory:stock_file", args=[level.merchant_id])).content.decode("utf-8-sig")

    shown = upload(staff, level, file)

    assert "'=A blue mug" in file
    assert (shown.context["plan"].changes, shown.context["plan"].same) == ([], 1)


def test_a_warehouse_that_reports_itself_is_not_counted_here(staff: Client, level: StockLevel) -> None:
    other = WarehouseFactory(organization=level.organization)
    Warehouse.objects.exclude(pk=other.pk).update(archived_at=clock.now())

    answer = upload(staff, level, "sku,on_hand\nMUG,9\n")

    assert answer.status_code == 422
    assert "Choose the warehouse" in said(answer)


def test_who_may_not_count_may_download_and_not_import(level: StockLevel) -> None:
    viewer = Client()
    viewer.force_login(make_person(level.organization, Role.VIEWER))

    assert viewer.get(reverse("inventory:stock_file", args=[level.merchant_id])).status_code == 200
    assert upload(viewer, level, "sku,on_hand\nMUG,9\n").status_code == 403
