"""What the simulator's own tests share: a clock that is moved by hand, and a client with a seller's access token."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from simulator.amazon import Simulator

BASE = "http://127.0.0.1:9900"
US, CA, DE, FR, GB, JP = (
    "ATVPDKIKX0DER",
    "A2EUQ1WTGCTBG2",
    "A1PA6795UKMFR9",
    "A13V1IB3VIYZZH",
    "A1F83G8C2ARO7P",
    "A1VC38T7YXB528",
)
BLUE_MUG, NORDLICHT, SAKURA = "A1BLUEMUGCO01", "A1NORDLICHT01", "A1SAKURATEA01"
EVERYTHING = "BUYER,RECIPIENT,PROCEEDS,FULFILLMENT,CANCELLATION,PACKAGES"
CLIENT = {"client_id": "amzn1.application-oa2-client.simulated", "client_secret": "simulated-secret"}
CONSENT = {"application_id": "amzn1.sellerapps.app.simulated", "state": "s-1", "redirect_uri": "http://testserver/back"}


@dataclass
class Clock:
    """Stands still until somebody moves it."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 21, 12, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Seat:
    """A seller's place at the SP-API."""

    client: httpx.Client
    seller_id: str
    region: str
    token: str

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.ask("GET", path, params=query)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.client.request(method, f"/{self.region}{path}", headers={"x-amz-access-token": self.token}, **more)

    def orders(self, **query: Any) -> dict[str, Any]:
        asked = {"lastUpdatedAfter": "2026-01-01T00:00:00Z", "includedData": EVERYTHING, **query}
        answer = self.get("/orders/2026-01-01/orders", **{name: value for name, value in asked.items() if value != ""})
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def order(self, order_id: str) -> dict[str, Any]:
        answer = self.get(f"/orders/2026-01-01/orders/{order_id}", includedData=EVERYTHING)
        found: dict[str, Any] = answer.json()["order"]
        return found

    def confirm(self, order_id: str, place: str = US, **package: Any) -> httpx.Response:
        path = f"/orders/v0/orders/{order_id}/shipmentConfirmation"
        return self.ask("POST", path, json={"marketplaceId": place, "packageDetail": package})

    def patch(self, sku: str, quantity: Any, place: str = US, op: str = "merge", **query: str) -> httpx.Response:
        value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
        patch = {"op": op, "path": "/attributes/fulfillment_availability", "value": value}
        path = f"/listings/2021-08-01/items/{self.seller_id}/{quote(sku, safe='')}"
        body = {"productType": "PRODUCT", "patches": [patch]}
        return self.ask("PATCH", path, params={"marketplaceIds": place, **query}, json=body)


def client_of(simulator: Simulator) -> httpx.Client:
    return httpx.Client(transport=httpx.WSGITransport(app=simulator), base_url=BASE)


def access_token(client: httpx.Client, refresh_token: str) -> str:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **CLIENT}
    token: str = client.post("/auth/o2/token", data=form).json()["access_token"]
    return token


def seat(simulator: Simulator, seller_id: str = BLUE_MUG) -> Seat:
    client = client_of(simulator)
    region = simulator.world.sellers[seller_id].region.lower()
    return Seat(client, seller_id, region, access_token(client, simulator.grant(seller_id)))


def package(order: dict[str, Any], clock: Clock, reference: Any = "1", **more: Any) -> dict[str, Any]:
    """A package with everything that is left of an order."""
    items = [
        {"orderItemId": item["orderItemId"], "quantity": item["fulfillment"]["quantityUnfulfilled"]}
        for item in order["orderItems"]
        if item["fulfillment"]["quantityUnfulfilled"]
    ]
    detail = {
        "packageReferenceId": reference,
        "carrierCode": "UPS",
        "shippingMethod": "UPS Ground",
        "trackingNumber": "1Z999AA10123456784",
        "shipDate": clock.now.isoformat().replace("+00:00", "Z"),
        "orderItems": items,
    }
    return {key: value for key, value in {**detail, **more}.items() if value is not None}
