"""What a listing promises beside what the warehouse does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.common import clock
from inventory.handling_time.real_days import business_days
from orders.models import OrderStatus
from tests.factories import (
    CartFactory,
    ListingFactory,
    OrderFactory,
    PackageFactory,
    PackageLineFactory,
    ShipmentFactory,
    make_person,
)

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(("later", "days"), [(-1, 0), (0, 0), (1, 0), (2, 0), (3, 1), (7, 5), (10, 6), (14, 10)])
def test_only_working_days_count(later: int, days: int) -> None:
    assert business_days(FRIDAY, FRIDAY + timedelta(days=later)) == days


@pytest.mark.django_db
def test_what_ships_a_day_faster_than_it_says_will_be_flagged_at_amazon_com_alone() -> None:
    us = CartFactory()
    de = CartFactory(merchant=us.merchant, place_id="A1PA6795UKMFR9")
    placed = datetime.combine(clock.now().date() - timedelta(days=14), datetime.min.time(), UTC) + timedelta(hours=12)
    placed -= timedelta(days=placed.weekday())  # a Monday
    for cart, sku, set_days, took in ((us, "FAST", 2, 1), (us, "EVEN", 1, 1), (de, "FAST", 2, 1)):
        ListingFactory(cart=cart, sku=sku, handling_days=set_days)
        order = OrderFactory(cart=cart, status=OrderStatus.SHIPPED, lines={sku: 1}, placed_at=placed)
        shipment = ShipmentFactory(order=order, shipped_at=placed + timedelta(days=took))
        PackageLineFactory(package=PackageFactory(shipment=shipment), line=order.lines.get(), quantity=1)
    browser = Client()
    browser.force_login(make_person(us.organization, Role.VIEWER))

    answer = browser.get(reverse("inventory:handling_time", args=[us.merchant_id]))

    rows = [(row.listing.cart, row.listing.sku, row.real_days, row.is_flagged) for row in answer.context["rows"]]
    assert rows == [(us, "FAST", 1, True), (us, "EVEN", 1, False), (de, "FAST", 1, False)]
    assert "1 SKU will be flagged." in answer.content.decode()
