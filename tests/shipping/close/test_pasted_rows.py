"""Rows of a sheet pasted into Ship and Close go to the orders they name, never to the next ones in line."""

from typing import Any

import pytest
from django.test import Client

from orders.models import Order
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Release, ShipMethod
from tests.factories import ShipMethodFactory
from tests.order_pages import AtWarehouse
from tests.shipping.close.close_form import URL

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
FIRST, SECOND = "113-1048200-0000001", "113-1048200-0000002"


def number(place: int) -> str:
    return ups_number("999AA1", place)


@pytest.fixture
def orders(at_warehouse: AtWarehouse) -> list[Order]:
    return [at_warehouse(FIRST), at_warehouse(SECOND)]


def spread(client: Client, orders: list[Order], column: str, **fields: Any) -> Any:
    blank = {f"tracking_{order.pk}": "" for order in orders}
    sent = {"order": [order.pk for order in orders], **blank, **fields, "column": column, "spread": "1"}
    page = client.post(URL, sent)
    return page.context


def trackings(context: Any) -> list[list[str]]:
    return [[package["tracking"].value() or "" for package in row.packages] for row in context["dialog"].rows]


@pytest.mark.parametrize("separator", ["\t", ",", ";", " "])
def test_rows_of_order_and_tracking_go_to_their_orders(owner: Client, orders: list[Order], separator: str) -> None:
    column = f"{SECOND}{separator}{number(2)}\n{FIRST}{separator}{number(1)}\n"

    context = spread(owner, orders, column)

    assert trackings(context) == [[number(1)], [number(2)]]
    assert (context["told"], context["dialog"].column["column"].value()) == ("", "")


def test_heads_and_other_spellings_of_numbers_are_known(owner: Client, orders: list[Order]) -> None:
    Release.objects.filter(order=orders[1]).update(number="WH-2")

    context = spread(owner, orders, f"Tracking\tOrder no\n{number(2)}\twh2\n{number(1)}\t{FIRST.replace('-', '')}")

    assert trackings(context) == [[number(1)], [number(2)]]


def test_what_names_no_order_here_stays_in_the_box(owner: Client, orders: list[Order]) -> None:
    context = spread(owner, orders, f"Order\tTracking\n113-0000000-0000000\t{number(9)}\n{FIRST}\t{number(1)}\n")

    assert trackings(context) == [[number(1)], [""]]
    assert context["told"].startswith("1 row was not filled in: its order is not on this page")
    assert context["dialog"].column["column"].value() == f"Order\tTracking\n113-0000000-0000000\t{number(9)}\n"


def test_rows_of_other_orders_fill_in_nothing(owner: Client, orders: list[Order]) -> None:
    column = f"113-0000000-0000000\t{number(8)}\n113-0000000-0000009\t{number(9)}"

    context = spread(owner, orders, column)

    assert trackings(context) == [[""], [""]]
    assert "Nothing was filled in." in context["told"]
    assert context["dialog"].column["column"].value() == column


def test_several_rows_of_an_order_are_its_packages(owner: Client, orders: list[Order]) -> None:
    context = spread(owner, orders, f"{FIRST}\t{number(1)}\n{FIRST}\t{number(3)}\n{SECOND}\t{number(2)}")

    assert trackings(context) == [[number(1), number(3)], [number(2)]]


def test_carrier_and_service_of_a_row_choose_its_ship_method(
    owner: Client, orders: list[Order], method: ShipMethod
) -> None:
    other = ShipMethodFactory(
        warehouse=method.warehouse, label="FedEx Home", carrier="FedEx", scac="FDEG", service="Home Delivery"
    )

    context = spread(owner, orders, f"{FIRST}\tFedEx\tHome Delivery\t612345678901\n{SECOND}\t\t\t{number(2)}")

    first, second = (row.packages[0] for row in context["dialog"].rows)
    assert str(first["method"].value()) == str(other.pk)
    assert first["carrier"].value() == "FedEx"
    assert second["tracking"].value() == number(2)


def test_a_plain_column_goes_by_the_order_of_the_rows(owner: Client, orders: list[Order]) -> None:
    context = spread(owner, orders, f"9205 5901 4107 9401 0000 09\n{number(2)}")

    assert trackings(context) == [["9205 5901 4107 9401 0000 09"], [number(2)]]


def test_a_number_excel_rounded_is_not_filled_in(owner: Client, orders: list[Order]) -> None:
    context = spread(owner, orders, f"{FIRST}\t9.40E+21\n{SECOND}\t{number(2)}")

    assert trackings(context) == [[""], [number(2)]]
    assert "9.40E+21" in context["dialog"].column["column"].value()
