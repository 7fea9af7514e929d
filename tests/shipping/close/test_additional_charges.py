from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.common.money import Money, divide, minor_digits
from orders.models import Order
from shipping.close import additional_charges
from shipping.close.additional_charges import ChargeShare, RequestedCharge
from shipping.close.charge_forms import wrong_amount
from shipping.close.ship_and_close import Closing, ship_and_close
from shipping.models import Charge
from shipping.shipments.shipped_packages import Parcel
from tests.world import World

coins = st.integers(min_value=1, max_value=10**14)
currencies = st.sampled_from(["USD", "EUR", "JPY", "KRW", "KWD", "BHD"])


def orders_in(*currencies: str) -> list[Order]:
    """Orders as far as charging looks at them."""
    return cast("list[Order]", [SimpleNamespace(pk=pk, currency=each) for pk, each in enumerate(currencies, start=1)])


@given(coins=coins, currency=currencies, parts=st.integers(min_value=1, max_value=200))
def test_a_divided_amount_is_given_out_to_the_last_coin_and_evenly(coins: int, currency: str, parts: int) -> None:
    amount = Decimal(coins).scaleb(-minor_digits(currency))

    shares = [share.amount for share in divide(Money(amount, currency), parts)]

    assert sum(shares) == amount
    assert max(shares) - min(shares) <= Decimal(1).scaleb(-minor_digits(currency))
    assert sorted(shares, reverse=True) == shares


@pytest.mark.parametrize(
    ("amount", "currency", "shares"),
    [
        ("10.00", "USD", ["3.34", "3.33", "3.33"]),
        ("100", "JPY", ["34", "33", "33"]),
        ("1.000", "KWD", ["0.334", "0.333", "0.333"]),
        ("0.02", "USD", ["0.01", "0.01"]),
    ],
)
def test_the_first_orders_get_what_cannot_be_divided(amount: str, currency: str, shares: list[str]) -> None:
    asked = RequestedCharge("Freight", Money(Decimal(amount), currency), divided=True)

    found = additional_charges.shares([asked], orders_in(currency, currency, currency))

    assert [str(share.amount.amount) for each in found.values() for share in each] == shares


def test_each_is_charged_all_of_what_applies_separately() -> None:
    asked = RequestedCharge("Packing", Money(Decimal("1.50"), "USD"), divided=False)

    found = additional_charges.shares([asked], orders_in("USD", "USD"))

    assert found == {pk: [ChargeShare("Packing", Money(Decimal("1.50"), "USD"))] for pk in (1, 2)}


def test_a_charge_goes_to_the_orders_of_its_currency_only() -> None:
    freight = RequestedCharge("Freight", Money(Decimal("101"), "JPY"), divided=True)
    packing = RequestedCharge("Packing", Money(Decimal("1.005"), "KWD"), divided=True)

    found = additional_charges.shares([freight, packing], orders_in("JPY", "KWD", "JPY"))

    assert {pk: [str(share.amount) for share in shares] for pk, shares in found.items()} == {
        1: ["51 JPY"],
        2: ["1.005 KWD"],
        3: ["50 JPY"],
    }


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("1.005", "USD", "USD has 2 digits after the point, not 3."),
        ("1.5", "JPY", "JPY has no digits after the point, not 1."),
        ("0", "USD", "A charge must be more than zero."),
        ("0.000", "KWD", "A charge must be more than zero."),
    ],
)
def test_an_amount_the_currency_does_not_have_is_named(text: str, currency: str, why: str) -> None:
    assert wrong_amount(text, currency) == why


@pytest.mark.parametrize(
    "text",
    [
        "1,234.50",
        "1.234,50",
        "1,2,3",
        ",5",
        "1 000",
        "-1",
        "+1",
        "1e3",
        "NaN",
        "Infinity",
        "$1",
        "١",
        "1.",
        "9" * 13,
        "<b>",
        "🦄",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    assert wrong_amount(text, "USD").startswith("Enter it with a point or comma")


@given(text=st.text(max_size=30), currency=currencies)
def test_what_passes_as_an_amount_is_one_of_that_currency(text: str, currency: str) -> None:
    if not wrong_amount(text, currency):
        amount = Decimal(text.replace(",", "."))
        assert sum(share.amount for share in divide(Money(amount, currency), 7)) == amount


def test_charges_are_stored_with_the_shipment_and_not_again_when_it_is_sent_twice(world: World) -> None:
    order = world.at_warehouse()
    charges = [
        ChargeShare("Freight", Money(Decimal("3.34"), "USD")),
        ChargeShare("Packing", Money(Decimal("1.00"), "USD")),
    ]
    closings = [Closing(order, [Parcel("UPS", "UPSN", "Ground", "1Z999AA10123456784")], world.now, charges)]

    for _ in range(2):
        ship_and_close(closings, by=world.person, now=world.now)

    stored = Charge.objects.filter(order=order).order_by("pk")
    assert list(stored.values_list("label", "amount", "currency", "by")) == [
        ("Freight", Decimal("3.34"), "USD", world.person.pk),
        ("Packing", Decimal("1.00"), "USD", world.person.pk),
    ]


def test_an_order_that_cannot_be_shipped_is_not_charged(world: World) -> None:
    order = world.at_warehouse()
    line: Any = order.lines.get()
    too_many = Parcel("UPS", "UPSN", "Ground", "1Z999AA10123456784", {line.pk: 99})
    charges = [ChargeShare("Freight", Money(Decimal("3.34"), "USD"))]

    (closed,) = ship_and_close([Closing(order, [too_many], world.now, charges)], by=world.person, now=world.now)

    assert not closed.shipped
    assert closed.message.endswith("Nothing was charged for it.")
    assert not Charge.objects.exists()
