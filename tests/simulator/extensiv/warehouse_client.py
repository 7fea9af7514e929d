"""A client of the simulated warehouse, as somebody with its documentation would write one."""

import json
from typing import Any
from urllib.parse import quote

import httpx

from simulator.extensiv.site import TOKENS, WarehouseSite

HAL = "application/hal+json"
ADDRESS = {"name": "Ann Lee", "address1": "1 Main St", "city": "Reno", "state": "NV", "zip": "89501", "country": "US"}


class WarehouseClient:
    def __init__(self, site: WarehouseSite, *, accept: str = HAL, client_id: str = "demo-client") -> None:
        self.http = httpx.Client(
            transport=httpx.WSGITransport(app=site), base_url="http://wms", headers={"accept": accept}
        )
        secret = site.world.credentials[client_id].client_secret
        asked = {"grant_type": "client_credentials", "user_login_id": "1"}
        answer = self.http.post(TOKENS, auth=(client_id, secret), json=asked)
        self.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"

    def create(self, reference: str, *, customer: int = 4, units: int = 1, **more: Any) -> httpx.Response:
        return self.http.post("/orders", json=order(reference, customer=customer, units=units) | more)

    def act(self, number: int, act: str, body: dict[str, Any], etag: str, method: str = "POST") -> httpx.Response:
        return self.http.request(method, f"/orders/{number}/{act}", json=body, headers={"if-match": etag})

    def find(self, rql: str, **query: Any) -> Any:
        """Ask the list. The server decodes a value twice, so it is encoded twice."""
        return self.http.get("/orders", params={"rql": rql, **query}).json()


def order(reference: str, *, customer: int = 4, units: int = 1) -> dict[str, Any]:
    line = {"itemIdentifier": {"sku": "BLUE-MUG-11OZ"}, "qty": units, "externalId": "line-1"}
    return {
        "customerIdentifier": {"id": customer},
        "facilityIdentifier": {"id": 1},
        "referenceNum": reference,
        "routingInfo": {"carrier": "UPS", "mode": "Ground", "scacCode": "UPSN"},
        "shipTo": ADDRESS,
        "orderItems": [line],
        "savedElements": [{"name": "cart", "value": "Amazon.com"}],
    }


def escaped(value: str) -> str:
    """A value within RQL: what has a meaning there is percent-encoded, and the query is encoded on top."""
    return quote(value, safe=" :-_.~@/")


def told(answer: httpx.Response) -> Any:
    return json.loads(answer.content)
