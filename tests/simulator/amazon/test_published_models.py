"""The referee itself, and what the SDK does not send: refusals, raw queries, strange orders."""

from simulator.amazon import Exchange, Simulator
from tests.simulator.amazon.published_models import PublishedModels
from tests.simulator.amazon.seats import BLUE_MUG, DE, NORDLICHT, US, Clock, Seat, package, seat


def test_the_referee_sees_what_no_model_knows(published: PublishedModels) -> None:
    order: dict[str, object] = {"orderId": "1", "createdTime": "now", "lastUpdatedTime": "2026-11-21T12:00:00Z"}
    order |= {"orderItems": [], "extra": 1}
    query = {"lastUpdatedAfter": ["2026-11-21T12:00:00Z"], "includedData": ["BUYER,NOTHING"], "mine": ["1"]}
    path = "/orders/2026-01-01/orders"
    problems = "\n".join(published.check_exchange("GET", path, query, None, 200, {"orders": [order]}))
    for words in ("NOTHING", "mine is not published", "'salesChannel' is a required", "'extra'", "'now' is not a"):
        assert words in problems
    assert published.check_exchange("GET", "/orders/1999/orders", {}, None, 200, {}) != []
    confirm = "/orders/v0/orders/1/shipmentConfirmation"
    assert "packageReferenceId" in "".join(
        published.check_exchange("POST", confirm, {}, {"marketplaceId": US, "packageDetail": {}}, 204, None)
    )


def test_every_answer_keeps_to_the_models(
    sim: Simulator, exchanges: list[Exchange], published: PublishedModels, clock: Clock
) -> None:
    for seller_id in (seller.id for seller in sim.sellers):
        _talk(sim, seat(sim, seller_id), clock)
    problems = [problem for exchange in exchanges for problem in published.check_exchange(*exchange)]
    assert problems == []
    assert len(exchanges) > 60


def _talk(sim: Simulator, chair: Seat, clock: Clock) -> None:
    home = sim.world.sellers[chair.seller_id].homes[0]
    sim.place_order(chair.seller_id, business=True, lines=[{"sku": "X", "gift_message": "Enjoy"}])
    cancelled = sim.place_order(chair.seller_id)
    sim.request_cancel(cancelled)
    sim.cancel(cancelled)
    order = sim.order(sim.place_order(chair.seller_id))
    clock.forward(minutes=10)
    order_id = order["orderId"]
    good = package(order, clock, carrierCode="Other", carrierName="Post")
    assert chair.confirm(order_id, home, **good).status_code == 204
    assert chair.confirm(order_id, home, **package(order, clock, 1)).status_code == 400
    everything = "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT"
    chair.orders(includedData=everything)
    chair.orders(includedData="")
    chair.get("/orders/2026-01-01/orders")
    chair.order(order_id)
    chair.get("/orders/2026-01-01/orders/000-0000000-0000000")
    chair.get("/orders/v0/orders", MarketplaceIds=home, LastUpdatedAfter="2026-01-01T00:00:00Z")
    for part in ("", "/orderItems", "/address", "/buyerInfo"):
        assert chair.get(f"/orders/v0/orders/{order_id}{part}").status_code == 200
    sku = next(iter(sim.world.listings[chair.seller_id][home]))
    chair.patch(sku, 3, home, includedData="issues,identifiers")
    chair.patch("NOT-THERE", 3, home)
    parts = "summaries,attributes,issues,offers,fulfillmentAvailability,relationships,productTypes"
    path = f"/listings/2021-08-01/items/{chair.seller_id}"
    chair.get(path, marketplaceIds=home, includedData=parts, pageSize=5)
    chair.get(f"{path}/{sku}", marketplaceIds=home, includedData=parts)
    chair.get(f"{path}/NOT-THERE", marketplaceIds=home)
    chair.get("/sellers/v1/marketplaceParticipations")
    chair.get("/feeds/2021-06-30/feeds", feedTypes="JSON_LISTINGS_FEED")
    chair.get("/feeds/2021-06-30/feeds/1")


def test_the_first_orders_of_every_marketplace_keep_to_the_models(published: PublishedModels) -> None:
    seen: list[Exchange] = []
    sim = Simulator(quota=False, orders=8, exchanges=seen.append)
    for seller_id in (BLUE_MUG, NORDLICHT):
        assert len(seat(sim, seller_id).orders()["orders"]) == 16
    assert seat(sim, NORDLICHT).orders(marketplaceIds=DE)["orders"]
    assert [problem for exchange in seen for problem in published.check_exchange(*exchange)] == []
