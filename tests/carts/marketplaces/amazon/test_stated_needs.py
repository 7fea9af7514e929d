"""What documents say about handling an order: read where it can be, and never in the way."""

from copy import deepcopy
from typing import Any

import pytest

from carts.marketplaces.amazon import translate
from carts.marketplaces.order_needs import NO_FACTS, LineFacts, OrderHandling, TaxNumber, join_programs
from tests.carts.marketplaces.amazon import papers

FULL: dict[str, Any] = {
    "orderAliases": [{"aliasId": "SHOP-1", "aliasType": "SELLER_ORDER_ID"}],
    "associatedOrders": [{"orderId": "111-0000000-0000001", "associationType": "EXCHANGE_ORIGINAL_ID"}],
    "payment": {"paymentExecutions": [{"paymentMethod": "CashOnDelivery"}]},
    "tax": {
        "taxRegistrations": [
            {"entityType": "MARKETPLACE", "taxRegistrationType": "VAT", "taxRegistrationNumber": "LU20260743"}
        ],
        "taxInvoicing": {"buyerInvoicePreference": "BUSINESS"},
    },
}


def with_item(**parts: Any) -> dict[str, Any]:
    document = deepcopy(papers.order())
    document["orderItems"][0] |= parts
    return document


def test_what_concerns_the_order_is_read_whole_and_comes_back_as_it_was_kept() -> None:
    handling = translate.order(papers.order() | FULL).handling

    assert handling.seller_number == "SHOP-1"
    assert handling.related[0].words == "Exchange for"
    assert handling.tax_numbers == (TaxNumber("MARKETPLACE", "VAT", "LU20260743"),)
    assert handling.invoice == "BUSINESS"
    assert OrderHandling.of(handling.kept()) == handling


def test_an_order_paid_to_the_carrier_marks_each_of_its_lines() -> None:
    lines = translate.order(papers.order() | FULL).lines

    assert [line.facts.door for line in lines] == [["Cash on delivery"]] * len(lines)
    assert LineFacts.of(lines[0].facts.kept()) == lines[0].facts


def test_programs_of_order_and_items_stand_once_each_and_unknown_ones_too() -> None:
    document = with_item(programs=["TRANSPARENCY", "NEVER_SEEN"]) | {"programs": ["PRIME", "PRIME", "NEVER_SEEN"]}

    assert translate.order(document).programs == ("PRIME", "NEVER_SEEN", "TRANSPARENCY", "GIFT")
    assert join_programs(["PRIME", "Two words"]) == " PRIME Two_words "


@pytest.mark.parametrize("nonsense", [None, 7, "text", [], [7], {"a": 7}, [{"b": []}]])
@pytest.mark.parametrize(
    "name", ["programs", "associatedOrders", "orderAliases", "payment", "tax", "measurement", "associatedOrderItems"]
)
def test_what_cannot_be_read_is_empty_and_the_order_flows(name: str, nonsense: Any) -> None:
    order = translate.order(with_item(**{name: nonsense}) | {name: nonsense})

    assert order.lines[1].facts == NO_FACTS
    assert not order.handling.tax_numbers or order.handling.tax_numbers == (TaxNumber("", "", ""),)
