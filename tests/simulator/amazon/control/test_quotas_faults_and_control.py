"""Quotas, ordered faults, the control page, the journal and the file between two runs."""

from pathlib import Path

import httpx
import pytest

from simulator.amazon import Simulator
from tests.simulator.amazon.seats import BLUE_MUG, US, Clock, Seat, access_token, client_of, package, seat

SEARCH = "/orders/2026-01-01/orders"
SINCE = {"lastUpdatedAfter": "2026-01-01T00:00:00Z"}


def test_the_bucket_of_search_orders_holds_twenty_and_fills_slowly(clock: Clock) -> None:
    sim = Simulator(clock=clock, orders=1)
    blue_mug, other = seat(sim), seat(sim, "A2HARBORROPE1")
    answers = [blue_mug.get(SEARCH, **SINCE) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.0056"
    assert "x-amzn-RateLimit-Limit" not in answers[20].headers
    assert answers[20].json()["errors"][0]["code"] == "QuotaExceeded"
    assert all(answer.headers["x-amzn-RequestId"] for answer in answers)
    assert other.get(SEARCH, **SINCE).status_code == 200
    clock.forward(seconds=179)
    assert [blue_mug.get(SEARCH, **SINCE).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("429", 429), ("400", 400), ("403", 403), ("500", 500), ("500_empty", 500), ("503", 503), ("503_html", 503)]
    + [("html_200", 200), ("timeout", 504), ("lost_answer", 504), ("token_expired", 403)],
)
def test_a_fault_hits_as_often_as_it_was_asked_to(sim: Simulator, blue_mug: Seat, kind: str, status: int) -> None:
    sim.fail("searchOrders", kind, times=1, after=1)
    assert blue_mug.get("/sellers/v1/marketplaceParticipations").status_code == 200
    assert blue_mug.get(SEARCH, **SINCE).status_code == 200
    assert blue_mug.get(SEARCH, **SINCE).status_code == status
    blue_mug.token = access_token(blue_mug.client, sim.grant(BLUE_MUG))
    assert blue_mug.get(SEARCH, **SINCE).status_code == 200


def test_a_lost_answer_has_its_effect_and_a_timeout_has_none(sim: Simulator, blue_mug: Seat, clock: Clock) -> None:
    first, second = sim.order(sim.place_order()), sim.order(sim.place_order())
    sim.fail("confirmShipment", "lost_answer")
    assert blue_mug.confirm(first["orderId"], **package(first, clock)).status_code == 504
    sim.fail("confirmShipment", "timeout")
    assert blue_mug.confirm(second["orderId"], **package(second, clock)).status_code == 504
    assert [entry["order_id"] for entry in sim.journal("confirmation")] == [first["orderId"]]


def test_silence_says_yes_and_does_nothing(sim: Simulator, blue_mug: Seat, clock: Clock) -> None:
    order = sim.order(sim.place_order())
    sim.fail("confirmShipment", "silent")
    sim.fail("patchListingsItem", "silent")
    assert blue_mug.confirm(order["orderId"], **package(order, clock)).status_code == 204
    assert blue_mug.patch("MUG-BLUE-11", 1).json()["status"] == "ACCEPTED"
    assert sim.journal("confirmation") == sim.journal("stock") == []


def test_a_page_can_come_twice_or_cut_short(sim: Simulator, blue_mug: Seat) -> None:
    first = blue_mug.orders(maxResultsPerPage=1)
    sim.fail("searchOrders", "duplicate_page")
    again = blue_mug.orders(maxResultsPerPage=1, paginationToken=first["pagination"]["nextToken"])
    assert again == first
    sim.fail("searchOrders", "truncated")
    with pytest.raises(ValueError, match="JSON|Unterminated|Expecting"):
        blue_mug.get(SEARCH, **SINCE).json()


def test_a_connection_can_break_in_the_middle(served: Simulator) -> None:
    served.fail("token", "dropped")
    form = {"grant_type": "refresh_token", "refresh_token": served.grant(BLUE_MUG), "client_id": "x"}
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{served.base_url}/auth/o2/token", data=form)


def test_an_unknown_fault_is_refused(sim: Simulator) -> None:
    assert client_of(sim).post("/_control/faults", json={"kind": "gremlins"}).status_code == 400


def test_tests_can_do_everything_over_http_too(sim: Simulator, blue_mug: Seat) -> None:
    client = client_of(sim)
    wish = {"seller_id": BLUE_MUG, "marketplace_id": US, "prime": True, "service_level": "NEXT_DAY"}
    lines = [{"sku": "MUG-RED-11", "quantity": 2, "price": "9.99"}]
    order_id = client.post("/_control/orders", json={**wish, "lines": lines}).json()["order_id"]
    assert sim.order(order_id)["programs"] == ["PRIME"]
    assert client.post(f"/_control/orders/{order_id}/cancel-request", json={}).json()["status"] == "UNSHIPPED"
    assert client.post(f"/_control/orders/{order_id}/ship", json={"tracking": "T"}).json()["status"] == "SHIPPED"
    assert client.post(f"/_control/orders/{order_id}/cancel", json={}).status_code == 400
    assert client.post("/_control/orders/bulk", json={"number": 5}).json() == {"placed": 5}
    client.post("/_control/faults", json={"operation": "searchOrders", "kind": "503"})
    assert blue_mug.get(SEARCH, **SINCE).status_code == 503
    client.post("/_control/revoke", json={"seller_id": BLUE_MUG})
    assert blue_mug.get(SEARCH, **SINCE).status_code == 403
    kinds = {entry["kind"] for entry in client.get("/_journal").json()["entries"]}
    assert {"order", "cancel_request", "confirmation", "call", "grant", "revocation"} <= kinds
    assert {entry["kind"] for entry in client.get("/_journal?kind=call").json()["entries"]} == {"call"}
    judged = {"seller_id": BLUE_MUG, "health": "fatal"}
    assert client.post("/_control/health", json=judged).json() == judged
    assert client.post("/_control/health", json={**judged, "health": "splendid"}).status_code == 400
    assert "now fatal" in client.get("/_control").text
    assert client.post("/_control/reset", json={}).json() == {"reset": True}
    assert sim.journal("confirmation") == []


def test_another_tool_ships_under_a_reference_of_its_own_and_edits_the_package_that_has_it(sim: Simulator) -> None:
    client = client_of(sim)
    order_id = sim.place_order(BLUE_MUG, US, lines=[{"sku": "MUG-RED-11", "quantity": 3}])
    at = f"/_control/orders/{order_id}"
    tell = {"units": {"MUG-RED-11": 1}, "reference": "77", "tracking": "T1"}
    assert client.post(f"{at}/ship", json=tell).json()["status"] == "PARTIALLY_SHIPPED"
    assert client.post(f"{at}/ship", json={**tell, "tracking": "T2", "units": {"MUG-RED-11": 2}}).status_code == 200
    assert client.post(f"{at}/ship", json={**tell, "reference": "1", "units": {"MUG-RED-11": 2}}).status_code == 400
    packages = sim.order(order_id)["packages"]
    assert [(each["packageReferenceId"], each["trackingNumber"]) for each in packages] == [("77", "T2")]
    assert packages[0]["packageItems"][0]["quantity"] == 2

    page = client.get("/_control").text
    assert "Packages so far: 77: T2" in page
    form = {"sku": "MUG-RED-11", "quantity": "1"}
    assert client.post(f"{at}/cancel-units", data=form).status_code == 303
    assert sim.order(order_id)["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert client.post(f"{at}/drop-package", data={"reference": "77"}).status_code == 303
    assert sim.order(order_id)["packages"] == []
    assert sim.journal("confirmation")[0]["by"] == "Seller Central"


def test_the_control_page_works_without_javascript(sim: Simulator) -> None:
    client = client_of(sim)
    assert client.get("/").headers["location"] == "/_control"
    page = client.get("/_control").text
    assert "Blue Mug Co" in page
    assert "<script" not in page
    answer = client.post("/_control/orders", data={"seller_id": BLUE_MUG, "sku": "MUG-RED-11", "quantity": "2"})
    assert answer.status_code == 303
    followed = client.get(answer.headers["location"]).text
    order_id = sim.journal("order")[-1]["order_id"]
    assert f"Placed order {order_id}. Press Download now on the cart, or wait." in followed
    several = {"seller_id": BLUE_MUG, "how_many": "6", "service_level": "MIXED"}
    followed = client.get(client.post("/_control/orders", data=several).headers["location"]).text
    levels = [
        sim.order(each["order_id"])["fulfillment"]["fulfillmentServiceLevel"] for each in sim.journal("order")[-6:]
    ]
    assert "Placed 6 orders. Press Download now on the cart, or wait." in followed
    assert levels == ["STANDARD", "EXPEDITED", "SECOND_DAY", "NEXT_DAY", "STANDARD", "EXPEDITED"]
    assert client.post("/_control/orders", data={**several, "how_many": "51"}).status_code == 400
    sim.ship(order_id)
    found = client.get("/_control", params={"q": order_id[-7:]}).text
    assert "Matching orders of Blue Mug Co" in found
    assert order_id in found
    assert "Place order</button>" not in found
    assert "No order matches." in client.get("/_control", params={"q": "<b>"}).text
    assert client.get("/_health").status_code == 200


def test_what_was_granted_survives_a_restart(sim: Simulator, blue_mug: Seat, clock: Clock, tmp_path: Path) -> None:
    refresh_token, order_id = sim.grant(BLUE_MUG), sim.place_order()
    sim.ship(order_id)
    sim.save(tmp_path / "state.json")
    again = Simulator.load(tmp_path / "state.json", clock=clock, quota=False)
    assert access_token(client_of(again), refresh_token)
    assert again.orders() == sim.orders()
    assert again.journal("confirmation") == sim.journal("confirmation")
    blue_mug.client = client_of(again)
    assert order_id in {order["orderId"] for order in blue_mug.orders()["orders"]}
    assert again.place_order() not in {order["orderId"] for order in sim.orders()}
    assert (tmp_path / "state.json").stat().st_mode & 0o077 == 0


def test_a_large_page_is_quick(sim: Simulator, blue_mug: Seat) -> None:
    sim.bulk_orders(2_000)
    page = blue_mug.orders()
    assert len(page["orders"]) == 100
    assert page["pagination"]["nextToken"]
