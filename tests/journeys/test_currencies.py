"""Orders in yen, dinars and dollars: from Amazon's document to the list, the page, the file, a charge and back."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.consent import grants
from carts.marketplaces.values import Tokens
from core.ui.formats import tell_money
from orders.models import Order, OrderStatus
from shipping.models import Charge
from tests import factories
from tests.journeys.staff import CLOSE, filled_in, staff
from tests.shipping.close.close_form import sent_back
from tests.world import SELLER, US, World

__all__ = ["staff"]  # a fixture

JAPAN, TEA_SELLER = "A1VC38T7YXB528", "A1SAKURATEA01"


@dataclass(frozen=True)
class Paid:
    """How an order is paid, what three of them are charged together, and how that falls to each."""

    currency: str
    price: str  # of a unit, of which there are two
    rest: str  # shipping and tax
    charge: str
    shares: tuple[str, str, str]
    place: str = US
    seller: str = SELLER

    @property
    def total(self) -> Decimal:
        return Decimal(self.price) * 2 + Decimal(self.rest)


WAYS = [
    Paid("JPY", "1980", "550", "1000", ("334", "333", "333"), JAPAN, TEA_SELLER),
    Paid("KWD", "12.345", "0.005", "10.000", ("3.334", "3.333", "3.333")),
    Paid("USD", "19.99", "3.21", "100.00", ("33.34", "33.33", "33.33")),
]


def open_cart(world: World, paid: Paid) -> None:
    """Let the world's cart be one of the marketplace it is paid at."""
    if paid.place == US:
        return
    world.cart = factories.CartFactory(
        merchant=world.merchant, place_id=paid.place, name="Amazon.co.jp", grant=None, live_at=world.now
    )
    tokens = Tokens(access_token="", expires_in=0, refresh_token=world.simulator.grant(paid.seller))
    grants.bind(world.cart, seller_id=paid.seller, tokens=tokens, by=world.person, now=world.now)
    world.cart.refresh_from_db()


def place(world: World, paid: Paid) -> str:
    def money(amount: object) -> dict[str, str]:
        return {"amount": str(amount), "currencyCode": paid.currency}

    line = {
        "product": {"price": {"unitPrice": money(paid.price)}},
        "proceeds": {"proceedsTotal": money(paid.total)},
    }
    document: dict[str, Any] = {"proceeds": {"grandTotal": money(paid.total)}, "orderItems": [line]}
    number = world.simulator.place_order(
        paid.seller, paid.place, lines=[{"sku": "TEA", "quantity": 2}], overrides=document
    )
    world.later(minutes=5)
    return number


@pytest.mark.parametrize("paid", WAYS, ids=[paid.currency for paid in WAYS])
def test_an_amount_is_the_same_all_the_way(world: World, staff: Client, paid: Paid) -> None:
    open_cart(world, paid)
    numbers = [place(world, paid) for _ in range(3)]
    world.download()
    world.deliver()
    orders = [world.order(number) for number in numbers]
    assert {(order.total, order.currency) for order in orders} == {(paid.total, paid.currency)}
    assert {order.lines.get().unit_price for order in orders} == {Decimal(paid.price)}

    staff.post(reverse("orders:lay_out"), {"per_page": "50", "column": ["due", "total"]})
    listed = staff.get(reverse("orders:orders"), {"tab": "wms"}).content.decode()
    assert listed.count(tell_money(paid.total, paid.currency)) == 3
    page = staff.get(orders[0].get_absolute_url()).content.decode()
    for amount in (paid.price, paid.rest, paid.total):
        assert tell_money(Decimal(amount), paid.currency) in page
    file = staff.get(reverse("orders:export"), {"tab": "wms"}).getvalue().decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(file)):
        assert (Decimal(row["Total"]), row["Currency"]) == (paid.total, paid.currency)

    charge = {"label": "Freight", "amount": paid.charge, "currency": paid.currency, "how": "divided"}
    form = filled_in(world, orders, charges=1, **{f"charge_{name}_1": value for name, value in charge.items()})
    grid = staff.post(CLOSE, form | {"reckon": "1"})
    for share in paid.shares:
        assert tell_money(Decimal(share), paid.currency) in grid.content.decode()
    staff.post(CLOSE, sent_back(grid))
    world.confirm()

    charged = Charge.objects.order_by("pk")
    assert tuple(str(each.amount.quantize(Decimal(paid.charge))) for each in charged) == paid.shares
    assert sum(each.amount for each in charged) == Decimal(paid.charge)
    assert {each.currency for each in charged} == {paid.currency}
    assert {entry["order_id"] for entry in world.told()} == set(numbers)
    assert set(Order.objects.values_list("status", flat=True)) == {OrderStatus.CONFIRMED}


def test_a_coin_the_currency_does_not_have_is_refused_and_nothing_is_shipped(world: World, staff: Client) -> None:
    paid = WAYS[0]
    open_cart(world, paid)
    place(world, paid)
    world.download()
    world.deliver()
    order = Order.objects.get()
    charge = {"label": "Freight", "amount": "10.5", "currency": "JPY", "how": "each"}
    form = filled_in(world, [order], charges=1, **{f"charge_{name}_1": value for name, value in charge.items()})

    page = staff.post(CLOSE, form)

    assert list(page.context["dialog"].errors) == ["charge_amount_1"]
    assert page.context["dialog"].charges[0]["amount"].value() == "10.5"
    assert not Charge.objects.exists()
    assert world.order(order.number).status == OrderStatus.AT_WMS
