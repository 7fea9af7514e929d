"""Whatever Amazon writes, it is stored whole or held with a sentence that says what is wrong with it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carts.marketplaces.amazon import adapter, translate
from carts.models import Cart
from core.activity.models import Event
from core.common import clock
from orders.download import storage
from orders.models import HeldFor, Line, Order, OrderStatus, Recipient
from tests.factories import CartFactory
from tests.world import US

Document = dict[str, Any]
DIGITS = {"JPY": 0, "USD": 2, "EUR": 2, "KWD": 3}
STATES = ["PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE", "A_NEW_WORD"]
# With NUL, halves of characters, right-to-left marks and emoji: whatever a keyboard or a broken program sends.
texts = st.text(st.characters(), max_size=30) | st.sampled_from(
    ["\x00", "a\x00b", "\ud83d", "שלום", "\u202eevil", "👩‍👩‍👧", "<script>alert(1)</script>", "{{ 7*7 }}", "  "]
)
currencies = st.sampled_from(sorted(DIGITS))
quantities = st.integers(0, 5) | st.integers(0, 300_000_000)
wrong = st.sampled_from([-1, True, 1.5, "2", 2**31, [], {}])
wrong_money = st.sampled_from(["1.23456", "1E3", "1_000", "NaN", "", "ten", "123456789012345", 5, None, "٣"])


@st.composite
def moneys(draw: st.DrawFn, currency: str) -> Document:
    """An amount with as many digits as the currency has, or as Amazon pads it."""
    coins, digits = draw(st.integers(-(10**6), 10**12)), DIGITS[currency]
    text = f"{Decimal(coins).scaleb(-digits):f}"
    return {"amount": text + draw(st.sampled_from(["", "0"])) * bool(digits), "currencyCode": currency}


@st.composite
def lines(draw: st.DrawFn, place: int, currency: str) -> Document:
    ordered = draw(quantities)
    fulfilled = draw(st.integers(0, ordered))
    unfulfilled = draw(st.integers(0, ordered - fulfilled))
    return {
        "orderItemId": f"{place}",
        "quantityOrdered": ordered,
        "fulfillment": {"quantityFulfilled": fulfilled, "quantityUnfulfilled": unfulfilled},
        "product": {
            "sellerSku": draw(texts),
            "asin": draw(st.text("B0123456789", max_size=10)),
            "title": draw(texts),
            "price": {"unitPrice": draw(moneys(currency))},
        },
        "proceeds": {"proceedsTotal": draw(moneys(currency))},
    }


@st.composite
def documents(draw: st.DrawFn, number: str = "111-0000001-0000001") -> Document:
    currency = draw(currencies)
    items = [draw(lines(place, currency)) for place in range(1, draw(st.integers(1, 4)) + 1)]
    document: Document = {
        "orderId": number,
        "createdTime": "2026-11-20T10:00:00Z",
        "lastUpdatedTime": "2026-11-20T11:00:00Z",
        "salesChannel": {"marketplaceId": US},
        "fulfillment": {
            "fulfillmentStatus": draw(st.sampled_from(STATES)),
            "fulfilledBy": draw(st.sampled_from(["MERCHANT", "MERCHANT", "AMAZON"])),
            "fulfillmentServiceLevel": draw(st.sampled_from(["STANDARD", "EXPEDITED", "HOVERCRAFT"])),
        },
        "orderItems": items,
        "proceeds": {"grandTotal": draw(moneys(currency))},
    }
    if draw(st.booleans()):
        address = {"name": draw(texts), "addressLine1": draw(texts), "city": draw(texts), "countryCode": "JP"}
        document["recipient"] = {"deliveryAddress": address}
        document["buyer"] = {"buyerName": draw(texts), "buyerEmail": "a@buyers.example"}
    match draw(st.sampled_from(["", "", "", "quantity", "money", "list", "twice"])):
        case "quantity":
            items[-1]["quantityOrdered"] = draw(wrong)
        case "money":
            items[-1]["proceeds"]["proceedsTotal"]["amount"] = draw(wrong_money)
        case "list":
            document["orderItems"] = draw(st.sampled_from([[], None, {}, "lines", [1]]))
        case "twice":
            items.append(items[0])
    return document


pages = st.integers(1, 4).flatmap(
    lambda count: st.tuples(*(documents(f"111-000000{place}-0000001") for place in range(count)))
)


@pytest.fixture
def cart(db: None) -> Cart:
    return CartFactory(place_id=US, name="Amazon.com")


def kept(text: str) -> str:
    """As it is promised: NUL is taken out, half a character is replaced, and all else is kept to the letter."""
    return "".join("\ufffd" if 0xD800 <= ord(each) <= 0xDFFF else each for each in text if each != "\x00")


def store(cart: Cart, written: Sequence[Document]) -> dict[str, int]:
    return storage.store_page({US: cart}, [adapter._document(each) for each in written], now=clock.now())


def everything() -> list[Any]:
    """All that a download may change, row by row."""
    return [
        list(Order.objects.order_by("pk").values()),
        list(Line.objects.order_by("pk").values()),
        [(row.pk, bytes(row.sealed or b""), bytes(row.source or b"")) for row in Recipient.objects.order_by("pk")],
        Event.objects.count(),
    ]


def amount(money: Mapping[str, Any]) -> Decimal | None:
    """What it is to the last digit; None of what cannot be read or kept, which keeps no order from being shipped."""
    written = money["amount"]
    return Decimal(written) if translate._AMOUNT.fullmatch(str(written)) and isinstance(written, str) else None


def check_whole(order: Order, document: Document) -> None:
    # Of a canceled order nothing has to be read: its list may be absent.
    items = {item["orderItemId"]: item for item in document["orderItems"] or ()}
    rows = {line.reference: line for line in order.lines.all()}
    assert rows.keys() == items.keys()
    assert sum(line.ordered for line in rows.values()) == sum(item["quantityOrdered"] for item in items.values())
    assert order.unit_count == sum(item["quantityOrdered"] for item in items.values())
    total = document["proceeds"]["grandTotal"]
    assert (order.total, order.currency) == (amount(total), total["currencyCode"])
    for reference, item in items.items():
        line, progress, product = rows[reference], item["fulfillment"], item["product"]
        assert line.ordered == item["quantityOrdered"]
        assert line.fulfilled_there == progress["quantityFulfilled"]
        left = progress["quantityFulfilled"] + progress["quantityUnfulfilled"]
        assert line.ordered - line.canceled == left
        assert (line.unit_price, line.total) == (
            amount(product["price"]["unitPrice"]),
            amount(item["proceeds"]["proceedsTotal"]),
        )
        assert line.currency == item["proceeds"]["proceedsTotal"]["currencyCode"]
        assert (line.sku, line.title) == (kept(product["sellerSku"]), kept(product["title"]))
    address, buyer = order.recipient.open()
    if "recipient" in document:
        assert address
        assert buyer
        there = document["recipient"]["deliveryAddress"]
        assert (address.name, address.line1) == (kept(there["name"]), kept(there["addressLine1"]))
        assert buyer.name == kept(document["buyer"]["buyerName"])
    else:
        assert (address, buyer) == (None, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)
@given(pages)
def test_every_document_is_stored_whole_or_held_with_a_sentence(cart: Cart, written: Sequence[Document]) -> None:
    before = transaction.savepoint()
    try:
        stored = store(cart, written)

        assert stored["new"] == len(written)
        orders = {order.number: order for order in Order.objects.select_related("recipient")}
        assert orders.keys() == {document["orderId"] for document in written}
        for document in written:
            order = orders[document["orderId"]]
            assert order.recipient.open_source() == document
            if order.held_for == HeldFor.STRANGE:
                assert order.status == OrderStatus.HELD
                assert order.reason.startswith("The order could not be read: ")
                assert order.reason.endswith(".")
                assert not order.lines.exists()
            else:
                check_whole(order, document)
    finally:
        transaction.savepoint_rollback(before)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
@given(pages)
def test_the_same_documents_again_change_nothing(cart: Cart, written: Sequence[Document]) -> None:
    before = transaction.savepoint()
    try:
        store(cart, written)
        stood = everything()

        again = store(cart, written)

        assert (again["new"], again["changed"]) == (0, 0)
        assert everything() == stood
    finally:
        transaction.savepoint_rollback(before)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
@given(documents(), documents())
def test_a_later_document_before_the_warehouse_is_stored_whole_too(
    cart: Cart, first: Document, later: Document
) -> None:
    """But for lines that are gone: none of them is deleted, and nothing of them is still wanted."""
    later["lastUpdatedTime"] = "2026-11-20T11:30:00Z"
    before = transaction.savepoint()
    try:
        store(cart, [first])
        units = sum(Line.objects.values_list("ordered", flat=True))
        strange = store(cart, [later])["strange"]

        order = Order.objects.get()
        if strange:  # what the earlier one told stays
            assert sum(order.lines.values_list("ordered", flat=True)) == units
            return
        told = {item["orderItemId"]: item for item in later["orderItems"]}
        gone = order.lines.exclude(reference__in=told)
        for reference, item in told.items():
            assert order.lines.get(reference=reference).ordered == item["quantityOrdered"]
        if later["fulfillment"]["fulfillmentStatus"] == "CANCELLED":  # what a cancel does not name stays as it was
            return
        assert all(line.wanted == 0 for line in gone)
        assert order.unit_count == sum(item["quantityOrdered"] for item in told.values())
    finally:
        transaction.savepoint_rollback(before)
