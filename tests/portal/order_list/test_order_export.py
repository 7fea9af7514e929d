"""The list as a file."""

import csv
import io
import tracemalloc
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from carts.models import Cart
from core.accounts.models import Organization
from core.activity.models import Event
from integration_manager.portal.order_list import order_export
from integration_manager.portal.order_list.table_files import FILES
from orders.models import Order, OrderStatus
from tests.factories import ADDRESS, OrderFactory, PackageFactory

pytestmark = pytest.mark.django_db
PLACED = datetime(2026, 7, 1, 2, 30, tzinfo=UTC)


def export(client: Client, **query: Any) -> list[dict[str, str]]:
    answer = client.get("/orders/export/", query)
    assert answer.status_code == 200
    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_the_file_says_what_the_list_says(owner: Client, acme: Organization, cart: Cart) -> None:
    Organization.objects.filter(pk=acme.pk).update(time_zone="America/New_York")
    order = OrderFactory(
        cart=cart, number="113-1", status=OrderStatus.SHIPPED, reason="UPS 1Z1", placed_at=PLACED, ship_by=None,
        lines={"MUG": 2, "LID": 1}, total="1200.5000", currency="JPY",
    )  # fmt: skip
    for tracking in ("1Z1", "1Z2"):
        PackageFactory(shipment__order=order, tracking_number=tracking)
    OrderFactory(cart=cart, number="113-2")

    (row,) = export(owner, tab="shipped", q="113")

    assert row == {
        "Order": "113-1", "Merchant": "Blue Mug Co", "Cart": "Amazon US", "Status": "Shipped", "Reason": "UPS 1Z1",
        "Ship method": "Standard", "Placed": "2026-06-30T22:30:00-04:00", "Ship by": "", "Lines": "2", "Units": "3",
        "Total": "1200.5", "Currency": "JPY", "Packages": "UPS 1Z1; UPS 1Z2",
        "Programs": "",
    }  # fmt: skip


def test_the_file_holds_every_page_in_the_lists_order(
    owner: Client, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_export, "AT_ONCE", 2)
    for number in ("3", "1", "2", "5", "4"):
        OrderFactory(cart=cart, number=f"11{number}")

    assert [row["Order"] for row in export(owner, sort="number")] == ["111", "112", "113", "114", "115"]
    assert [row["Order"] for row in export(owner, sort="-number", q="11")] == ["115", "114", "113", "112", "111"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " ="])
def test_no_cell_becomes_a_formula(owner: Client, cart: Cart, start: str) -> None:
    text = f"{start}1+1"
    OrderFactory(cart=cart, number="1", reason=text, status=OrderStatus.HELD)

    (row,) = export(owner)

    assert row["Reason"] == f"'{text}"


# -- Any Excel ---------------------------------------------------------------------------------------------------------
def take(client: Client, kind: str) -> bytes:
    answer = client.get("/orders/export/", {"as": kind})
    assert answer.status_code == 200
    return bytes(answer.getvalue())


def workbook(client: Client) -> Any:
    return load_workbook(io.BytesIO(take(client, "xlsx"))).active


@pytest.fixture
def shipped(acme: Organization, cart: Cart) -> Order:
    Organization.objects.filter(pk=acme.pk).update(time_zone="Europe/Berlin")
    order = OrderFactory(
        cart=cart, number="0012345678901234567", status=OrderStatus.SHIPPED, reason="=1+1", placed_at=PLACED,
        ship_by=None, lines={"MUG": 2, "LID": 1}, total="1200.5000", currency="EUR",
    )  # fmt: skip
    PackageFactory(shipment__order=order, tracking_number="00340434161094042557")
    return order


def test_a_german_excel_opens_columns_numbers_and_times(owner: Client, shipped: Order) -> None:
    text = take(owner, "semicolon").decode()
    assert text.startswith("\ufeff")

    (row,) = list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))

    assert row["Placed (Europe/Berlin)"] == "2026-07-01 04:30:00"
    assert (row["Total"], row["Lines"], row["Reason"]) == ("1200,5", "2", "'=1+1")


def test_tabs_hold_texts_with_tabs_and_lines_together(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1", reason='a\tb\n"c"; d', status=OrderStatus.HELD)

    (row,) = list(csv.DictReader(io.StringIO(take(owner, "tab").decode()[1:], newline=""), delimiter="\t"))

    assert row["Reason"] == 'a\tb\n"c"; d'


def test_a_workbook_has_real_times_numbers_and_texts(owner: Client, shipped: Order) -> None:
    sheet = workbook(owner)
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, sheet[2], strict=True))

    assert row["Placed (Europe/Berlin)"].value == datetime(2026, 7, 1, 4, 30)  # noqa: DTZ001
    assert row["Placed (Europe/Berlin)"].is_date
    assert row["Ship by (Europe/Berlin)"].value is None
    assert [row[name].value for name in ("Lines", "Units", "Total")] == [2, 3, 1200.5]
    for name, said in {"Order": "0012345678901234567", "Packages": "UPS 00340434161094042557"}.items():
        assert (row[name].value, row[name].data_type, row[name].number_format) == (said, "s", "@")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "#REF!", "=cmd|'/c calc'!A1", "TRUE"])
def test_a_workbook_holds_no_formula(owner: Client, cart: Cart, text: str) -> None:
    OrderFactory(cart=cart, number="1", reason=text, status=OrderStatus.HELD)

    cell = next(each for each in workbook(owner)[2] if each.value == text)

    assert cell.data_type == "s"
    with zipfile.ZipFile(io.BytesIO(take(owner, "xlsx"))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_workbook_takes_what_no_workbook_can_hold(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="1", reason="a\x01b" + "x" * 40_000, status=OrderStatus.HELD)

    assert any(str(cell.value).startswith("abxx") for cell in workbook(owner)[2])


def test_a_format_nobody_knows_is_refused(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart)

    page = owner.get("/orders/export/", {"as": "pdf", "tab": "all"}, follow=True)

    assert page.redirect_chain[0][0].startswith("/orders/?tab=all")
    assert "Orders can't be exported as that." in str(next(iter(page.context["messages"])))


def test_the_list_offers_each_format(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart)
    page = owner.get("/orders/", {"tab": "all"}).content.decode()

    assert all(f"as={kind}" in page for kind in ("csv", "semicolon", "tab", "xlsx"))


@pytest.mark.parametrize("kind", ["csv", "semicolon", "tab", "xlsx"])
def test_more_rows_take_no_more_memory(kind: str) -> None:
    """A hundred thousand may be taken: held in memory, ten times the rows would take ten times as much."""

    def peak(rows: int) -> int:
        made = (("113-1", "é" * 60, 3, Decimal("9.99"), PLACED, None) for _ in range(rows))
        tracemalloc.start()
        for _ in FILES[kind].write(["a", "b", "c", "d", "e", "f"], made, zone=UTC):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is loaded once

    assert peak(10_000) < 2 * peak(1_000) + 500_000


def test_nothing_of_the_buyer_is_in_it(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart)

    text = owner.get("/orders/export/").getvalue().decode()

    assert not any(said in text for said in (ADDRESS.name, ADDRESS.line1, ADDRESS.city, ADDRESS.postal_code))


def test_taking_a_file_is_recorded(owner: Client, acme: Organization, cart: Cart) -> None:
    OrderFactory(cart=cart)
    OrderFactory(cart=cart)

    export(owner)

    (event,) = Event.objects.filter(kind="orders.exported")
    assert (event.subject_kind, event.subject_id, event.details) == ("organization", acme.pk, {"count": 2})
    assert event.actor is not None


@pytest.mark.parametrize("query", [{"tab": "all"}, {"tab": "all", "q": "11"}])
def test_too_many_for_a_file_is_said(
    owner: Client, cart: Cart, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    monkeypatch.setattr(order_export, "MOST", 1)
    OrderFactory(cart=cart, number="111")
    OrderFactory(cart=cart, number="112")

    page = owner.get("/orders/export/", query, follow=True)

    assert page.redirect_chain[0][0].startswith("/orders/?tab=all")
    assert "A file can have up to 1 orders" in str(next(iter(page.context["messages"])))
    assert not Event.objects.filter(kind="orders.exported").exists()


def test_everybody_takes_only_what_is_theirs(seller: Client, stranger: Client, cart: Cart, others_order: Any) -> None:
    OrderFactory(cart=cart, number="111-1")

    assert [row["Order"] for row in export(seller)] == ["111-1"]
    assert export(stranger) == []


def test_a_longer_list_makes_queries_by_the_thousand_only(
    owner: Client, cart: Cart, django_assert_max_num_queries: Any
) -> None:
    def load() -> int:
        with django_assert_max_num_queries(25) as asked:
            export(owner)
        return len(asked)

    for number in range(10):
        PackageFactory(shipment__order=OrderFactory(cart=cart, number=f"1{number}"))
    few = load()
    for number in range(10):
        PackageFactory(shipment__order=OrderFactory(cart=cart, number=f"2{number}"))

    assert load() == few
