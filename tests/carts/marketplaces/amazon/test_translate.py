from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carts.marketplaces.amazon import translate
from carts.marketplaces.values import OrderState, Strange
from core.common.money import Money
from tests.carts.marketplaces.amazon import papers


def changed(path: str, value: Any) -> dict[str, Any]:
    """The invented order with one field set, or taken out with None. Paths like "orderItems.0.quantityOrdered"."""
    document = deepcopy(papers.order())
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    part: Any = document
    for step in way:
        part = part[step]
    part[last] = value
    if value is None and isinstance(part, dict):
        del part[last]
    return document


def test_an_order_is_read_whole() -> None:
    order = translate.order(papers.order())

    assert order.number == papers.NUMBER
    assert order.place_id == papers.GERMANY
    assert (order.state, order.native_state) == (OrderState.OPEN, "UNSHIPPED")
    assert order.placed_at == datetime(2026, 11, 18, 9, 15, 0, 120_000, tzinfo=UTC)
    assert order.changed_at == datetime(2026, 11, 18, 9, 45, 0, 500_000, tzinfo=UTC)
    assert order.merchant_fulfilled
    assert order.service == "SecondDay"
    assert order.ship_by == datetime(2026, 11, 19, 22, 59, 59, tzinfo=UTC)
    assert order.deliver_by == datetime(2026, 11, 21, 22, 59, 59, tzinfo=UTC)
    assert order.is_prime
    assert order.is_business
    assert order.total == Money(Decimal("37.40"), "EUR")
    assert order.packages == ()


def test_its_lines_are_read_whole() -> None:
    mug, saucer = translate.order(papers.order()).lines

    assert (mug.reference, mug.sku, mug.asin, mug.title) == (
        "90010000000001",
        "MUG/BLUE #1",
        "B00INVENT1",
        "Blue mug",
    )
    assert (mug.ordered, mug.fulfilled, mug.unfulfilled) == (3, 0, 3)
    assert (mug.unit_price, mug.total) == (Money(Decimal("9.80"), "EUR"), Money(Decimal("29.40"), "EUR"))
    assert translate.order(papers.order()).handling.of_line(mug.reference).gift_message == "Alles Gute!"
    assert not mug.cancel_requested
    assert saucer.unit_price is None
    assert (saucer.cancel_requested, saucer.cancel_reason) == (True, "Bought by mistake")


def test_the_recipient_and_the_buyer_are_read_whole() -> None:
    order = translate.order(papers.order())

    assert order.recipient is not None
    assert order.recipient.name == "Erika Beispiel"
    assert order.recipient.line1 == "Erfundene Straße 12"
    assert order.recipient.postal_code == "50667"
    assert order.recipient.kind == "residential"
    assert order.recipient.instructions == "Porch; Ring twice"
    assert order.buyer is not None
    assert order.buyer.purchase_order == "PO-88"


def test_a_brazilian_street_is_found_in_its_own_fields() -> None:
    fields = {"streetName": "Rua Inventada", "streetNumber": "12", "complement": "apto 3", "neighborhood": "Centro"}
    address = {"name": "Ana Exemplo", "municipality": "Curitiba", "countryCode": "BR", "extendedFields": fields}

    recipient = translate.order(papers.order(recipient={"deliveryAddress": address})).recipient

    assert recipient is not None
    assert (recipient.line1, recipient.line2, recipient.district) == ("Rua Inventada, 12", "apto 3", "Centro")
    assert recipient.city == "Curitiba"


def test_the_least_an_order_can_be_is_read_and_nothing_is_guessed() -> None:
    least = {
        "orderId": "1-2-3",
        "createdTime": "2026-11-18T09:15:00Z",
        "lastUpdatedTime": "2026-11-18T09:15:00Z",
        "salesChannel": {"channelName": "NON_AMAZON"},
        "orderItems": [{"orderItemId": "1", "quantityOrdered": 2, "product": {}}],
    }

    order = translate.order(least)

    assert order.state is OrderState.UNKNOWN
    assert order.place_id == order.service == order.native_state == ""
    assert order.merchant_fulfilled  # no others are asked for
    assert order.recipient is order.buyer is order.total is order.ship_by is None
    assert (order.lines[0].sku, order.lines[0].unfulfilled, order.lines[0].total) == ("", 2, None)


@pytest.mark.parametrize(
    ("native", "state"),
    [
        ("PENDING", OrderState.PENDING),
        ("PENDING_AVAILABILITY", OrderState.PENDING),
        ("PARTIALLY_SHIPPED", OrderState.PARTLY_SHIPPED),
        ("SHIPPED", OrderState.SHIPPED),
        ("CANCELLED", OrderState.CANCELED),
        ("UNFULFILLABLE", OrderState.UNFULFILLABLE),
        ("INVOICE_UNCONFIRMED", OrderState.UNKNOWN),
    ],
)
def test_every_status_has_a_word_of_ours_and_a_new_one_is_kept(native: str, state: OrderState) -> None:
    order = translate.order(changed("fulfillment.fulfillmentStatus", native))

    assert (order.state, order.native_state) == (state, native)


@pytest.mark.parametrize(
    ("native", "service"),
    [
        ("STANDARD", "Standard"),
        ("EXPEDITED", "Expedited"),
        ("SECOND_DAY", "SecondDay"),
        ("NEXT_DAY", "NextDay"),
        ("SAME_DAY", "SameDay"),
        ("PRIORITY", "Priority"),
        ("SCHEDULED", "Scheduled"),
        ("FREE_ECONOMY", "FreeEconomy"),
        ("BY_DRONE", "BY_DRONE"),
    ],
)
def test_every_service_has_a_name_and_a_new_one_stays_as_it_is(native: str, service: str) -> None:
    assert translate.order(changed("fulfillment.fulfillmentServiceLevel", native)).service == service


def test_new_fields_and_new_words_are_passed_over() -> None:
    document = papers.order(drones=[{"altitude": 3}], programs=["HOVER", {"new": "shape"}])

    order = translate.order(document)

    assert not order.is_prime
    assert len(order.lines) == 2


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("orderId", None, "orderId is missing"),
        ("createdTime", None, "createdTime is missing"),
        ("createdTime", "yesterday", "createdTime is not a date"),
        ("createdTime", "2026-11-18", "createdTime is not a date"),
        ("lastUpdatedTime", 5, "lastUpdatedTime is not a date"),
        ("lastUpdatedTime", "0001-01-01T00:00:00Z", "lastUpdatedTime is not a date"),
        ("fulfillment", "UNSHIPPED", "fulfillment is not an object"),
        ("orderItems", [], "no lines"),
        ("orderItems", None, "no lines"),
        ("orderItems", {}, "orderItems is not a list"),
        ("orderItems", ["mug"], "orderItems contains something"),
        ("orderItems.0.quantityOrdered", None, "Line 1: quantityOrdered is missing"),
        ("orderItems.1.quantityOrdered", -1, "Line 2: quantityOrdered is negative"),
        ("orderItems.0.quantityOrdered", 1.5, "Line 1: quantityOrdered is not a whole number"),
        ("orderItems.0.quantityOrdered", "3", "Line 1: quantityOrdered is not a whole number"),
        ("orderItems.0.quantityOrdered", True, "Line 1: quantityOrdered is not a whole number"),
        ("orderItems.0.quantityOrdered", 2**31, "Line 1: quantityOrdered is too large"),
        ("orderItems.0.fulfillment.quantityUnfulfilled", 4, "more than quantityOrdered"),
        ("orderItems.0.orderItemId", None, "Line 1: orderItemId is missing"),
        ("orderItems.0.orderItemId", "90010000000002", "same orderItemId"),
        ("recipient.deliveryAddress.name", ["Erika"], "name is not text"),
        ("orderId", "1" * 61, "orderId is longer than 60"),
        ("orderId", "1-2\n3", "orderId is longer than 60 characters, or contains something other"),
        ("orderId", "1-2\x003", "orderId is longer than 60 characters, or contains something other"),
        ("orderId", "1-2\ud8003", "orderId is longer than 60 characters, or contains something other"),
        ("fulfillment.fulfillmentStatus", "X" * 61, "fulfillmentStatus is longer than 60 characters"),
        ("fulfillment.fulfillmentServiceLevel", "X" * 61, "fulfillmentServiceLevel is longer than 60 characters"),
        ("orderItems.0.orderItemId", "1" * 61, "Line 1: orderItemId is longer than 60 characters"),
        ("orderItems.0.fulfillment.quantityUnfulfilled", 2**31, "Line 1: quantityUnfulfilled is too large"),
        ("orderItems.0.quantityOrdered", 2**31 - 1, "quantityOrdered of all lines together is too large"),
    ],
)
def test_what_cannot_be_an_order_is_refused_by_the_name_of_the_field(path: str, value: Any, named: str) -> None:
    with pytest.raises(Strange, match=named) as refused:
        translate.order(changed(path, value))

    assert "Erika" not in str(refused.value)


@pytest.mark.parametrize(
    ("path", "value", "called"),
    [
        ("fulfillment.shipByWindow.latestDateTime", "soon", "ship by"),
        ("fulfillment.deliverByWindow", "Tuesday", "deliver by"),
        ("proceeds", "37.40", "total"),
        ("proceeds.grandTotal", 37.4, "total"),
        ("proceeds.grandTotal.amount", "a lot", "total"),
        ("proceeds.grandTotal.amount", "NaN", "total"),
        ("proceeds.grandTotal.amount", "1_000", "total"),
        ("proceeds.grandTotal.amount", "1E+99", "total"),
        ("proceeds.grandTotal.amount", 37.4, "total"),
        ("proceeds.grandTotal.amount", "1" + "0" * 14, "total"),
        ("proceeds.grandTotal.amount", "0.00001", "total"),
        ("proceeds.grandTotal.currencyCode", "EURO", "total"),
        ("proceeds.grandTotal.currencyCode", "ßßß", "total"),
        ("orderItems.0.product.price", [], "line 1: price"),
        ("orderItems.0.product.price.unitPrice.amount", None, "line 1: price"),
        ("orderItems.0.product.price.unitPrice.amount", "9.80005", "line 1: price"),
        ("orderItems.0.proceeds.proceedsTotal.amount", "-1" + "0" * 14, "line 1: total"),
        ("orderItems.0.product.title", {"en": "Mug"}, "line 1: title"),
        ("orderItems.1.product.sellerSku", "é" * 256, "line 2: SKU"),
        ("orderItems.0.product.asin", "B" * 21, "line 1: ASIN"),
        ("orderItems.1.cancellation.cancellationRequest.cancelReason", 7, "line 2: cancel reason"),
        ("recipient.deliveryAddress.phone", 49221, "phone"),
        ("recipient.deliveryAddress.addressType", ["HOME"], "kind of address"),
        ("recipient.deliveryPreference", "Porch", "delivery preference"),
        ("buyer", "Erika", "buyer"),
        ("buyer.buyerEmail", {}, "buyer's email"),
    ],
)
def test_what_is_not_needed_to_ship_and_cannot_be_read_is_empty_and_named(path: str, value: Any, called: str) -> None:
    order = translate.order(changed(path, value))

    assert list(order.unread) == [called]
    assert [line.unfulfilled for line in order.lines] == [3, 1]


def test_a_partly_shipped_order_that_does_not_say_what_is_left_is_refused() -> None:
    document = changed("fulfillment.fulfillmentStatus", "PARTIALLY_SHIPPED")
    del document["orderItems"][0]["fulfillment"]

    with pytest.raises(Strange, match="still to be shipped"):
        translate.order(document)


def test_nul_is_taken_out_of_texts_and_all_else_is_kept_to_the_letter() -> None:
    document = changed("recipient.deliveryAddress.name", "  Zoë \x00O’Neil\u200b 😀 ")

    recipient = translate.order(document).recipient

    assert recipient is not None
    assert recipient.name == "  Zoë O’Neil\u200b 😀 "


def test_half_a_character_is_replaced_and_the_rest_is_kept() -> None:
    document = changed("recipient.deliveryAddress.name", "Zo\ud800ë \ude00😀")
    document["orderItems"][0]["product"]["title"] = "\udfffMug\x00"

    order = translate.order(document)

    assert order.recipient is not None
    assert (order.recipient.name, order.lines[0].title) == ("Zo\ufffdë \ufffd😀", "\ufffdMug")


def test_the_longest_and_largest_we_can_keep_is_read() -> None:
    document = changed("orderItems.0.product", {"sellerSku": "é" * 255, "asin": "B" * 20})
    document["orderId"] = document["orderItems"][0]["orderItemId"] = "1" * 60
    document["orderItems"][0]["quantityOrdered"] = 2**31 - 2  # the other line has one
    document["fulfillment"] |= {"fulfillmentStatus": "X" * 60, "fulfillmentServiceLevel": "Y" * 60}
    document["proceeds"]["grandTotal"]["amount"] = "-99999999999999.999900"

    order = translate.order(document)

    assert order.total == Money(Decimal("-99999999999999.9999"), "EUR")
    assert order.lines[0].ordered + order.lines[1].ordered == 2**31 - 1
    assert (len(order.number), len(order.native_state), len(order.service)) == (60, 60, 60)
    assert (len(order.lines[0].sku), len(order.lines[0].asin), len(order.lines[0].reference)) == (255, 20, 60)


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4).map(str)
quantities = st.integers(min_value=0, max_value=(2**31 - 1) // 6)  # six lines at most


@given(st.lists(st.tuples(quantities, amounts, st.floats(0, 1)), min_size=1, max_size=6), amounts)
def test_no_amount_and_no_quantity_is_ever_lost(lines: list[tuple[int, str, float]], total: str) -> None:
    items = [
        {
            "orderItemId": str(number),
            "quantityOrdered": ordered,
            "product": {
                "sellerSku": f"SKU-{number}",
                "price": {"unitPrice": {"amount": amount, "currencyCode": "EUR"}},
            },
            "proceeds": {"proceedsTotal": {"amount": amount, "currencyCode": "EUR"}},
            "fulfillment": {
                "quantityFulfilled": int(ordered * share),
                "quantityUnfulfilled": ordered - int(ordered * share),
            },
        }
        for number, (ordered, amount, share) in enumerate(lines)
    ]

    order = translate.order(
        papers.order(orderItems=items, proceeds={"grandTotal": {"amount": total, "currencyCode": "EUR"}})
    )

    assert order.total is not None
    assert str(order.total.amount) == total
    assert [line.ordered for line in order.lines] == [ordered for ordered, _, _ in lines]
    assert [str(line.total.amount) for line in order.lines if line.total] == [amount for _, amount, _ in lines]
    assert [str(line.unit_price.amount) for line in order.lines if line.unit_price] == [a for _, a, _ in lines]
    assert all(line.fulfilled + line.unfulfilled == line.ordered for line in order.lines)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PATHS = (
    "orderId",
    "createdTime",
    "lastUpdatedTime",
    "programs",
    "salesChannel",
    "buyer",
    "recipient",
    "proceeds",
    "fulfillment",
    "orderItems",
    "packages",
    "salesChannel.marketplaceId",
    "recipient.deliveryAddress",
    "recipient.deliveryPreference",
    "proceeds.grandTotal",
    "fulfillment.fulfillmentStatus",
    "fulfillment.shipByWindow",
    "fulfillment.fulfilledBy",
    "orderItems.0",
    "orderItems.0.product",
    "orderItems.0.quantityOrdered",
    "orderItems.0.fulfillment",
    "orderItems.0.proceeds",
    "orderItems.1.cancellation",
)


@given(st.sampled_from(PATHS), anything)
def test_whatever_stands_in_a_field_an_order_comes_out_or_strange(path: str, value: Any) -> None:
    try:
        order = translate.order(changed(path, value))
    except Strange:
        return
    assert order.lines
    assert all(line.unfulfilled <= line.ordered for line in order.lines)


def test_a_listing_is_read_with_the_quantity_of_the_merchants_own_channel() -> None:
    offer = translate.offer(papers.listing("MUG/BLUE #1", quantity=7), papers.GERMANY)

    assert (offer.sku, offer.asin, offer.title, offer.product_type) == (
        "MUG/BLUE #1",
        "B00INVENT1",
        "Blue mug",
        "DRINKING_CUP",
    )
    assert offer.quantity == 7
    assert not offer.fulfilled_by_marketplace


def test_a_listing_amazon_fulfills_says_so_and_tells_no_quantity() -> None:
    offer = translate.offer(papers.listing("MUG", channel="AMAZON_EU"), papers.GERMANY)

    assert offer.fulfilled_by_marketplace
    assert offer.quantity is None


def test_a_listing_with_both_channels_counts_as_amazons() -> None:
    item = papers.listing("MUG", quantity=7)
    item["fulfillmentAvailability"].append({"fulfillmentChannelCode": "AMAZON_EU", "quantity": 90})

    offer = translate.offer(item, papers.GERMANY)

    assert offer.fulfilled_by_marketplace
    assert offer.quantity == 7


def test_a_participation_is_read() -> None:
    found = translate.participation(papers.participation(papers.GERMANY, suspended=True))

    assert (found.place_id, found.store_name, found.participating, found.suspended) == (
        papers.GERMANY,
        "Blue Mug Co",
        True,
        True,
    )
    assert (found.currency, found.language) == ("EUR", "de_DE")
