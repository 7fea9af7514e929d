"""How the start page counts: from indexes, and no further than anybody reads."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Access, Role
from core.common import clock
from core.ui.list_page import RowCount
from integration_manager.portal.dashboard import open_orders
from integration_manager.portal.order_list import tab_counts
from orders.models import Order, OrderStatus
from shipping.performance import flow_steps
from tests.factories import AlertFactory, OrderFactory
from tools.bench import year_of_orders

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_open_orders_are_counted_and_steps_are_found_without_reading_orders() -> None:
    if connection.vendor != "postgresql":
        return  # SQLite does not see that a list of statuses is the one that an index is about
    house = year_of_orders.fill(20_000, now=clock.now())
    access, now = Access(0, house.organization, Role.STAFF), clock.now()

    with CaptureQueriesContext(connection) as asked:
        counted = open_orders.count(access, now=now)
        flow_steps.since(house.organization, now - timedelta(hours=1), spans=[], now=now)

    plans = [explained(each["sql"]) for each in asked if each["sql"].lstrip("(").startswith("SELECT")]
    assert sum(each.number for each in counted) == 500
    (counting,) = [plan for plan in plans if "orders_unfinished" in plan]
    assert "Index Only Scan using orders_unfinished" in counting
    assert "Sort" not in counting, "it is grouped in the order that it is read in"
    (steps,) = [plan for plan in plans if "shipping_release" in plan]
    assert "releases_by_time" in steps
    assert "Gather" not in steps, "starting a worker takes longer than what it would do"


def explained(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_where_enough_is_known_all_orders_are_not_counted(cart: Cart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tab_counts, "MOST", 3)
    for status, number in ((OrderStatus.SKIPPED, 2), (OrderStatus.CONFIRMED, 1), (OrderStatus.HELD, 3)):
        for _ in range(number):
            OrderFactory(cart=cart, status=status)
    access = Access(0, cart.organization, Role.STAFF)
    orders: QuerySet[Order] = Order.objects.visible_to(access)
    of = ("attention", "confirmed", "all")

    def count(**known: int) -> tuple[dict[str, RowCount], str]:
        with CaptureQueriesContext(connection) as asked:
            counts = tab_counts.count(orders, access, known=known, of=of)
        return counts, asked[0]["sql"]

    all_counted, sql = count(held=3)
    assert {key: str(number) for key, number in all_counted.items()} == {
        "attention": "3",
        "confirmed": "1",
        "all": "3+",
    }
    assert "'skipped'" in sql
    known_to_be_many, sql = count(held=3, new=1)
    assert {key: str(number) for key, number in known_to_be_many.items()} == {
        "attention": "3", "confirmed": "1", "all": "3+",
    }  # fmt: skip
    assert "'skipped'" not in sql


def test_the_menu_says_what_the_page_counted(owner: Client, cart: Cart) -> None:
    for status in (OrderStatus.PENDING, OrderStatus.NEW, OrderStatus.HELD, OrderStatus.AT_WMS, OrderStatus.SHIPPED):
        OrderFactory(cart=cart, status=status)
    AlertFactory(organization=cart.organization)

    with CaptureQueriesContext(connection) as asked:
        page = owner.get(reverse("dashboard")).content.decode()

    assert 'title="3 to be shipped">3</span>' in page
    assert 'title="1 open">1</span>' in page
    counting = [each["sql"] for each in asked if 'FROM "orders_order"' in each["sql"] and "COUNT(*)" in each["sql"]]
    assert len(counting) == 2, "open orders are counted by one statement, finished ones by another"
    assert 'title="3 to be shipped">3</span>' in owner.get("/orders/").content.decode()
