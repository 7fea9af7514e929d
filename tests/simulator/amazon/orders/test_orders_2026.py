"""The rules of searchOrders and getOrder."""

from datetime import timedelta

import pytest

from simulator.amazon import Simulator
from tests.simulator.amazon.seats import BLUE_MUG, CA, DE, US, Clock, Seat, seat

PATH = "/orders/2026-01-01/orders"


def iso(clock: Clock, **back: float) -> str:
    return (clock.now - timedelta(**back)).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"createdAfter": "2026-11-20T00:00:00Z", "lastUpdatedAfter": "2026-11-20T00:00:00Z"},
        {"createdAfter": "2026-11-20T00:00:00Z", "lastUpdatedBefore": "2026-11-20T00:00:00Z"},
        {"lastUpdatedAfter": "yesterday"},
        {"lastUpdatedAfter": "2026-11-20T00:00:00"},
        {"lastUpdatedAfter": "2026-11-20T00:00:00Z", "lastUpdatedBefore": "2026-11-21T11:59:00Z"},
        {"lastUpdatedAfter": "2026-11-20T00:00:00Z", "lastUpdatedBefore": "2026-11-19T00:00:00Z"},
        {"lastUpdatedAfter": "2026-11-20T00:00:00Z", "maxResultsPerPage": 101},
        {"lastUpdatedAfter": "2026-11-20T00:00:00Z", "maxResultsPerPage": 0},
        {"lastUpdatedAfter": "2026-11-20T00:00:00Z", "includedData": "EVERYTHING"},
        {"lastUpdatedAfter": "2026-11-20T00:00:00Z", "fulfillmentStatuses": "Unshipped"},
        {"lastUpdatedAfter": "2026-11-20T00:00:00Z", "marketplaceIds": DE},
        {"lastUpdatedAfter": "2026-11-20T00:00:00Z", "paginationToken": "made up"},
    ],
)
def test_a_wrong_search_is_refused_as_invalid_input(blue_mug: Seat, query: dict[str, str]) -> None:
    answer = blue_mug.get(PATH, **query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "InvalidInput"


def test_only_what_is_asked_for_is_shown(blue_mug: Seat) -> None:
    bare = blue_mug.orders(includedData="")["orders"][0]
    assert set(bare) == {"orderId", "createdTime", "lastUpdatedTime", "programs", "salesChannel", "orderItems"}
    assert set(bare["orderItems"][0]) == {"orderItemId", "quantityOrdered", "product"}
    whole = blue_mug.orders()["orders"][0]
    assert {"buyer", "recipient", "proceeds", "fulfillment", "packages"} <= set(whole)


def test_a_pending_order_tells_nothing_of_its_buyer(sim: Simulator, blue_mug: Seat) -> None:
    order_id = sim.place_order(status="PENDING")
    assert not {"buyer", "recipient"} & set(blue_mug.order(order_id))
    sim.make_ready(order_id)
    assert {"buyer", "recipient"} <= set(blue_mug.order(order_id))


def test_the_orders_come_by_their_last_change(sim: Simulator, blue_mug: Seat, clock: Clock) -> None:
    first, second = sim.place_order(), sim.place_order()
    clock.forward(minutes=1)
    sim.request_cancel(first)
    assert [order["orderId"] for order in blue_mug.orders()["orders"]][-2:] == [second, first]
    seen = [order["orderId"] for order in blue_mug.orders(lastUpdatedAfter=iso(clock, seconds=30))["orders"]]
    assert seen == [first]


def test_both_ends_of_a_window_belong_to_it(sim: Simulator, blue_mug: Seat, clock: Clock) -> None:
    order_id = sim.place_order()
    at = iso(clock)
    clock.forward(minutes=5)
    found = blue_mug.orders(lastUpdatedAfter=at, lastUpdatedBefore=at)
    assert [order["orderId"] for order in found["orders"]] == [order_id]
    assert found["lastUpdatedBefore"] == "2026-11-21T12:00:00.000Z"


def test_pages_are_whole_while_orders_change_and_come_in(sim: Simulator, blue_mug: Seat, clock: Clock) -> None:
    sim.bulk_orders(30)
    expected = {order["orderId"] for order in sim.orders(BLUE_MUG)}
    page, seen = blue_mug.orders(maxResultsPerPage=10), []
    while True:
        seen += [order["orderId"] for order in page["orders"]]
        if "pagination" not in page:
            break
        clock.forward(minutes=1)
        sim.place_order()
        page = blue_mug.orders(maxResultsPerPage=10, paginationToken=page["pagination"]["nextToken"])
    assert len(seen) == len(set(seen))
    assert set(seen) == expected


def test_a_page_token_is_good_for_a_day_and_for_its_own_filters(blue_mug: Seat, clock: Clock) -> None:
    query = {"lastUpdatedAfter": "2026-01-01T00:00:00Z", "maxResultsPerPage": 1}
    token = blue_mug.get(PATH, **query).json()["pagination"]["nextToken"]
    assert blue_mug.get(PATH, **query, paginationToken=token).status_code == 200
    assert blue_mug.get(PATH, **query, paginationToken=token, marketplaceIds=US).status_code == 400
    clock.forward(minutes=59)
    assert blue_mug.get(PATH, **query, paginationToken=token).status_code == 200
    clock.forward(hours=24)
    blue_mug.token = seat_token(blue_mug)
    assert blue_mug.get(PATH, **query, paginationToken=token).status_code == 400


def seat_token(chair: Seat) -> str:
    simulator = chair.client._transport.app  # type: ignore[attr-defined]
    return seat(simulator, chair.seller_id).token


def test_filters_choose_marketplace_status_and_who_fulfils(sim: Simulator, blue_mug: Seat) -> None:
    ours = sim.place_order(BLUE_MUG, CA)
    amazons = sim.place_order(BLUE_MUG, CA, fulfilled_by="AMAZON")
    chosen = blue_mug.orders(marketplaceIds=CA, fulfilledBy="AMAZON")["orders"]
    assert [order["orderId"] for order in chosen] == [amazons]
    assert "addressLine1" not in chosen[0]["recipient"]["deliveryAddress"]
    pending = blue_mug.orders(marketplaceIds=f"{US},{CA}", fulfillmentStatuses="PENDING")["orders"]
    assert len(pending) == 2
    assert ours not in {order["orderId"] for order in pending}


def test_a_seller_sees_no_order_of_another(sim: Simulator, blue_mug: Seat) -> None:
    other = sim.place_order("A2HARBORROPE1")
    assert blue_mug.get(f"{PATH}/{other}").status_code == 404
    assert other not in {order["orderId"] for order in blue_mug.orders()["orders"]}


def test_changes_can_stay_hidden_for_a_while(clock: Clock) -> None:
    late = Simulator(clock=clock, quota=False, orders=0, visibility_delay=timedelta(minutes=2))
    blue_mug = seat(late)
    late.place_order()
    assert blue_mug.orders()["orders"] == []
    clock.forward(minutes=2)
    assert len(blue_mug.orders()["orders"]) == 1


def test_an_order_can_be_made_as_strange_as_a_test_needs(sim: Simulator, blue_mug: Seat) -> None:
    strange = {
        "fulfillment": {"fulfillmentServiceLevel": "BY_PIGEON", "shipByWindow": None},
        "orderItems": [{"product": {"title": None}}],
        "programs": ["SOMETHING_NEW"],
    }
    order = blue_mug.order(sim.place_order(overrides=strange))
    assert order["fulfillment"]["fulfillmentServiceLevel"] == "BY_PIGEON"
    assert "shipByWindow" not in order["fulfillment"]
    assert "title" not in order["orderItems"][0]["product"]
    assert order["orderItems"][0]["product"]["sellerSku"]


def test_yen_have_no_decimals(sim: Simulator) -> None:
    order_id = sim.place_order("A1SAKURATEA01", lines=[{"sku": "SENCHA-100", "price": "1800", "quantity": 2}])
    assert sim.order(order_id)["proceeds"]["grandTotal"] == {"amount": "3600", "currencyCode": "JPY"}


def test_the_same_seed_makes_the_same_world(clock: Clock) -> None:
    assert Simulator(3, clock=clock).orders() == Simulator(3, clock=clock).orders()
    assert Simulator(3, clock=clock).orders() != Simulator(4, clock=clock).orders()
