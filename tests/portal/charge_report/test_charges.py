"""Additional charges, added up by month and merchant, and as a file."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from carts.models import Cart
from core.accounts.models import Organization
from core.activity.models import Event
from orders.models import Order
from shipping.models import Charge
from tests.factories import OrderFactory

pytestmark = pytest.mark.django_db
URL = "/merchants/charges/"
AUGUST, SEPTEMBER = datetime(2026, 8, 31, 23, 30, tzinfo=UTC), datetime(2026, 9, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)


def charge(
    order: Order, amount: str, *, at: datetime = SEPTEMBER, label: str = "Freight", currency: str = "USD"
) -> Charge:
    return Charge.objects.create(
        organization=order.organization, merchant=order.merchant, order=order, label=label, amount=Decimal(amount),
        currency=currency, at=at,
    )  # fmt: skip


@pytest.fixture
def september() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def shown(client: Client, **query: Any) -> list[tuple[str, str, str, int, str]]:
    page = client.get(URL, query)
    assert page.status_code == 200
    return [
        (f"{each.month:%Y-%m}", each.merchant, each.label, each.charges, f"{each.amount:.2f} {each.currency}")
        for each in page.context["sums"]
    ]


def test_charges_are_added_up_by_month_merchant_and_currency(
    owner: Client, cart: Cart, others_order: Order, september: None
) -> None:
    order = OrderFactory(cart=cart)
    for amount in ("1.67", "1.66"):
        charge(order, amount)
    charge(order, "5", currency="EUR")
    charge(others_order, "2", label="Packing")
    charge(order, "9", at=AUGUST)
    charge(OrderFactory(), "99")  # another 3PL's

    this_month = [
        ("2026-09", "Blue Mug Co", "Freight", 1, "5.00 EUR"),
        ("2026-09", "Blue Mug Co", "Freight", 2, "3.33 USD"),
        ("2026-09", "Green Lamp Ltd", "Packing", 1, "2.00 USD"),
    ]
    assert shown(owner) == this_month
    assert shown(owner, month="all") == [*this_month, ("2026-08", "Blue Mug Co", "Freight", 1, "9.00 USD")]
    assert shown(owner, merchant=cart.merchant_id) == this_month[:2]
    totals = owner.get(URL).context["totals"]
    assert totals == [(Decimal(5), "EUR"), (Decimal("5.33"), "USD")]


def test_a_month_begins_where_the_organization_is(
    owner: Client, cart: Cart, acme: Organization, september: None
) -> None:
    Organization.objects.filter(pk=acme.pk).update(time_zone="Asia/Tokyo")
    charge(OrderFactory(cart=cart), "1", at=AUGUST)

    assert [row[0] for row in shown(owner)] == ["2026-09"]


@pytest.mark.parametrize("query", [{"month": "2031-01"}, {"month": "x"}, {"merchant": "x"}, {"merchant": "9" * 40}])
def test_what_is_no_month_or_merchant_is_not_asked_for(owner: Client, september: None, query: dict[str, str]) -> None:
    assert shown(owner, **query) == []


def test_a_seller_sees_their_own_charges_only(seller: Client, cart: Cart, others_order: Order, september: None) -> None:
    charge(OrderFactory(cart=cart), "1")
    charge(others_order, "2")

    assert [row[1] for row in shown(seller)] == ["Blue Mug Co"]


def test_the_file_has_a_row_for_each_charge(owner: Client, cart: Cart, september: None) -> None:
    charge(OrderFactory(cart=cart, number="113-1"), "1.5", label="=1+1")
    charge(OrderFactory(cart=cart, number="113-2"), "9", at=AUGUST)

    text = owner.get(f"{URL}export/", {"month": "2026-09"}).getvalue().decode()

    assert list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))) == [
        {
            "Charged": "2026-09-01T12:00:00+00:00", "Merchant": "Blue Mug Co", "Cart": "Amazon US", "Order": "113-1",
            "What for": "'=1+1", "Amount": "1.5", "Currency": "USD",
        }
    ]  # fmt: skip
    assert Event.objects.get(kind="charges.exported").details["count"] == 1


def test_a_file_of_no_kind_we_have_is_refused(owner: Client) -> None:
    page = owner.get(f"{URL}export/", {"as": "pdf"}, follow=True)

    assert page.redirect_chain == [(URL, 302)]
    assert "Charges can&#x27;t be exported as that." in page.content.decode()
