"""The rules of listings and of feeds."""

import json
from typing import Any

import httpx
import pytest

from simulator.amazon import Simulator
from tests.simulator.amazon.seats import BLUE_MUG, CA, US, Clock, Seat

FEEDS = "/feeds/2021-06-30"


def submit(blue_mug: Seat, feed_type: str, body: bytes, places: tuple[str, ...] = (US,)) -> str:
    made = blue_mug.ask("POST", f"{FEEDS}/documents", json={"contentType": "text/xml"}).json()
    assert blue_mug.client.put(made["url"], content=body).status_code == 200
    asked = {"feedType": feed_type, "marketplaceIds": list(places), "inputFeedDocumentId": made["feedDocumentId"]}
    answer = blue_mug.ask("POST", f"{FEEDS}/feeds", json=asked)
    assert answer.status_code == 202, answer.text
    feed_id: str = answer.json()["feedId"]
    return feed_id


def finished(blue_mug: Seat, feed_id: str) -> tuple[str, str]:
    """The status in the end, and the report."""
    for _ in range(3):
        feed = blue_mug.get(f"{FEEDS}/feeds/{feed_id}").json()
    if "resultFeedDocumentId" not in feed:
        return feed["processingStatus"], ""
    url = blue_mug.get(f"{FEEDS}/documents/{feed['resultFeedDocumentId']}").json()["url"]
    return feed["processingStatus"], blue_mug.client.get(url).text


def listings_feed(*messages: dict[str, Any], seller_id: str = BLUE_MUG) -> bytes:
    return json.dumps({"header": {"sellerId": seller_id, "version": "2.0"}, "messages": messages}).encode()


def set_quantity(number: int, sku: str, quantity: Any) -> dict[str, Any]:
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}
    return {"messageId": number, "sku": sku, "operationType": "PATCH", "productType": "PRODUCT", "patches": [patch]}


def envelope(kind: str, *messages: str) -> bytes:
    inner = "".join(
        f"<Message><MessageID>{number}</MessageID><{kind}>{message}</{kind}></Message>"
        for number, message in enumerate(messages, start=1)
    )
    header = f"<Header><MerchantIdentifier>{BLUE_MUG}</MerchantIdentifier></Header>"
    return f"<AmazonEnvelope>{header}<MessageType>{kind}</MessageType>{inner}</AmazonEnvelope>".encode()


def test_merge_keeps_what_replace_wipes(sim: Simulator, blue_mug: Seat) -> None:
    listing = sim.world.listings[BLUE_MUG][US]["MUG-BLUE-11"]
    assert blue_mug.patch("MUG-BLUE-11", 4).json()["status"] == "ACCEPTED"
    assert listing.availability[0]["lead_time_to_ship_max_days"] == 2
    blue_mug.patch("MUG-BLUE-11", 5, op="replace")
    assert listing.availability == [{"fulfillment_channel_code": "DEFAULT", "quantity": 5}]
    assert [entry["quantity"] for entry in sim.journal("stock")] == [4, 5]


@pytest.mark.parametrize(
    ("sku", "quantity"), [("NO-SUCH", 1), ("MUG-BLUE-11-FBA", 1), ("MUG-BLUE-11", -1), ("MUG-BLUE-11", "4")]
)
def test_a_patch_that_cannot_be_is_invalid_with_status_200(
    sim: Simulator, blue_mug: Seat, sku: str, quantity: Any
) -> None:
    answer = blue_mug.patch(sku, quantity)
    assert (answer.status_code, answer.json()["status"]) == (200, "INVALID")
    assert answer.json()["issues"][0]["severity"] == "ERROR"
    assert sim.journal("stock") == []


def test_a_preview_changes_nothing(sim: Simulator, blue_mug: Seat) -> None:
    before = sim.stock(BLUE_MUG, "MUG-BLUE-11", US)
    assert blue_mug.patch("MUG-BLUE-11", 1234, mode="VALIDATION_PREVIEW").json()["status"] == "VALID"
    assert sim.stock(BLUE_MUG, "MUG-BLUE-11", US) == before


def test_a_patch_without_its_channel_is_a_bad_request(blue_mug: Seat) -> None:
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": [{"quantity": 1}]}
    answer = blue_mug.ask(
        "PATCH",
        f"/listings/2021-08-01/items/{BLUE_MUG}/MUG-BLUE-11",
        params={"marketplaceIds": US},
        json={"productType": "PRODUCT", "patches": [patch]},
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "BAD_REQUEST")


def test_another_sellers_shelf_is_closed(blue_mug: Seat) -> None:
    assert blue_mug.get("/listings/2021-08-01/items/A2HARBORROPE1", marketplaceIds=US).status_code == 403


def test_all_listings_come_page_by_page(blue_mug: Seat) -> None:
    path, query, skus = f"/listings/2021-08-01/items/{BLUE_MUG}", {"marketplaceIds": US, "pageSize": 4}, []
    page = blue_mug.get(path, **query).json()
    skus += [item["sku"] for item in page["items"]]
    page = blue_mug.get(path, **query, pageToken=page["pagination"]["nextToken"]).json()
    skus += [item["sku"] for item in page["items"]]
    assert len(set(skus)) == page["numberOfResults"] == 6
    assert "nextToken" not in page["pagination"]
    assert blue_mug.get(path, marketplaceIds=US, pageSize=21).status_code == 400


def test_a_listings_feed_is_applied_message_by_message(sim: Simulator, blue_mug: Seat) -> None:
    messages = [set_quantity(1, "MUG-BLUE-11", 8), set_quantity(2, "GONE", 1), set_quantity(2, "MUG-RED-11", 1)]
    status, text = finished(blue_mug, submit(blue_mug, "JSON_LISTINGS_FEED", listings_feed(*messages), (US, CA)))
    report = json.loads(text)
    assert status == "DONE"
    assert report["summary"] | {"errors": 0} == {
        "errors": 0,
        "warnings": 0,
        "messagesProcessed": 3,
        "messagesAccepted": 1,
        "messagesInvalid": 2,
    }
    assert sim.stock(BLUE_MUG, "MUG-BLUE-11", US) == sim.stock(BLUE_MUG, "MUG-BLUE-11", CA) == 8


def test_a_feed_of_somebody_else_or_of_nonsense_is_fatal(blue_mug: Seat) -> None:
    other = listings_feed(set_quantity(1, "MUG-BLUE-11", 8), seller_id="SOMEBODY")
    assert finished(blue_mug, submit(blue_mug, "JSON_LISTINGS_FEED", other))[0] == "FATAL"
    assert finished(blue_mug, submit(blue_mug, "JSON_LISTINGS_FEED", b"{"))[0] == "FATAL"
    assert finished(blue_mug, submit(blue_mug, "POST_INVENTORY_AVAILABILITY_DATA", b"<x/>"))[0] == "FATAL"


def test_a_feed_moves_on_with_the_clock_alone(sim: Simulator, blue_mug: Seat, clock: Clock) -> None:
    submit(blue_mug, "JSON_LISTINGS_FEED", listings_feed(set_quantity(1, "MUG-BLUE-11", 77)))
    clock.forward(seconds=45)
    feeds = blue_mug.get(f"{FEEDS}/feeds", feedTypes="JSON_LISTINGS_FEED").json()["feeds"]
    assert [feed["processingStatus"] for feed in feeds] == ["DONE"]
    assert sim.stock(BLUE_MUG, "MUG-BLUE-11", US) == 77


def test_a_feed_can_only_be_cancelled_while_it_waits(blue_mug: Seat, clock: Clock) -> None:
    feed_id = submit(blue_mug, "JSON_LISTINGS_FEED", listings_feed(set_quantity(1, "MUG-BLUE-11", 1)))
    clock.forward(seconds=20)
    assert blue_mug.ask("DELETE", f"{FEEDS}/feeds/{feed_id}").status_code == 400


@pytest.mark.parametrize(
    ("kind", "status"), [("feed_fatal", "FATAL"), ("feed_cancelled", "CANCELLED"), ("feed_stuck", "IN_PROGRESS")]
)
def test_a_feed_can_be_made_to_end_badly(sim: Simulator, blue_mug: Seat, kind: str, status: str) -> None:
    sim.fail("createFeed", kind)
    feed_id = submit(blue_mug, "JSON_LISTINGS_FEED", listings_feed(set_quantity(1, "MUG-BLUE-11", 1)))
    assert finished(blue_mug, feed_id)[0] == status
    assert sim.journal("stock") == []


def test_packages_can_come_by_feed(sim: Simulator, blue_mug: Seat, clock: Clock) -> None:
    order_id = sim.place_order(lines=[{"sku": "MUG-BLUE-11", "quantity": 2}])
    body = (
        f"<AmazonOrderID>{order_id}</AmazonOrderID><FulfillmentDate>2026-11-21T12:00:00Z</FulfillmentDate>"
        "<FulfillmentData><CarrierCode>USPS</CarrierCode><ShipperTrackingNumber>94</ShipperTrackingNumber>"
        "</FulfillmentData>"
    )
    feed = envelope("OrderFulfillment", body, body.replace(order_id, "000-0000000-0000000"))
    status, report = finished(blue_mug, submit(blue_mug, "POST_ORDER_FULFILLMENT_DATA", feed))
    assert status == "DONE"
    assert "<MessagesSuccessful>1</MessagesSuccessful><MessagesWithError>1</MessagesWithError>" in report
    assert sim.order(order_id)["packages"][0]["trackingNumber"] == "94"
    assert sim.order(order_id)["fulfillment"]["fulfillmentStatus"] == "SHIPPED"


def test_orders_can_be_acknowledged_and_cancelled_by_feed(sim: Simulator, blue_mug: Seat) -> None:
    kept, dropped = sim.place_order(), sim.place_order()
    feed = envelope(
        "OrderAcknowledgement",
        f"<AmazonOrderID>{kept}</AmazonOrderID><MerchantOrderID>M-1</MerchantOrderID><StatusCode>Success</StatusCode>",
        f"<AmazonOrderID>{dropped}</AmazonOrderID><StatusCode>Failure</StatusCode>"
        "<Item><AmazonOrderItemCode>1</AmazonOrderItemCode><CancelReason>NoInventory</CancelReason></Item>",
    )
    assert finished(blue_mug, submit(blue_mug, "POST_ORDER_ACKNOWLEDGEMENT_DATA", feed))[0] == "DONE"
    assert sim.order(kept)["orderAliases"][0]["aliasId"] == "M-1"
    execution = sim.order(dropped)["orderItems"][0]["cancellation"]["cancellationExecution"]
    assert execution == {"cancelledBy": "MERCHANT", "cancelReason": "NO_INVENTORY"}


def test_a_signed_address_lives_five_minutes(blue_mug: Seat, clock: Clock) -> None:
    made = blue_mug.ask("POST", f"{FEEDS}/documents", json={"contentType": "text/xml"}).json()
    assert httpx.URL(made["url"]).host == "127.0.0.1"
    assert blue_mug.client.put(made["url"].replace("Signature=", "Signature=x"), content=b"1").status_code == 403
    clock.forward(minutes=5)
    refused = blue_mug.client.put(made["url"], content=b"1")
    assert (refused.status_code, "expired" in refused.text) == (403, True)
