"""The list as a file of order lines, with the columns somebody chose."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from carts.models import Cart
from core.activity.models import Event
from integration_manager.portal.order_list.line_export import BY_KEY
from orders.models import HeldFor, Line, Order, OrderStatus
from tests.factories import ADDRESS, OrderFactory, PackageFactory, PackageLineFactory, ReleaseFactory, ShipMethodFactory

pytestmark = pytest.mark.django_db
SHIPPED = datetime(2026, 7, 2, 15, 0, tzinfo=UTC)
LINES = "/orders/export/lines/"


def export(client: Client, *columns: str, **query: Any) -> list[dict[str, str]]:
    answer = client.get(LINES, {"as": "csv", "column": columns or list(BY_KEY), **query})
    assert answer.status_code == 200, answer["Location"]
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode()[1:])))


def shipped_in_two(cart: Cart) -> Order:
    order: Order = OrderFactory(cart=cart, number="113-1", status=OrderStatus.SHIPPED, lines={"MUG": 3, "LID": 1})
    method = ShipMethodFactory(warehouse__organization=cart.organization, label="UPS Ground")
    ReleaseFactory(order=order, ship_method=method)
    mug = Line.objects.get(sku="MUG")
    for tracking, units in (("1Z1", 1), ("1Z2", 2)):
        package = PackageFactory(
            shipment__order=order,
            shipment__shipped_at=SHIPPED,
            carrier="UPS",
            service="Ground",
            tracking_number=tracking,
        )
        package.lines.all().delete()
        PackageLineFactory(package=package, line=mug, quantity=units)
    return order


def test_each_line_is_a_row_with_what_it_was_shipped_by(owner: Client, cart: Cart) -> None:
    shipped_in_two(cart)

    wanted = (
        "order",
        "merchant",
        "sku",
        "ordered",
        "packed",
        "method",
        "carrier",
        "carrier_service",
        "tracking",
        "shipped",
    )
    mug, lid = export(owner, *wanted, tab="shipped")

    assert mug == {
        "Order": "113-1", "Merchant": "Blue Mug Co", "SKU": "MUG", "Ordered": "3", "Shipped units": "3",
        "Ship method": "UPS Ground", "Carrier": "UPS", "Service": "Ground", "Tracking number": "1Z1; 1Z2",
        "Shipped": SHIPPED.isoformat(),
    }  # fmt: skip
    assert (lid["SKU"], lid["Shipped units"], lid["Tracking number"], lid["Shipped"]) == ("LID", "0", "", "")


def test_columns_come_in_their_own_order_and_are_remembered(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, lines={"MUG": 1})

    (row,) = export(owner, "sku", "order")

    assert list(row) == ["Order", "SKU"]
    page = owner.get(LINES, {"tab": "all", "q": "113"})
    assert [key for key, _, chosen in page.context["columns"] if chosen] == ["order", "sku"]
    assert ("q", "113") in page.context["kept"]


def test_a_workbook_of_lines_has_numbers_and_times(owner: Client, cart: Cart) -> None:
    shipped_in_two(cart)

    answer = owner.get(LINES, {"as": "xlsx", "column": ["sku", "ordered", "shipped"]})
    sheet: Any = load_workbook(io.BytesIO(answer.getvalue())).active

    assert [cell.value for cell in sheet[1]] == ["SKU", "Ordered", "Shipped (UTC)"]
    assert [cell.value for cell in sheet[2]] == ["MUG", 3, SHIPPED.replace(tzinfo=None)]
    assert 'filename="order-lines-' in answer["Content-Disposition"]


def test_without_a_column_or_with_what_nobody_knows_no_file_is_made(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart)

    for query in ({"as": "csv"}, {"as": "pdf", "column": "sku"}, {"as": "csv", "column": "sku", "cart": "999"}):
        page = owner.get(LINES, query, follow=True)
        assert page.redirect_chain
        assert list(page.context["messages"])
    assert not Event.objects.filter(kind="orders.exported").exists()


def test_everybody_takes_only_what_is_theirs_and_no_buyer_is_in_it(
    seller: Client, stranger: Client, cart: Cart, others_order: Order
) -> None:
    order = OrderFactory(
        cart=cart,
        number="111-1",
        status=OrderStatus.HELD,
        held_for=HeldFor.PERSON,
        reason="Held by Maria",
        lines={"M": 1},
    )

    (row,) = export(seller)

    assert (row["Order"], row["Reason"]) == (order.number, "Held by the warehouse")
    assert not set(row.values()) & {ADDRESS.name, ADDRESS.line1, ADDRESS.city, ADDRESS.postal_code}
    assert export(stranger) == []
    assert Event.objects.filter(kind="orders.exported").count() == 2


def test_the_list_leads_there_as_it_is_narrowed(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, number="113-7")

    page = owner.get("/orders/", {"tab": "all", "q": "113"})

    assert page.context["lines_url"].startswith(f"{LINES}?tab=all&q=113")


def test_more_lines_make_no_more_statements(owner: Client, cart: Cart, django_assert_max_num_queries: Any) -> None:
    def load() -> int:
        with django_assert_max_num_queries(30) as asked:
            export(owner)
        return len(asked)

    shipped_in_two(cart)
    few = load()
    for number in range(5):
        OrderFactory(cart=cart, number=f"2{number}", lines={"A": 1, "B": 2})

    assert load() == few
