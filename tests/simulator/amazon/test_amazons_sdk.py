"""Amazon's own SDK talks to the simulator and finds what it expects."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from spapi import SPAPIClient, SPAPIConfig
from spapi.api.feeds_v2021_06_30.feeds_api import FeedsApi
from spapi.api.listings_items_v2021_08_01.listings_api import ListingsApi
from spapi.api.orders_v0.orders_v0_api import OrdersV0Api
from spapi.api.orders_v2026_01_01.get_order_api import GetOrderApi
from spapi.api.orders_v2026_01_01.search_orders_api import SearchOrdersApi
from spapi.api.reports_v2021_06_30.reports_api import ReportsApi
from spapi.api.sellers_v1.sellers_api import SellersApi
from spapi.rest import ApiException

from simulator.amazon import Exchange, Simulator
from tests.simulator.amazon.published_models import PublishedModels
from tests.simulator.amazon.seats import BLUE_MUG, CLIENT, DE, NORDLICHT, US

INCLUDED = ["BUYER", "RECIPIENT", "PROCEEDS", "FULFILLMENT", "CANCELLATION", "PACKAGES"]


@pytest.fixture(autouse=True)
def as_published(served: Simulator, published: PublishedModels) -> Iterator[None]:
    """Everything the SDK sends and gets in these tests is checked against the models."""
    problems: list[str] = []

    def check(exchange: Exchange) -> None:
        problems.extend(published.check_exchange(*exchange))

    served.exchanges = check
    yield
    assert problems == []


def sdk(served: Simulator, seller_id: str = BLUE_MUG, region: str = "/na") -> Any:
    config = SPAPIConfig(refresh_token=served.grant(seller_id), region="NA", **CLIENT)
    client = SPAPIClient(config, oauth_endpoint=f"{served.base_url}/auth/o2/token", endpoint=served.base_url + region)
    return client.api_client


def test_orders_are_searched_read_and_confirmed(served: Simulator) -> None:
    api = sdk(served)
    placed = served.place_order(BLUE_MUG, US, lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])

    found = SearchOrdersApi(api).search_orders(
        last_updated_after="2020-01-01T00:00:00Z",
        marketplace_ids=[US],
        fulfillment_statuses=["UNSHIPPED"],
        fulfilled_by=["MERCHANT"],
        included_data=INCLUDED,
    )
    order = next(one for one in found.orders if one.order_id == placed)
    assert order.recipient.delivery_address.postal_code
    assert order.order_items[0].product.seller_sku == "MUG-BLUE-11"

    OrdersV0Api(api).confirm_shipment(
        placed,
        {
            "marketplaceId": US,
            "packageDetail": {
                "packageReferenceId": "1",
                "carrierCode": "UPS",
                "trackingNumber": "1Z1",
                "shipDate": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
                "orderItems": [{"orderItemId": order.order_items[0].order_item_id, "quantity": 2}],
            },
        },
    )
    read = GetOrderApi(api).get_order(placed, included_data=INCLUDED).order
    assert read.fulfillment.fulfillment_status == "SHIPPED"
    assert [package.tracking_number for package in read.packages] == ["1Z1"]


def test_every_page_of_a_search_comes_once(served: Simulator) -> None:
    api, numbers, token = SearchOrdersApi(sdk(served)), [], None
    served.bulk_orders(25)
    while True:
        more: dict[str, str] = {"pagination_token": token} if token else {}
        page = api.search_orders(created_after="2020-01-01T00:00:00Z", max_results_per_page=10, **more)
        numbers += [order.order_id for order in page.orders]
        token = page.pagination.next_token if page.pagination else None
        if not token:
            break
    assert len(numbers) == len(set(numbers)) == len(served.orders(BLUE_MUG))


def test_the_older_orders_api_tells_the_same_orders(served: Simulator) -> None:
    api = OrdersV0Api(sdk(served))
    first = api.get_orders([US], last_updated_after="2020-01-01T00:00:00Z", max_results_per_page=2).payload
    rest = api.get_orders([US], next_token=first.next_token).payload
    assert len(first.orders) + len(rest.orders) == 3

    order = next(one for one in [*first.orders, *rest.orders] if one.order_status == "Unshipped")
    items = api.get_order_items(order.amazon_order_id).payload.order_items
    address = api.get_order_address(order.amazon_order_id).payload.shipping_address
    assert items[0].seller_sku
    assert items[0].item_price.currency_code == "USD"
    assert address.country_code == "US"
    assert api.get_order(order.amazon_order_id).payload.amazon_order_id == order.amazon_order_id
    assert api.get_order_buyer_info(order.amazon_order_id).payload.buyer_name


def test_a_quantity_is_patched_and_read_back(served: Simulator) -> None:
    api = ListingsApi(sdk(served))
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}]
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}
    body = {"productType": "PRODUCT", "patches": [patch]}

    answer = api.patch_listings_item(BLUE_MUG, "MUG/SET OF 4", [US], body)

    assert answer.status == "ACCEPTED"
    item = api.get_listings_item(
        BLUE_MUG, "MUG/SET OF 4", [US], included_data=["summaries", "offers", "fulfillmentAvailability", "attributes"]
    )
    assert item.fulfillment_availability[0].quantity == 7
    assert item.attributes["fulfillment_availability"][0]["lead_time_to_ship_max_days"] == 2
    found = api.search_listings_items(BLUE_MUG, [US], identifiers=["MUG-RED-11"], identifiers_type="SKU", page_size=20)
    assert [one.sku for one in found.items] == ["MUG-RED-11"]
    assert api.search_listings_items(BLUE_MUG, [US], page_size=4).pagination.next_token


def test_a_feed_goes_from_upload_to_report(served: Simulator, published: PublishedModels) -> None:
    api = FeedsApi(sdk(served))
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": 3}]
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}
    messages = [
        {"messageId": n, "sku": sku, "operationType": "PATCH", "productType": "PRODUCT", "patches": [patch]}
        for n, sku in enumerate(("MUG-BLUE-11", "NO-SUCH-SKU"), start=1)
    ]
    feed = {"header": {"sellerId": BLUE_MUG, "version": "2.0"}, "messages": messages}
    assert published.check_document("feeds/listings-feed-schema-v2", feed) == []

    document = api.create_feed_document({"contentType": "application/json; charset=UTF-8"})
    httpx.put(document.url, content=json.dumps(feed).encode()).raise_for_status()
    submitted = {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [US]}
    created = api.create_feed({**submitted, "inputFeedDocumentId": document.feed_document_id})
    states = [api.get_feed(created.feed_id) for _ in range(3)]

    assert [state.processing_status for state in states] == ["IN_QUEUE", "IN_PROGRESS", "DONE"]
    result = api.get_feed_document(states[-1].result_feed_document_id)
    report = httpx.get(result.url).json()
    assert published.check_document("feeds/listings-feed-processing-report-schema-v2", report) == []
    assert (report["summary"]["messagesAccepted"], report["summary"]["messagesInvalid"]) == (1, 1)
    assert report["issues"][0]["messageId"] == 2
    assert served.stock(BLUE_MUG, "MUG-BLUE-11", US) == 3
    assert [one.feed_id for one in api.get_feeds(feed_types=["JSON_LISTINGS_FEED"]).feeds] == [created.feed_id]


def test_a_feed_in_the_queue_can_be_cancelled(served: Simulator) -> None:
    api = FeedsApi(sdk(served))
    document = api.create_feed_document({"contentType": "text/xml"})
    submitted = {"feedType": "POST_ORDER_FULFILLMENT_DATA", "marketplaceIds": [US]}
    created = api.create_feed({**submitted, "inputFeedDocumentId": document.feed_document_id})
    api.cancel_feed(created.feed_id)
    assert api.get_feed(created.feed_id).processing_status == "CANCELLED"


def test_the_health_report_keeps_to_its_schema(served: Simulator, published: PublishedModels) -> None:
    served.set_health(NORDLICHT, "bad")  # it says the most
    api = ReportsApi(sdk(served, NORDLICHT, "/eu"))
    created = api.create_report({"reportType": "GET_V2_SELLER_PERFORMANCE_REPORT", "marketplaceIds": [DE]})
    states = [api.get_report(created.report_id) for _ in range(3)]
    assert states[-1].processing_status == "DONE"
    report = httpx.get(api.get_report_document(states[-1].report_document_id).url).json()
    assert published.check_document("reports/accountHealthReport-2020-11-18", report) == []
    assert api.get_reports(report_types=["GET_V2_SELLER_PERFORMANCE_REPORT"]).reports[0].report_id == created.report_id


def test_a_seller_takes_part_in_all_marketplaces_of_the_region(served: Simulator) -> None:
    api = SellersApi(sdk(served, NORDLICHT, "/eu"))
    taken = api.get_marketplace_participations().payload
    assert len(taken) == 16
    assert DE in {one.marketplace.id for one in taken}
    assert api.get_account().payload.business.name == "Nordlicht Kerzen"


def test_the_sdk_works_without_a_region_in_the_address_too(served: Simulator) -> None:
    assert SellersApi(sdk(served, region="")).get_marketplace_participations().payload


def test_a_token_is_refused_in_another_region(served: Simulator) -> None:
    with pytest.raises(ApiException) as refused:
        SellersApi(sdk(served, NORDLICHT, "/na")).get_marketplace_participations()
    assert refused.value.status == 403
