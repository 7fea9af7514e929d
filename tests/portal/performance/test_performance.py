"""Performance: the figures equal sums worked out one order at a time, for whoever may see the orders."""

import csv
import io
import math
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carts.models import Cart
from core.accounts.models import Organization
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.models import Charge, CurrencyRate
from shipping.performance import day_refresh, durations, month_sums
from tests.factories import CartFactory, OrderFactory, PackageFactory, ShipmentFactory

pytestmark = pytest.mark.django_db
URL = "/performance/"
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)  # the clocks of New York changed on the 1st


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def told(organization: Organization) -> None:
    day_refresh.mark_stale(organization, now=NOW)
    day_refresh.refresh(organization, now=NOW + day_refresh.SETTLED)


def played(cart: Cart, rng: Random, number: int) -> list[dict[str, Any]]:
    """Orders as the days bring them, and beside each what it should count as."""
    facts = []
    for _ in range(number):
        placed_at = NOW - timedelta(minutes=rng.randrange(20 * 24 * 60))
        what = rng.choice(["new", "shipped", "late", "part", "canceled", "skipped"])
        shipped_at = placed_at + timedelta(hours=rng.randrange(1, 60))
        order = OrderFactory(
            cart=cart, placed_at=placed_at, total=rng.choice([None, Decimal(rng.randrange(100, 9999)) / 100]),
            currency=rng.choice(["USD", "CAD"]), lines={"MUG": rng.randrange(1, 5)},
            ship_by=shipped_at + timedelta(hours=-1 if what == "late" else 1) if what in ("shipped", "late") else None,
            status={"new": OrderStatus.NEW, "part": OrderStatus.AT_WMS, "canceled": OrderStatus.CANCELED,
                    "skipped": OrderStatus.SKIPPED}.get(what, OrderStatus.SHIPPED),
            shipped_at=shipped_at if what in ("shipped", "late") else None,
        )  # fmt: skip
        packages = {"shipped": 1, "late": 2, "part": 1}.get(what, 0)
        if packages:
            shipment = ShipmentFactory(order=order, shipped_at=shipped_at)
            for place in range(packages):
                PackageFactory(order=order, shipment=shipment, number=place + 1)
        facts.append({"order": order, "what": what, "packages": packages})
    return facts


def test_the_figures_equal_sums_worked_out_one_order_at_a_time(owner: Client, cart: Cart, others_order: Order) -> None:
    Organization.objects.filter(pk=cart.organization_id).update(time_zone="America/New_York")
    organization = Organization.objects.get(pk=cart.organization_id)
    facts = [each for each in played(cart, Random(4), 60) if each["what"] != "skipped"]
    Charge.objects.create(
        organization=organization, merchant=cart.merchant, order=facts[0]["order"], label="Freight",
        amount=Decimal("2.50"), currency="USD", at=NOW,
    )  # fmt: skip
    told(organization)
    assert month_sums.refresh(organization, now=NOW + month_sums.SETTLED + day_refresh.SETTLED) == 1
    assert month_sums.in_step(organization, date(2026, 9, 30), date(2026, 11, 5)) == [date(2026, 10, 1)]
    for first in (date(2026, 10, 28), date(2026, 9, 30)):  # read by days alone, and with a whole month
        they_equal(owner, facts, first, date(2026, 11, 5), organization)


def they_equal(
    client: Client, facts: list[dict[str, Any]], first: date, last: date, organization: Organization
) -> None:
    within = [each for each in facts if first <= each["order"].placed_at.astimezone(organization.zone).date() <= last]
    kept = [each for each in within if each["what"] != "canceled"]
    assert {each["what"] for each in within} == {"new", "shipped", "late", "part", "canceled"}

    asked = {"from": first.isoformat(), "to": last.isoformat()}
    page = client.get(URL, {**asked, "merchant": str(facts[0]["order"].merchant_id)})
    figures = page.context["figures"]

    late = sum(each["what"] == "late" for each in within)
    promised = late + sum(each["what"] == "shipped" for each in within)
    sales: dict[str, Decimal] = {}
    for each in kept:
        if each["order"].total is not None:
            sales[each["order"].currency] = sales.get(each["order"].currency, Decimal(0)) + each["order"].total
    assert figures.orders == len(within)
    assert figures.units == sum(each["order"].unit_count for each in kept)
    assert figures.canceled == len(within) - len(kept)
    assert (figures.shipped, figures.late, figures.numbers["promised"]) == (promised, late, promised)
    assert figures.on_time_share == (1000 * (promised - late) // promised) / 10
    assert figures.numbers["packages"] == sum(each["packages"] for each in within)
    assert {currency: amount for currency, amount, _ in figures.sold} == sales
    charged = {"USD": Decimal("2.50")} if facts[0] in within else {}
    assert dict(figures.charged) == charged
    assert sum(day.number for day in page.context["days"]) == len(within)
    took = sorted(each["order"].shipped_at - each["order"].placed_at for each in within if each["order"].shipped_at)
    assert figures.steps["ship"] == Counter(map(durations.step, took))
    middle, almost = took[(len(took) + 1) // 2 - 1], took[math.ceil(len(took) * 0.95) - 1]
    for found, true in zip(figures.took(durations.TO_SHIP), (middle, almost), strict=True):
        assert abs(found - true) <= 0.05 * true
    for by in ("merchant", "cart", "marketplace", "warehouse"):
        rows = client.get(URL, {**asked, "by": by}).context["rows"]
        assert sum(row["part"].figures.orders for row in rows) == len(within), by


def test_sales_are_converted_at_the_rate_of_their_day_and_what_has_none_is_said(owner: Client, cart: Cart) -> None:
    Organization.objects.filter(pk=cart.organization_id).update(reporting_currency="USD")
    for days, amount, currency in (
        (1, "10", "USD"),
        (1, "20", "CAD"),
        (9, "30", "CAD"),
        (20, "40", "CAD"),
        (1, "5", "EUR"),
    ):
        OrderFactory(cart=cart, placed_at=NOW - timedelta(days=days), total=Decimal(amount), currency=currency)
    told(cart.organization)
    for rate, since in (("0.5", 15), ("0.75", 5)):
        day = (NOW - timedelta(days=since)).date()
        answer = owner.post("/performance/rates/", {"currency": "CAD", "rate": rate, "since": day.isoformat()})
        assert answer.status_code == 302, answer.context["form"].errors

    figures = owner.get(URL).context["figures"]
    assert (figures.converted, figures.unconverted) == (Decimal(10) + 15 + 15, 2)

    owner.post(f"/performance/rates/{CurrencyRate.objects.latest('since').pk}/remove/")
    figures = owner.get(URL).context["figures"]
    assert figures.converted == Decimal(10) + 10 + 15
    refused = owner.post("/performance/rates/", {"currency": "CAD", "rate": "0", "since": "2026-11-01"})
    assert "A rate is more than zero." in refused.content.decode()


def test_an_open_order_past_its_time_is_late_before_anybody_touches_it(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, placed_at=NOW - timedelta(days=2), ship_by=NOW + timedelta(hours=1))
    told(cart.organization)
    assert owner.get(URL).context["figures"].late == 0
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        figures = owner.get(URL).context["figures"]
    assert (figures.late, figures.on_time_share) == (1, 0.0)


def test_a_seller_sees_their_own_and_nobody_another_3pls(
    seller: Client, stranger: Client, cart: Cart, others_order: Order
) -> None:
    Order.objects.update(placed_at=NOW - timedelta(days=1))
    OrderFactory(cart=cart, placed_at=NOW - timedelta(days=1))
    told(cart.organization)
    mine = seller.get(URL, {"by": "merchant"}).context
    assert [(row["part"].name, row["part"].figures.orders) for row in mine["rows"]] == [(cart.merchant.name, 1)]
    assert seller.get(URL, {"merchant": others_order.merchant_id}).context["figures"].orders == 0
    assert stranger.get(URL, {"cart": cart.pk}).context["figures"].orders == 0


def test_the_file_says_what_the_page_says_and_a_wrong_period_is_named(owner: Client, cart: Cart) -> None:
    for currency in ("USD", "CAD"):
        OrderFactory(cart=cart, placed_at=NOW - timedelta(days=1), total=Decimal(10), currency=currency)
    told(cart.organization)
    answer = owner.get(f"{URL}export/", {"by": "cart", "as": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [(row["Orders"], row["Currency"], row["Sales"]) for row in rows] == [("2", "CAD", "10"), ("", "USD", "10")]
    for query, said in (
        ({"from": "2026-11-05", "to": "2026-11-01"}, "The first day is after the last one."),
        ({"from": "5 Nov"}, "Enter both days as year, month and day"),
        ({"period": "ever"}, "There is no such period."),
    ):
        page = owner.get(URL, query)
        assert said in page.content.decode()
        assert page.context["figures"].orders == 2


def test_more_carts_and_days_need_no_more_statements(owner: Client, cart: Cart) -> None:
    def statements() -> int:
        told(cart.organization)
        owner.get(URL, {"by": "cart"})
        with CaptureQueriesContext(
            connection,
        ) as caught:
            page = owner.get(URL, {"by": "cart"})
        assert page.context["rows"]
        return len(caught)

    OrderFactory(cart=cart, placed_at=clock.now() - timedelta(days=1))
    few = statements()
    for _ in range(3):
        another = CartFactory(merchant=cart.merchant, organization=cart.organization)
        for day in range(4):
            OrderFactory(cart=another, placed_at=clock.now() - timedelta(days=day))
    assert statements() == few
