"""Ship and Close: additional charges."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client

from orders.models import OrderStatus
from shipping.close.fill_in import CHARGES
from shipping.models import Charge, Shipment
from tests.order_pages import AtWarehouse
from tests.shipping.close.close_form import URL, errors, said, sent_back

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def asked(number: int, label: str, amount: str, currency: str = "USD", how: str = "divided") -> dict[str, Any]:
    fields = {"label": label, "amount": amount, "currency": currency, "how": how}
    return {f"charge_{name}_{number}": value for name, value in fields.items()}


def test_fifty_orders_are_shipped_at_once_and_the_charge_is_divided_to_the_cent(
    owner: Client, at_warehouse: AtWarehouse
) -> None:
    orders = [at_warehouse(str(number)) for number in range(1, 51)]
    form = said(orders, charges=2, **asked(1, "Freight", "100.03"), **asked(2, "Packing", "1.50", how="each"))

    first = owner.post(URL, form)
    owner.post(URL, sent_back(first))

    assert Shipment.objects.count() == 50
    freight, packing = Charge.objects.filter(label="Freight"), Charge.objects.filter(label="Packing")
    assert freight.aggregate(sum=Sum("amount"))["sum"] == Decimal("100.03")
    assert set(freight.values_list("amount", flat=True)) == {Decimal("2.00"), Decimal("2.01")}
    assert packing.count() == 50
    assert set(packing.values_list("amount", flat=True)) == {Decimal("1.50")}


def test_nothing_is_charged_that_nobody_saw(owner: Client, at_warehouse: AtWarehouse) -> None:
    one, two = at_warehouse("1"), at_warehouse("2")
    form = said([one, two], charges=1, **asked(1, "Freight", "10.01"))

    page = owner.post(URL, form)

    assert "Check what each order is charged" in page.content.decode()
    assert [[str(share.amount) for share in row.now] for row in page.context["dialog"].grid] == [
        ["5.01 USD"],
        ["5.00 USD"],
    ]
    assert not Shipment.objects.exists()

    other_amount = sent_back(page) | asked(1, "Freight", "99.99")
    assert owner.post(URL, other_amount).status_code == 200
    assert not Charge.objects.exists()


def test_the_grid_shows_what_is_charged_already(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")
    Charge.objects.create(
        organization=order.organization,
        merchant=order.merchant,
        order=order,
        label="Gift wrap",
        amount=Decimal("2.5"),
        currency="USD",
        at=order.placed_at,
    )

    page = owner.post(URL, said([order], reckon="1", charges=1, **asked(1, "Freight", "10")))

    text = page.content.decode()
    assert "Gift wrap $2.50" in text
    assert "Freight $10.00" in text
    assert "$12.50" in text


def test_a_charge_is_for_the_orders_of_its_currency_and_the_others_are_named(
    owner: Client, at_warehouse: AtWarehouse
) -> None:
    yen = [at_warehouse(str(number), currency="JPY") for number in (1, 2)]
    dinar = at_warehouse("3", currency="KWD")
    charges = asked(1, "Freight", "101", "JPY") | asked(2, "Duty", "0.125", "KWD")

    page = owner.post(URL, said([*yen, dinar], charges=2, **charges))
    assert "“Freight” is in JPY, so it is not charged to 3, paid in another currency." in page.content.decode()
    owner.post(URL, sent_back(page))

    assert set(Charge.objects.values_list("order", "amount", "currency")) == {
        (yen[0].pk, Decimal(51), "JPY"),
        (yen[1].pk, Decimal(50), "JPY"),
        (dinar.pk, Decimal("0.125"), "KWD"),
    }


@pytest.mark.parametrize(
    ("charge", "field", "why"),
    [
        (asked(1, "", "5"), "charge_label_1", "Enter what the charge is for."),
        (asked(1, "Freight", ""), "charge_amount_1", "The amount is missing."),
        (asked(1, "Freight", "1.005"), "charge_amount_1", "USD has 2 digits after the point, not 3."),
        (asked(1, "Freight", "-5"), "charge_amount_1", "Enter it with a point"),
        (asked(1, "F" * 61, "5"), "charge_label_1", "at most 60"),
        (asked(1, "Freight", "5", "EUR"), "charge_currency_1", "isn't offered"),
        (asked(1, "Freight", "5", how="twice"), "charge_how_1", "isn't offered"),
    ],
)
def test_a_charge_that_cannot_be_is_named_and_nothing_is_shipped(
    owner: Client, at_warehouse: AtWarehouse, charge: dict[str, Any], field: str, why: str
) -> None:
    page = owner.post(URL, said([at_warehouse("1")], charges=1, **charge))

    assert list(errors(page)) == [field]
    assert why in errors(page)[field][0]
    assert not Shipment.objects.exists()


def test_sending_it_twice_charges_once(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")
    form = sent_back(owner.post(URL, said([order], charges=1, **asked(1, "Freight", "5"))))

    owner.post(URL, form)
    again = owner.post(URL, form, follow=True)

    assert b"This was already shipped." in again.content
    assert Charge.objects.count() == 1


def test_there_may_be_more_charges_up_to_an_end(owner: Client, at_warehouse: AtWarehouse) -> None:
    order = at_warehouse("1")

    two = owner.post(URL, said([order], charges=1, add_charge="1", **asked(1, "Freight", "5")))
    end = owner.post(URL, said([order], charges=CHARGES, add_charge="1"))

    assert [form["label"].value() for form in two.context["dialog"].charges] == ["Freight", None]
    assert end.context["told"] == f"You can add up to {CHARGES} charges at a time."
    order.refresh_from_db()
    assert order.status == OrderStatus.AT_WMS


@pytest.mark.parametrize(("amount", "kept"), [("2,50", "2.50"), ("2.5", "2.50"), ("1234,5", "1234.50")])
def test_an_amount_has_a_point_or_a_comma(owner: Client, at_warehouse: AtWarehouse, amount: str, kept: str) -> None:
    form = said([at_warehouse("1")], **asked(1, "Freight", amount))

    page = owner.post(URL, form | {"reckon": "1"})
    owner.post(URL, form | {"charges_seen": page.context["dialog"].charged_as})

    assert Charge.objects.get().amount == Decimal(kept)
