"""Performance in a real browser: the figures, other days, and rates, as everybody can read them."""

import re
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from carts.account_health import kept_figures
from carts.marketplaces.account_figures import AccountFigures, AccountRate, Rate, Target
from carts.models import Cart
from core.accounts.models import User
from core.activity.event_log import record
from core.common import clock
from orders.models import OrderStatus
from shipping.performance import day_refresh
from tests.browser.page_text import Look, read
from tests.exchanges import ExchangeFactory
from tests.factories import (
    CartFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    PackageFactory,
    ShipmentFactory,
    make_person,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Month:
    """Two merchants' orders of some weeks, in two currencies."""

    cart: Cart  # of the latter

    def __init__(self) -> None:
        organization = OrganizationFactory(name="Northwind 3PL", reporting_currency="USD")
        self.user: User = make_person(organization)
        now, rng = clock.now(), Random(7)
        for name, currency in (("Blue Mug Co", "USD"), ("Grüne Lampe GmbH", "EUR")):
            cart = CartFactory(merchant=MerchantFactory(organization=organization, name=name))
            for _ in range(12):
                placed_at = now - timedelta(hours=rng.randrange(26 * 24))
                order = OrderFactory(
                    cart=cart, placed_at=placed_at, currency=currency, total=Decimal(rng.randrange(900, 9000)) / 100,
                    status=OrderStatus.SHIPPED, shipped_at=placed_at, ship_by=placed_at + timedelta(hours=30),
                )  # fmt: skip
                shipment = ShipmentFactory(order=order, shipped_at=placed_at + timedelta(hours=rng.randrange(2, 40)))
                PackageFactory(order=order, shipment=shipment)
            late = AccountRate(Decimal("6.2"), Target(Decimal(4), below=True), of=1000, hit=62)
            for days in (7, 0):
                figures = AccountFigures(cart.place_id, "AT_RISK", {Rate.LATE: late}, unread=["validTrackingRate"])
                kept_figures.store(cart, figures, now=now - timedelta(days=days))
            record("cart.paused", cart, now=now, actor=self.user)
            said = {"organization": organization, "connection": f"grant-{cart.grant_id}", "at": now}
            ExchangeFactory(**said, subject_kind="order", subject_id=order.pk, request='{"a": 1}', answer='{"b": 2}')
        self.cart = cart
        day_refresh.mark_stale(organization, now=now)
        day_refresh.refresh(organization, now=now + day_refresh.SETTLED)


@pytest.fixture
def house() -> Month:
    return Month()


def test_a_month_over_all_accounts_and_a_rate_for_the_other_currency(look: Look) -> None:
    page = look("/performance/")
    expect(page.get_by_text("12 orders are not in it")).to_be_visible()
    read(page, "performance")

    page.get_by_role("link", name="Currency rates").click()
    page.get_by_label("Currency", exact=True).select_option("EUR")
    page.get_by_label("Rate", exact=True).fill("1.10")
    page.get_by_label("From", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Save rate").click()
    expect(page.get_by_role("cell", name="1.1", exact=True)).to_be_visible()
    read(page, "performance-rates")

    page.goto("/performance/")
    page.get_by_role("link", name=re.compile("Grüne Lampe")).first.click()
    expect(page.get_by_text("Some figures could not be read")).to_be_visible()
    read(page, "performance-account")

    page.goto("/performance/")
    expect(page.get_by_text("are not in it")).to_have_count(0)
    page.get_by_text("Other days").click()
    page.get_by_label("From", exact=True).fill("2020-01-01")
    page.get_by_label("to", exact=True).fill("2020-01-02")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No orders in this period")).to_be_visible()


def test_what_somebody_answers_for_is_readable_by_everybody(look: Look, house: Month) -> None:
    page = look("/activity/")
    page.get_by_label("Anything").select_option(label="Carts: everything")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Cart: paused").first).to_be_visible()
    read(page, "activity")

    page.get_by_role("link", name="Requests").click()
    page.get_by_role("listitem").filter(has_text="getOrder").first.click()
    read(page, "requests")

    page.goto(reverse("merchants:linking", args=[house.cart.merchant_id]))
    expect(page.get_by_role("rowheader", name="Business information verified")).to_be_visible()
    read(page, "linking")
