"""One UPDATE gives each of many rows its own values, as they would be stored one by one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.activity.models import Event
from core.common import keyed_values
from inventory.models import StockLevel
from orders.models import Order
from shipping.models import Warehouse
from tests.factories import CartFactory, OrderFactory, WarehouseFactory

AT = datetime(2026, 11, 29, 9, 30, 15, 123456, tzinfo=UTC)
TEXTS = ["", " ", "'\"$1 %s {}", "tab\tline\n\\", "Größe 煎茶 🫖", "null", "x" * 60, "0"]


@pytest.fixture
def levels(db: None) -> list[StockLevel]:
    cart = CartFactory()
    warehouse: Warehouse = WarehouseFactory(organization=cart.organization)
    owned: dict[str, Any] = {"organization": cart.organization, "merchant": cart.merchant, "warehouse": warehouse}
    return [StockLevel.objects.create(**owned, sku=f"SKU-{number}", safety=7) for number in range(9)]


def test_each_row_gets_its_own_values_in_one_statement(levels: list[StockLevel]) -> None:
    mine = levels[:8]  # the last one is left alone
    for place, level in enumerate(mine):
        level.title, level.on_hand, level.orders_off = TEXTS[place], None if place == 3 else place * 1000, place % 2 > 0
        level.observed_at, level.sequence = AT + timedelta(microseconds=place), 2**60 + place
        level.settled_until = None  # the same for all
    names = ("title", "on_hand", "orders_off", "observed_at", "sequence", "settled_until")
    values = {
        name: keyed_values.of(StockLevel, name, {level.pk: getattr(level, name) for level in mine}) for name in names
    }
    with CaptureQueriesContext(connection) as asked:
        assert StockLevel.objects.filter(pk__in=[level.pk for level in mine]).update(**values) == 8

    assert len(asked) == 1
    stored = list(StockLevel.objects.order_by("pk").values_list("sku", "safety", *names))
    assert stored == [(level.sku, 7, *(getattr(level, name) for name in names)) for level in levels]


def test_what_all_have_in_common_is_no_document() -> None:
    assert keyed_values.of(StockLevel, "on_hand", {1: 4, 2: 4}) == 4
    assert keyed_values.of(StockLevel, "observed_at", {1: AT, 2: AT}) is AT


def test_what_is_too_long_for_its_column_is_not_cut_off(db: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite takes texts of any length")
    one, two = OrderFactory(number="A"), OrderFactory(number="B")
    numbers = keyed_values.of(Order, "number", {one.pk: "x" * 61, two.pk: "y"})
    with pytest.raises(DataError), transaction.atomic():
        Order.objects.filter(pk__in=[one.pk, two.pk]).update(number=numbers)


def test_values_that_are_documents_themselves_are_refused() -> None:
    with pytest.raises(TypeError, match="details"):
        keyed_values.of(Event, "details", {1: {}, 2: {"a": 1}})
