"""The six orders of Amazon's own sandbox, taken out of its published model where that is at hand."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from carts.marketplaces.amazon import adapter, translate
from orders.download import storage
from orders.models import Order
from tests.factories import CartFactory
from tests.sample_orders.samples import SAMPLES, Sample
from tests.simulator.amazon.conftest import published
from tests.simulator.amazon.published_models import PublishedModels
from tests.world import NOON

__all__ = ["published"]  # a fixture
PATH = "/orders/2026-01-01/orders"
# What becomes of each, by its number.
BECOMES = {
    "250-1234567-8901234": ("skipped", ""),  # Amazon ships it
    "202-7654321-1098765": ("closed", ""),
    "171-2345678-9012345": ("held", "program"),  # Delivery by Amazon
    "171-9876543-2109876": ("new", ""),
    "028-1234567-8901234": ("closed", ""),
    "114-9876543-1234567": ("held", "program"),  # in-store pick-up
}


def answers(model: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The sandbox's answers to good requests."""
    for path in (PATH, f"{PATH}/{{orderId}}"):
        cases = model["paths"][path]["get"]["responses"]["200"]["x-amzn-api-sandbox"]["static"]
        yield from (case["response"] for case in cases)


@pytest.fixture
def six(published: PublishedModels) -> list[dict[str, Any]]:
    model = json.loads((published.folder / "orders_2026-01-01.json").read_text(encoding="utf-8"))
    return [order for answer in answers(model) for order in answer.get("orders") or [answer["order"]]]


def test_amazons_own_six_are_read_whole_and_to_the_cent(six: list[dict[str, Any]]) -> None:
    assert {source["orderId"] for source in six} == set(BECOMES)
    for source in six:
        read = translate.order(source)

        assert list(read.unread) == []
        assert read.total is not None
        assert (str(read.total.amount), read.total.currency) == tuple(source["proceeds"]["grandTotal"].values())
        for line, item in zip(read.lines, source["orderItems"], strict=True):
            said = (item["product"]["price"]["unitPrice"], item["proceeds"]["proceedsTotal"])
            kept = [(str(each.amount), each.currency) for each in (line.unit_price, line.total) if each]
            assert kept == [tuple(each.values()) for each in said]
        assert read.recipient is not None
        address = source["recipient"]["deliveryAddress"]
        assert (read.recipient.line1, read.recipient.city) == (address["addressLine1"], address["city"])


def test_amazons_own_six_come_in_as_they_must(db: None, six: list[dict[str, Any]]) -> None:
    documents = [adapter._document(source) for source in six]
    carts = {
        place_id: CartFactory(place_id=place_id, live_at=NOON) for place_id in {each.place_id for each in documents}
    }

    counted = storage.store_page(carts, documents, now=NOON)

    assert (counted["new"], counted["strange"]) == (6, 0)
    rows = Order.objects.values_list("number", "status", "held_for")
    assert {number: (status, held) for number, status, held in rows} == BECOMES
    totals = {source["orderId"]: Decimal(source["proceeds"]["grandTotal"]["amount"]) for source in six}
    assert dict(Order.objects.values_list("number", "total")) == totals


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_sample_keeps_to_the_published_model(published: PublishedModels, sample: Sample) -> None:
    found = published.check_exchange("GET", f"{PATH}/{sample.number}", {}, None, 200, {"order": sample.order})

    assert found == []
