"""The rules of confirmShipment."""

from datetime import timedelta
from typing import Any

import pytest

from simulator.amazon import Simulator
from tests.simulator.amazon.seats import BLUE_MUG, CA, DE, US, Clock, Seat, package


@pytest.fixture
def order(sim: Simulator, clock: Clock) -> dict[str, Any]:
    order_id = sim.place_order(BLUE_MUG, US, lines=[{"sku": "MUG-BLUE-11", "quantity": 3}, {"sku": "SAUCER-BLUE"}])
    clock.forward(minutes=30)
    return sim.order(order_id)


def test_a_package_makes_the_order_shipped(sim: Simulator, blue_mug: Seat, order: dict[str, Any], clock: Clock) -> None:
    answer = blue_mug.confirm(order["orderId"], **package(order, clock))

    assert (answer.status_code, answer.content) == (204, b"")
    shipped = blue_mug.order(order["orderId"])
    assert shipped["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert shipped["lastUpdatedTime"] > order["lastUpdatedTime"]
    assert shipped["packages"][0]["packageReferenceId"] == "1"
    entry = sim.journal("confirmation")[0]
    assert (entry["order_id"], entry["carrier"], entry["edit"]) == (order["orderId"], "UPS", False)


def test_parts_are_shipped_one_by_one(blue_mug: Seat, order: dict[str, Any], clock: Clock) -> None:
    first = [{"orderItemId": order["orderItems"][0]["orderItemId"], "quantity": 1}]
    assert blue_mug.confirm(order["orderId"], **package(order, clock, orderItems=first)).status_code == 204
    partly = blue_mug.order(order["orderId"])
    assert partly["fulfillment"]["fulfillmentStatus"] == "PARTIALLY_SHIPPED"
    counts = partly["orderItems"][0]["fulfillment"]
    assert (counts["quantityFulfilled"], counts["quantityUnfulfilled"]) == (1, 2)
    assert blue_mug.confirm(order["orderId"], **package(partly, clock, "2")).status_code == 204
    assert blue_mug.order(order["orderId"])["fulfillment"]["fulfillmentStatus"] == "SHIPPED"


def test_the_same_reference_again_edits_the_package(
    sim: Simulator, blue_mug: Seat, order: dict[str, Any], clock: Clock
) -> None:
    blue_mug.confirm(order["orderId"], **package(order, clock))
    again = blue_mug.confirm(order["orderId"], **package(order, clock, trackingNumber="CORRECTED"))
    assert again.status_code == 204
    assert [one["trackingNumber"] for one in blue_mug.order(order["orderId"])["packages"]] == ["CORRECTED"]
    assert [entry["edit"] for entry in sim.journal("confirmation")] == [False, True]


def test_an_order_that_is_shipped_takes_no_other_package(
    sim: Simulator, blue_mug: Seat, order: dict[str, Any], clock: Clock
) -> None:
    sim.ship(order["orderId"])
    answer = blue_mug.confirm(order["orderId"], **package(order, clock, "7"))
    assert answer.status_code == 400
    assert "PackageToUpdateNotFound" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reference": 1}, "invalid type [packageDetail.packageReferenceId]"),
        ({"reference": "A"}, "positive numeric"),
        ({"reference": "0"}, "positive numeric"),
        ({"carrierCode": None}, "carrierCode"),
        ({"carrierCode": "Other"}, "carrierName"),
        ({"trackingNumber": None}, "trackingNumber"),
        ({"shipDate": "11/21/2026"}, "shipDate"),
        ({"shipDate": "2026-11-01T00:00:00Z"}, "before the order"),
        ({"shipDate": "2026-12-24T00:00:00Z"}, "future"),
        ({"orderItems": []}, "orderItems"),
        ({"orderItems": [{"orderItemId": "1", "quantity": 1}]}, "not part"),
        ({"orderItems": [{"orderItemId": "1", "quantity": "1"}]}, "quantity"),
    ],
)
def test_a_wrong_package_is_refused(
    sim: Simulator, blue_mug: Seat, order: dict[str, Any], clock: Clock, change: dict[str, Any], words: str
) -> None:
    answer = blue_mug.confirm(order["orderId"], **package(order, clock, **change))
    assert answer.status_code == 400
    assert words in answer.json()["errors"][0]["message"]
    assert sim.journal("confirmation") == []


def test_more_than_was_ordered_is_refused(blue_mug: Seat, order: dict[str, Any], clock: Clock) -> None:
    items = [{"orderItemId": order["orderItems"][0]["orderItemId"], "quantity": 4}]
    assert blue_mug.confirm(order["orderId"], **package(order, clock, orderItems=items)).status_code == 400


def test_a_carrier_of_no_list_is_named(blue_mug: Seat, order: dict[str, Any], clock: Clock) -> None:
    blue_mug.confirm(order["orderId"], **package(order, clock, carrierCode="Other", carrierName="Bike Post"))
    assert blue_mug.order(order["orderId"])["packages"][0]["carrier"] == "Bike Post"


@pytest.mark.parametrize("place", [CA, DE, ""])
def test_the_marketplace_must_be_the_orders(blue_mug: Seat, order: dict[str, Any], clock: Clock, place: str) -> None:
    assert blue_mug.confirm(order["orderId"], place, **package(order, clock)).status_code == 400


def test_pending_and_cancelled_orders_cannot_be_confirmed(sim: Simulator, blue_mug: Seat, clock: Clock) -> None:
    pending, gone = sim.place_order(status="PENDING"), sim.place_order()
    package_of_gone = package(sim.order(gone), clock)
    sim.cancel(gone)
    assert blue_mug.confirm(pending, **package(sim.order(pending), clock)).status_code == 400
    assert blue_mug.confirm(gone, **package_of_gone).status_code == 400


def test_transparency_codes_are_asked_for(sim: Simulator, blue_mug: Seat, clock: Clock) -> None:
    order = sim.order(sim.place_order(overrides={"orderItems": [{"programs": ["TRANSPARENCY"]}]}))
    items = [{"orderItemId": order["orderItems"][0]["orderItemId"], "quantity": 1}]
    assert blue_mug.confirm(order["orderId"], **package(order, clock, orderItems=items)).status_code == 400
    items[0]["transparencyCodes"] = ["T-1"]
    assert blue_mug.confirm(order["orderId"], **package(order, clock, orderItems=items)).status_code == 204


def test_a_buyer_asks_and_the_order_stays_open(sim: Simulator, blue_mug: Seat, clock: Clock) -> None:
    order_id = sim.place_order()
    clock.now += timedelta(minutes=1)
    sim.request_cancel(order_id, "Bought by mistake")
    order = blue_mug.order(order_id)
    assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    request = order["orderItems"][0]["cancellation"]["cancellationRequest"]
    assert request == {"requester": "BUYER", "cancelReason": "Bought by mistake"}
    sim.cancel(order_id)
    order = blue_mug.order(order_id)
    assert order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    assert order["orderItems"][0]["cancellation"]["cancellationExecution"]["cancelledBy"] == "BUYER"
