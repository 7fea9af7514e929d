"""The marketplace's figures of an account: beside ours, over time, for whoever may see the cart."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carts.account_health import kept_figures
from carts.marketplaces.account_figures import AccountFigures, AccountRate, Rate, Target
from carts.models import AccountDay, Cart
from orders.models import Order, OrderStatus
from shipping.performance import day_refresh
from tests.factories import CartFactory, OrderFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def told(
    cart: Cart, share: str, *, days_ago: int = 0, standing: str = "NORMAL", more: dict[Rate, AccountRate] | None = None
) -> AccountDay:
    at = NOW - timedelta(days=days_ago)
    late = AccountRate(
        Decimal(share), Target(Decimal(4), below=True), of=1000, hit=12, since=date(2026, 10, 10), until=at.date()
    )
    canceled = AccountRate(Decimal("0.4"), since=date(2026, 10, 10), until=at.date())
    said = AccountFigures(cart.place_id, standing, {Rate.LATE: late, Rate.CANCELED: canceled, **(more or {})})
    return kept_figures.store(cart, said, now=at)


def said(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_account_shows_its_figures_beside_targets_ours_and_a_week_before(
    owner: Client, cart: Cart, others_order: Order
) -> None:
    url = reverse("performance:account", args=[cart.pk])
    assert "Not told yet" in said(owner, url)
    for status in (OrderStatus.CANCELED, OrderStatus.NEW, OrderStatus.NEW, OrderStatus.NEW):
        OrderFactory(cart=cart, placed_at=NOW - timedelta(days=2), status=status)
    day_refresh.mark_stale(cart.organization, now=NOW)
    day_refresh.refresh(cart.organization, now=NOW + day_refresh.SETTLED)
    told(cart, "1.2", days_ago=7, more={Rate.UNITS_ON_TIME: AccountRate(Decimal(96))})  # told on some days alone
    told(cart, "2.2")
    told(cart, "6.2", standing="AT_RISK")  # the last word of a day counts
    AccountDay.objects.filter(cart=cart, day=NOW.date()).update(unread=["validTrackingRate"])
    shown = said(owner, url)
    assert "Some figures could not be read" in shown
    assert "valid tracking rate" in shown

    page = owner.get(url)
    late, canceled = page.context["rates"][1], page.context["rates"][2]
    assert (late.judged.share, late.before.share, late.judged.state) == (
        Decimal("6.2"),
        Decimal("1.2"),
        ("Over target", "bad"),
    )
    assert (canceled.judged.target.value, canceled.judged.is_published) == (Decimal("2.5"), True)
    assert canceled.ours == 25.0
    assert page.context["rates"][0].judged.state == ("Not told", "calm")  # order defects: never zero
    assert page.context["plot"]["values"] == [[1.2, 6.2], [4.0, 4.0]]
    assert [len(cells) for _, _, cells in page.context["days"]] == [len(page.context["heads"])] * 2
    assert said(owner, url + "?rate=canceled").count("At risk") == 2

    overview = said(owner, "/performance/")
    assert "As the marketplaces see it" in overview
    assert "<strong>6.2%</strong> (below 4%)" in overview
    assert "6.2%" in said(owner, reverse("merchants:merchant", args=[cart.merchant_id]))
    assert "6.2%" in said(owner, cart.get_absolute_url())


def test_more_accounts_and_days_need_no_more_statements(owner: Client, cart: Cart) -> None:
    def counted(url: str) -> int:
        owner.get(url)
        with CaptureQueriesContext(
            connection,
        ) as found:
            owner.get(url)
        return len(found)

    pages = ("/performance/", reverse("performance:account", args=[cart.pk]))
    for days_ago in (0, 8):
        told(cart, "1.2", days_ago=days_ago)
    before = [counted(url) for url in pages]
    for _ in range(3):
        other = CartFactory(merchant=cart.merchant)
        for days_ago in range(12):
            told(other, "2", days_ago=days_ago)
            told(cart, "2", days_ago=days_ago)

    assert [counted(url) for url in pages] == before
