"""What a team would write: python-amazon-sp-api's v0, a request an order, update_or_create row by row.

Into our own tables, with the same indexes; every row is committed by itself, which is what Django does unless told
otherwise. It reads no address (one more request an order), encrypts nothing and keeps no history.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
from sp_api.api import Orders
from sp_api.auth import AccessTokenClient
from sp_api.base import Marketplaces
from sp_api.base._transport_httpx import HttpxTransport

from carts.marketplaces.values import OrderState
from carts.models import Cart
from core.common import clock
from orders.download.pull import FIRST_WINDOW
from orders.models import Line, Order, OrderStatus
from tools.bench.measures import Pass, Stopwatch, Watch
from tools.bench.our_import import make_cart
from tools.bench.played_amazon import Played

MOST = 300  # enough to know how quick it is: each order costs the same


def measure(amazon: Played, watch: Watch) -> list[Pass]:
    cart = make_cart(amazon)
    client = connect(amazon, watch)
    stopwatch = Stopwatch()
    stored = 0
    for order in listed(client, amazon):
        store(cart, order, client.get_order_items(order["AmazonOrderId"]).payload["OrderItems"])
        stored += 1
        if stored == MOST:
            break
    return [stopwatch.stop("loop", orders=stored, calls=watch.calls)]


def connect(amazon: Played, watch: Watch) -> Any:
    there = urlsplit(amazon.url)

    class PlayedTokens(AccessTokenClient):
        scheme, host = f"{there.scheme}://", there.netloc

    credentials = {"lwa_app_id": amazon.client_id, "lwa_client_secret": amazon.client_secret}
    client = Orders(
        marketplace=next(place for place in Marketplaces if place.marketplace_id == amazon.place_id),
        refresh_token=amazon.refresh_token,
        credentials=credentials,
        auth_token_client_class=PlayedTokens,
        version="v0",
    )
    client.endpoint = amazon.spapi_url
    client._transport = client._auth._transport = HttpxTransport(client=httpx.Client(transport=watch))
    return client


def listed(client: Any, amazon: Played) -> Iterator[dict[str, Any]]:
    after = (clock.now() - FIRST_WINDOW).strftime("%Y-%m-%dT%H:%M:%SZ")
    page = client.get_orders(LastUpdatedAfter=after, MarketplaceIds=[amazon.place_id]).payload
    yield from page["Orders"]
    while token := page.get("NextToken"):
        page = client.get_orders(NextToken=token, MarketplaceIds=[amazon.place_id]).payload
        yield from page["Orders"]


def store(cart: Cart, order: dict[str, Any], items: list[dict[str, Any]]) -> None:
    total = order.get("OrderTotal", {})
    owner = {"organization_id": cart.organization_id, "merchant_id": cart.merchant_id}
    kept, _ = Order.objects.update_or_create(
        cart=cart,
        number=order["AmazonOrderId"],
        defaults={
            **owner,
            "status": OrderStatus.NEW,
            "state_there": OrderState.OPEN,
            "native_state": order["OrderStatus"],
            "service": order["ShipmentServiceLevelCategory"],
            "placed_at": order["PurchaseDate"],
            "changed_at": order["LastUpdateDate"],
            "ship_by": order.get("LatestShipDate"),
            "deliver_by": order.get("LatestDeliveryDate"),
            "is_prime": order["IsPrime"],
            "is_business": order["IsBusinessOrder"],
            "total": total.get("Amount"),
            "currency": total.get("CurrencyCode", ""),
            "line_count": len(items),
            "unit_count": sum(item["QuantityOrdered"] for item in items),
            "digest": "",
            "downloaded_at": clock.now(),
        },
    )
    for item in items:
        price = item.get("ItemPrice", {})
        Line.objects.update_or_create(
            order=kept,
            reference=item["OrderItemId"],
            defaults={
                **owner,
                "sku": item["SellerSKU"],
                "asin": item["ASIN"],
                "title": item["Title"],
                "ordered": item["QuantityOrdered"],
                "fulfilled_there": item["QuantityShipped"],
                "total": price.get("Amount"),
                "currency": price.get("CurrencyCode", ""),
            },
        )
