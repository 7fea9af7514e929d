"""All samples are read whole: to the cent, with their programs, and held where they must not go."""

from decimal import Decimal

import pytest

from carts.models import Cart
from orders.download import storage
from orders.models import Order
from tests.factories import CartFactory
from tests.sample_orders.samples import SAMPLES, Sample, now_here
from tests.world import NOON


@pytest.fixture
def carts(db: None) -> dict[str, Cart]:
    return {place_id: CartFactory(place_id=place_id, live_at=NOON) for place_id in {each.place_id for each in SAMPLES}}


@pytest.fixture
def brought(carts: dict[str, Cart]) -> dict[Sample, Order]:
    """The samples, stored as one page of a download would be."""
    counted = storage.store_page(carts, [sample.document for sample in SAMPLES], now=NOON)
    assert counted == {"new": len(SAMPLES), "changed": 0, "unchanged": 0, "strange": 0, "elsewhere": 0}
    return now_here()


def test_amounts_are_exact_and_in_the_marketplaces_currency(brought: dict[Sample, Order]) -> None:
    for sample, order in brought.items():
        total, currency = sample.right["total"].split()
        lines = list(order.lines.order_by("pk"))
        prices = [item["product"]["price"]["unitPrice"]["amount"] for item in sample.order["orderItems"]]

        assert (sample, order.total, order.currency) == (sample, Decimal(total), currency)
        assert [line.total for line in lines] == [Decimal(each) for each in sample.right["line_totals"]], sample
        assert sum(line.total for line in lines if line.total is not None) == Decimal(total), sample
        assert [line.unit_price for line in lines] == [Decimal(each) for each in prices], sample
        assert {line.currency for line in lines} == {currency}, sample


def test_each_goes_or_is_held_or_left_alone_for_its_own_reason(brought: dict[Sample, Order]) -> None:
    became = {sample.name: (order.status, order.held_for, order.reason) for sample, order in brought.items()}

    right = {sample.name: sample.right for sample in SAMPLES}
    assert became == {
        name: (each["status"], each.get("held_for", ""), each.get("reason", "")) for name, each in right.items()
    }


def test_programs_ship_methods_and_units_are_kept(brought: dict[Sample, Order]) -> None:
    for sample, order in brought.items():
        gifts = [line for line in sample.right.get("lines", ()) if line.get("gift_message") or line.get("gift_wrap")]
        assert [sample, *order.program_words] == [sample, *sample.right["programs"], *(["GIFT"] if gifts else [])]
        assert order.service == sample.right.get("service", "Standard"), sample
        assert [(line.sku, line.ordered) for line in order.lines.order_by("pk")] == [
            (item["product"]["sellerSku"], item["quantityOrdered"]) for item in sample.order["orderItems"]
        ]


def test_the_same_page_again_changes_nothing(brought: dict[Sample, Order], carts: dict[str, Cart]) -> None:
    again = storage.store_page(carts, [sample.document for sample in SAMPLES], now=NOON)

    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, len(SAMPLES))
