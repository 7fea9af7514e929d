"""An order of very many lines, from Amazon's document to Amazon's packages."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import Line, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import PackageLine
from tests.journeys.staff import CLOSE, filled_in, is_done, shown, staff, workers
from tests.world import World

__all__ = ["staff"]  # a fixture

MANY = 2_000


@pytest.fixture
def number(world: World) -> str:
    return world.order_placed(lines=[{"sku": f"SKU-{place:05}", "quantity": 3} for place in range(MANY)])


def test_it_is_brought_shown_shipped_in_two_packages_and_confirmed(world: World, staff: Client, number: str) -> None:
    world.download()
    world.deliver()
    order = world.order(number)
    assert (order.status, order.line_count, order.unit_count) == (OrderStatus.AT_WMS, MANY, 3 * MANY)
    assert Line.objects.filter(order=order).count() == MANY

    listed = staff.get(reverse("orders:orders"), {"tab": "wms", "q": "SKU-01999"}).content.decode()
    assert number in listed
    assert f"{3 * MANY}" in shown(staff, order)
    file = staff.get(reverse("orders:export"), {"tab": "wms"}).getvalue().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(file))
    assert (row["Lines"], row["Units"]) == (str(MANY), str(3 * MANY))

    contents = "\n".join(f"SKU-{place:05} 1" for place in range(MANY))
    two = {f"packages_{order.pk}": 2, f"contents_{order.pk}": contents}
    staff.post(CLOSE, filled_in(world, [order], **two, **{f"tracking_{order.pk}_2": ups_number("999AA1", 9_000_777)}))
    assert world.order(number).status == OrderStatus.SHIPPED
    assert PackageLine.objects.filter(package__order=order).count() == 2 * MANY
    assert ups_number("999AA1", 9_000_777) in shown(staff, order)

    workers(world, times=2)
    assert is_done(world, number)
    first, second = world.told()
    assert set(first["items"].values()) == {1}
    assert set(second["items"].values()) == {2}
    assert len(first["items"]) == len(second["items"]) == MANY

    world.later(minutes=5)
    world.download()
    assert Line.objects.filter(order=order, fulfilled_there=3).count() == MANY
