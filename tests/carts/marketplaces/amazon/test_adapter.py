import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from carts.marketplaces.values import Dispatch, DispatchLine, Strange
from core.common.remote import Rejected, Throttled, Unavailable
from tests.carts.marketplaces.amazon import papers
from tests.carts.marketplaces.amazon.amazons import FakeAmazon, ok

SINCE = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
UNTIL = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
SEARCH = "/orders/2026-01-01/orders"
CONFIRMATION = f"/orders/v0/orders/{papers.NUMBER}/shipmentConfirmation"
ORDER = f"{SEARCH}/{papers.NUMBER}"
LISTINGS = "/items/A3INVENTED"

DISPATCH = Dispatch(
    order_number=papers.NUMBER,
    place_id=papers.GERMANY,
    package_number=2,
    carrier="ups",
    service="Ground",
    tracking_number=" 1Z 999 AA1 ",
    shipped_at=datetime(2026, 11, 19, 8, 30, 15, tzinfo=UTC),
    lines=(DispatchLine("90010000000001", 3),),
)
NOTHING_LEFT = papers.refusal(
    "InvalidInput",
    "Failed to create package: no matching package, or order already fulfilled. PackageToUpdateNotFound",
)


def query(amazon: FakeAmazon, number: int = -1) -> dict[str, str]:
    return dict(parse_qsl(amazon.seen[number].url.query.decode()))


# -- reading orders


def test_a_page_brings_its_orders_the_next_token_and_how_far_amazon_looked(amazon: FakeAmazon) -> None:
    orders = [papers.order("1-1-1"), papers.order("1-1-2", salesChannel={"channelName": "NON_AMAZON"})]
    body = {
        "orders": orders,
        "pagination": {"nextToken": "more"},
        "lastUpdatedBefore": "2026-11-18T09:59:00Z",
    }
    amazon.on(SEARCH, ok(body))

    page = amazon.connect().order_page(since=SINCE, until=UNTIL, place_ids=[papers.GERMANY])

    assert [(document.number, document.place_id) for document in page.documents] == [
        ("1-1-1", papers.GERMANY),
        ("1-1-2", ""),
    ]
    assert page.documents[0].changed_at == datetime(2026, 11, 18, 9, 45, 0, 500_000, tzinfo=UTC)
    assert page.documents[0].source == orders[0]
    assert page.next_token == "more"
    assert page.seen_until == datetime(2026, 11, 18, 9, 59, tzinfo=UTC)


def test_the_last_page_has_no_token_and_the_window_stands_where_amazon_echoes_none(amazon: FakeAmazon) -> None:
    amazon.on(SEARCH, ok({"orders": []}))

    page = amazon.connect().order_page(since=SINCE, until=UNTIL, place_ids=[])

    assert (page.documents, page.next_token, page.seen_until) == ((), None, UNTIL)


def test_a_window_never_ends_less_than_two_minutes_ago(amazon: FakeAmazon) -> None:
    amazon.on(SEARCH, ok({"orders": []}))
    now = datetime.now(UTC)

    page = amazon.connect().order_page(since=now - timedelta(hours=1), until=now, place_ids=[])

    sent = datetime.fromisoformat(query(amazon)["lastUpdatedBefore"])
    assert timedelta(minutes=2) <= datetime.now(UTC) - sent < timedelta(minutes=2, seconds=10)
    assert page.seen_until is not None
    assert page.seen_until < now


def test_an_empty_window_costs_no_request(amazon: FakeAmazon) -> None:
    now = datetime.now(UTC)

    page = amazon.connect().order_page(since=now, until=now, place_ids=[])

    assert (page.documents, page.next_token, page.seen_until) == ((), None, None)
    assert amazon.seen == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"orders": None},
        {"orders": {}},
        {"orders": ["1-1-1"]},
        {"orders": [papers.order(), {"lastUpdatedTime": "2026-11-18T09:45:00Z"}]},
        {"orders": [papers.order(), papers.order(5)]},  # type: ignore[arg-type]
        {"orders": [papers.order("\x00")]},
        {"orders": [papers.order(lastUpdatedTime="yesterday")]},
        {"orders": [papers.order(lastUpdatedTime=None)]},
        {"orders": [], "pagination": []},
        {"orders": [], "pagination": {"nextToken": 5}},
    ],
)
def test_a_page_that_cannot_be_read_is_refused_whole(amazon: FakeAmazon, body: dict[str, Any]) -> None:
    amazon.on(SEARCH, ok(body))

    with pytest.raises(Unavailable, match="could not be read"):
        amazon.connect().order_page(since=SINCE, until=UNTIL, place_ids=[])


@pytest.mark.parametrize("number", ["1" * 61, "1-1\n1", "1-1\x001", "1-1\ud8001", "  1-1-1", "\n"])
def test_an_order_whose_number_cannot_be_kept_gets_a_stand_in_and_stops_no_page(
    amazon: FakeAmazon, number: str
) -> None:
    orders = [papers.order(number), papers.order(f"{number}2"), papers.order()]
    amazon.on(SEARCH, httpx.Response(200, content=json.dumps({"orders": orders})))  # half a character is escaped
    connection = amazon.connect()

    page = connection.order_page(since=SINCE, until=UNTIL, place_ids=[])

    strange, other, good = page.documents
    assert good.number == papers.NUMBER
    assert strange.number != other.number
    assert len(strange.number) <= 60
    assert strange.number.isprintable()
    assert strange.source["orderId"] == number
    with pytest.raises(Strange, match="orderId"):
        connection.read(strange)


def test_a_page_that_leads_to_itself_is_refused(amazon: FakeAmazon) -> None:
    amazon.on(SEARCH, ok({"orders": [], "pagination": {"nextToken": "again"}}))

    with pytest.raises(Unavailable, match="twice"):
        amazon.connect().order_page(since=SINCE, until=UNTIL, place_ids=[], token="again")


def test_one_order_is_fetched_and_read(amazon: FakeAmazon) -> None:
    amazon.on(ORDER, ok({"order": papers.order()}))
    connection = amazon.connect()

    document = connection.order(papers.NUMBER)

    assert document.number == papers.NUMBER
    assert connection.read(document).service == "SecondDay"


# -- confirming


def test_a_package_is_told_in_amazons_words(amazon: FakeAmazon) -> None:
    amazon.on(CONFIRMATION, httpx.Response(204))

    amazon.connect().confirm(DISPATCH)

    assert amazon.sent() == {
        "marketplaceId": papers.GERMANY,
        "packageDetail": {
            "packageReferenceId": "2",
            "carrierCode": "UPS",
            "shippingMethod": "Ground",
            "trackingNumber": "1Z 999 AA1",
            "shipDate": "2026-11-19T08:30:15Z",
            "orderItems": [{"orderItemId": "90010000000001", "quantity": 3}],
        },
    }


def test_codes_the_place_it_left_and_cash_on_delivery_are_told_where_there_are_some(amazon: FakeAmazon) -> None:
    amazon.on("/shipmentConfirmation", httpx.Response(204))
    line = DispatchLine("90010000000001", 1, ("AZ:1234567890",))

    amazon.connect().confirm(
        replace(DISPATCH, place_id="A1VC38T7YXB528", lines=[line], ship_from="supply-1", cash_on_delivery=True)
    )

    told = amazon.sent()
    assert told["codCollectionMethod"] == "DirectPayment"
    assert told["packageDetail"]["shipFromSupplySourceId"] == "supply-1"
    assert told["packageDetail"]["orderItems"] == [
        {"orderItemId": "90010000000001", "quantity": 1, "transparencyCodes": ["AZ:1234567890"]}
    ]


def test_only_japan_is_told_of_cash_on_delivery(amazon: FakeAmazon) -> None:
    amazon.on("/shipmentConfirmation", httpx.Response(204))

    amazon.connect().confirm(replace(DISPATCH, cash_on_delivery=True))

    assert "codCollectionMethod" not in amazon.sent()


def test_a_carrier_amazon_does_not_know_is_told_by_name(amazon: FakeAmazon) -> None:
    amazon.on(CONFIRMATION, httpx.Response(204))

    amazon.connect().confirm(replace(DISPATCH, carrier="Mug Express", service=""))

    detail = amazon.sent()["packageDetail"]
    assert (detail["carrierCode"], detail["carrierName"]) == ("Other", "Mug Express")
    assert "shippingMethod" not in detail


def test_an_order_already_shipped_with_our_package_counts_as_told(amazon: FakeAmazon) -> None:
    amazon.on(CONFIRMATION, httpx.Response(400, json=NOTHING_LEFT))
    amazon.on(ORDER, ok({"order": papers.order(packages=[papers.package("1z999aa1")])}))

    amazon.connect().confirm(DISPATCH)

    assert "PACKAGES" in query(amazon)["includedData"]


def test_an_order_already_shipped_with_another_package_is_for_a_person(amazon: FakeAmazon) -> None:
    amazon.on(CONFIRMATION, httpx.Response(400, json=NOTHING_LEFT))
    amazon.on(ORDER, ok({"order": papers.order(packages=[papers.package("SOMETHING ELSE")])}))

    with pytest.raises(Rejected, match="doesn't have this tracking number") as refused:
        amazon.connect().confirm(DISPATCH)

    assert refused.value.code == "PackageToUpdateNotFound"


def test_another_refusal_is_not_looked_into(amazon: FakeAmazon) -> None:
    amazon.on(CONFIRMATION, httpx.Response(400, json=papers.refusal("InvalidInput", "shipDate is in the future")))

    with pytest.raises(Rejected, match="in the future"):
        amazon.connect().confirm(DISPATCH)
    assert len(amazon.seen) == 1


@pytest.mark.parametrize("dispatch", [replace(DISPATCH, tracking_number="  "), replace(DISPATCH, lines=())])
def test_a_package_without_tracking_or_lines_is_not_sent(amazon: FakeAmazon, dispatch: Dispatch) -> None:
    with pytest.raises(Rejected):
        amazon.connect().confirm(dispatch)
    assert amazon.seen == []


# -- stock


def test_a_quantity_is_merged_into_the_merchants_own_channel(amazon: FakeAmazon) -> None:
    amazon.on(f"{LISTINGS}/MUG%2FBLUE%20%231", ok({"sku": "MUG/BLUE #1", "status": "ACCEPTED", "submissionId": "s-1"}))

    reference = amazon.connect().set_stock(sku="MUG/BLUE #1", place_id=papers.GERMANY, quantity=4)

    assert reference == "s-1"
    assert amazon.sent() == {
        "productType": "PRODUCT",
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 4}],
            }
        ],
    }


def test_a_200_that_says_invalid_is_a_refusal_in_amazons_words(amazon: FakeAmazon) -> None:
    issues = [
        {"code": "1", "message": "Just so you know.", "severity": "INFO", "categories": []},
        {"code": "4000003", "message": "The product type is invalid.", "severity": "ERROR", "categories": []},
    ]
    amazon.on(f"{LISTINGS}/MUG", ok({"sku": "MUG", "status": "INVALID", "submissionId": "s", "issues": issues}))

    with pytest.raises(Rejected, match=r"^The product type is invalid\.$") as refused:
        amazon.connect().set_stock(sku="MUG", place_id=papers.GERMANY, quantity=4, product_type="MUG")

    assert refused.value.code == "4000003"


@pytest.mark.parametrize("body", [{}, {"status": "ACCEPTED"}, {"status": "PONDERING", "submissionId": "s"}])
def test_a_verdict_that_is_none_is_asked_for_again(amazon: FakeAmazon, body: dict[str, Any]) -> None:
    amazon.on(f"{LISTINGS}/MUG", ok(body))

    with pytest.raises(Unavailable):
        amazon.connect().set_stock(sku="MUG", place_id=papers.GERMANY, quantity=0)


# -- listings


def test_all_listings_are_brought_page_after_page(amazon: FakeAmazon) -> None:
    first = {
        "numberOfResults": 3,
        "items": [papers.listing("A"), papers.listing("B")],
        "pagination": {"nextToken": "2"},
    }
    amazon.on(LISTINGS, ok(first), ok({"numberOfResults": 3, "items": [papers.listing("C", channel="AMAZON_EU")]}))

    offers = list(amazon.connect().offers(place_id=papers.GERMANY))

    assert [(offer.sku, offer.fulfilled_by_marketplace) for offer in offers] == [
        ("A", False),
        ("B", False),
        ("C", True),
    ]
    assert query(amazon)["pageToken"] == "2"


def test_listings_beyond_the_thousand_amazon_lists_are_brought_too(amazon: FakeAmazon) -> None:
    def listings(request: httpx.Request) -> httpx.Response:
        asked = dict(parse_qsl(request.url.query.decode()))
        start = int(asked.get("pageToken", 0))
        if "createdAfter" in asked:  # inclusive, so the last one comes again
            return ok({"items": [papers.listing("999"), papers.listing("1000")]})
        items = [papers.listing(str(number)) for number in range(start, start + 100)]
        return ok({"items": items, "pagination": {"nextToken": str(start + 100)} if start < 900 else {}})

    amazon.on(LISTINGS, listings)

    offers = list(amazon.connect().offers(place_id=papers.GERMANY))

    assert [offer.sku for offer in offers] == [str(number) for number in range(1001)]


def test_a_short_wait_for_quota_does_not_start_the_list_again(
    amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    amazon.on(LISTINGS, ok({"items": [papers.listing("A")]}))
    refusals = [Throttled("Wait.", retry_in=timedelta(milliseconds=200))]

    def spend(operation: str) -> None:
        if refusals:
            raise refusals.pop()

    monkeypatch.setattr(amazon.ledger, "spend", spend)
    connection = amazon.connect()
    slept: list[float] = []
    connection._sleep = slept.append

    assert [offer.sku for offer in connection.offers(place_id=papers.GERMANY)] == ["A"]
    assert slept == [0.2]


def test_one_listing_is_read(amazon: FakeAmazon) -> None:
    amazon.on(f"{LISTINGS}/MUG", ok(papers.listing("MUG", quantity=9)))

    offer = amazon.connect().offer(sku="MUG", place_id=papers.GERMANY)

    assert (offer.sku, offer.quantity) == ("MUG", 9)
