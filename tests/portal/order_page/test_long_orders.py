"""An order of very many lines: its page, and shipping it, take no longer than people wait."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from integration_manager.portal.order_page.line_table import AT_ONCE
from orders.models import Line, Order, OrderStatus
from shipping.models import PackageLine
from tests.factories import OrderFactory, PackageFactory
from tests.order_pages import AtWarehouse
from tests.shipping.close.close_form import URL, said

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
MANY = 2_000  # ten pages


def lengthen(order: Order, lines: int) -> Order:
    """Give an order so many lines: of every tenth one unit is canceled, of every hundredth all are left out."""
    plain = {"order": order, "organization": order.organization, "merchant": order.merchant, "currency": "USD"}
    Line.objects.bulk_create(
        [
            Line(
                **plain,
                reference=f"line-{number}",
                sku=f"SKU-{number:05}",
                title=f"Article {number}",
                ordered=3,
                canceled=number % 10 == 0,
                left_out=number % 100 == 0,
                unit_price="0.01",
            )
            for number in range(lines)
        ],
        batch_size=1000,
    )
    Order.objects.filter(pk=order.pk).update(line_count=lines, unit_count=3 * lines, total="1000.00")
    order.refresh_from_db()
    return order


def size(page: Any) -> int:
    return len(page.content)


def test_a_page_holds_a_part_of_the_lines_and_the_sum_of_all(owner: Client, cart: Cart) -> None:
    order = lengthen(OrderFactory(cart=cart, lines={}), MANY)
    url = reverse("orders:order", args=[order.pk])

    first, last = owner.get(url), owner.get(url, {"lines": MANY // AT_ONCE})

    lines = first.context["lines"]
    assert len(lines.rows) == AT_ONCE
    assert (lines.count, lines.ordered, lines.canceled) == (MANY, 3 * MANY, MANY // 10)
    assert lines.left_out == 2 * MANY // 100
    assert str(lines.rest) == "942.0000"  # 1000.00 less 5,800 units at a cent
    assert "SKU-00199" in first.content.decode()
    assert "SKU-00200" not in first.content.decode()
    assert "SKU-01999" in last.content.decode()
    assert "Lines 1–200 of 2000" in first.content.decode()
    assert size(first) < 400_000


@pytest.mark.parametrize("asked", ["0", "-1", "x", "99999", "9" * 40, "²"])
def test_a_page_of_lines_that_is_not_there_is_one_that_is(owner: Client, cart: Cart, asked: str) -> None:
    order = lengthen(OrderFactory(cart=cart, lines={}), AT_ONCE + 1)

    page = owner.get(reverse("orders:order", args=[order.pk]), {"lines": asked})

    assert page.status_code == 200
    assert page.context["lines"].rows


def test_a_package_of_very_many_lines_names_the_first(owner: Client, cart: Cart) -> None:
    order = lengthen(OrderFactory(cart=cart, lines={}, status=OrderStatus.SHIPPED), 1000)
    package = PackageFactory(shipment__order=order)
    PackageLine.objects.bulk_create(
        PackageLine(organization=order.organization, package=package, line=line, quantity=2)
        for line in order.lines.order_by("pk")
    )

    page = owner.get(reverse("orders:order", args=[order.pk])).content.decode()

    assert "and 980 more lines: 2000 units in all" in page
    assert "2 × <bdi>SKU-00019</bdi>" in page
    assert "2 × <bdi>SKU-00020</bdi>" not in page


def test_more_lines_make_no_more_queries(owner: Client, cart: Cart, django_assert_max_num_queries: Any) -> None:
    def load(lines: int) -> int:
        order = lengthen(OrderFactory(cart=cart, lines={}), lines)
        with django_assert_max_num_queries(35) as asked:
            owner.get(reverse("orders:order", args=[order.pk]))
        return len(asked)

    load(1)
    assert load(3 * AT_ONCE) == load(2)


# -- Ship and Close ----------------------------------------------------------------------------------------------------
def test_all_that_is_open_of_it_is_shipped_in_one_package(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = lengthen(at_warehouse("1", lines={}), MANY)

    opened = owner.get(URL, {"order": order.pk})
    assert size(opened) < 60_000
    shipped = owner.post(URL, said([order]))

    assert shipped.status_code == 302
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert PackageLine.objects.filter(package__order=order).count() == MANY - MANY // 100


def test_a_part_of_it_is_named_by_sku_and_not_by_a_field_each(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = lengthen(at_warehouse("1", lines={}), MANY)

    apart = owner.post(URL, {**said([order]), "split": order.pk})
    assert size(apart) < 60_000
    part = {f"packages_{order.pk}": 1, f"contents_{order.pk}": "SKU-00001 2\nSKU-01999 3"}
    wrong = owner.post(URL, {**said([order]), **part, f"contents_{order.pk}": "SKU-00100 2"})
    shipped = owner.post(URL, {**said([order]), **part})

    assert "is left out of this order." in wrong.content.decode()
    assert shipped.status_code == 302
    packed = PackageLine.objects.filter(package__order=order).values_list("line__sku", "quantity")
    assert sorted(packed) == [("SKU-00001", 2), ("SKU-01999", 3)]
    order.refresh_from_db()
    assert order.status == OrderStatus.AT_WMS
