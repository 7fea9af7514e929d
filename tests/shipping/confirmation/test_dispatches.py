"""What a cart is told of a package."""

from typing import Any

import pytest

from carts.marketplaces.values import DispatchLine
from shipping.carriers import carrier_codes
from shipping.confirmation import dispatches
from shipping.models import Package
from tests.factories import OrderFactory, PackageFactory, PackageLineFactory

pytestmark = pytest.mark.django_db


def packages(number: int, *, lines: int = 3) -> None:
    for _ in range(number):
        order = OrderFactory(lines={f"SKU-{place}": 2 for place in range(lines)})
        package = PackageFactory(shipment__order=order)
        for line in order.lines.order_by("-pk"):
            PackageLineFactory(package=package, line=line, quantity=2)


def test_lines_are_told_in_the_order_they_were_packed() -> None:
    packages(1)
    package = Package.objects.get()

    told = dispatches.dispatch(package).lines

    number = package.order.number
    assert told == [DispatchLine(f"{number}-{place}", 2) for place in (3, 2, 1)]


@pytest.mark.parametrize("number", [2, 20])
def test_more_packages_and_lines_make_no_more_queries(django_assert_num_queries: Any, number: int) -> None:
    packages(number, lines=number)
    rows = Package.objects.select_related("order__cart", "shipment").prefetch_related(dispatches.packed())

    with django_assert_num_queries(3):
        codes = carrier_codes.codes_for(rows)
        told = [dispatches.dispatch(package, codes) for package in rows]

    assert sum(len(each.lines) for each in told) == number * number
