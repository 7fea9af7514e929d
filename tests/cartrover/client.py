"""A client as they are: Basic or the key in the address, a bare “?” behind every GET, JSON in and out."""

import base64
import json
from typing import Any

from django.test import Client

from carts.models import Cart
from core.accounts.models import Merchant, Organization
from core.api import keys
from core.api.models import ApiKey
from core.api.scopes import Scope
from core.common import clock


class OldClient:
    """Has the key of a cart, of a merchant or of an organization."""

    def __init__(self, of: Cart | Merchant | Organization, *scopes: Scope) -> None:
        organization = of if isinstance(of, Organization) else of.organization
        merchant = of.merchant if isinstance(of, Cart) else of if isinstance(of, Merchant) else None
        self.key: ApiKey
        self.key, full = keys.issue(
            organization,
            name="Shop",
            scopes=scopes or tuple(Scope),
            by=None,
            now=clock.now(),
            merchant=merchant,
            cart_id=of.pk if isinstance(of, Cart) else None,
        )
        self.user, _, self.password = full.partition(".")
        self.http = Client()
        self.answer: Any = None

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    def get(self, path: str, **headers: str) -> Any:
        given = {"Authorization": self.basic} | {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"/v1/{path}" if "?" in path else f"/v1/{path}?"
        self.answer = self.http.generic("GET", address, content_type="application/json", headers=given)
        return self.answer.json()

    def post(self, path: str, body: Any, **headers: str) -> Any:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Authorization": self.basic} | headers
        self.answer = self.http.generic("POST", f"/v1/{path}", sent, content_type="application/json", headers=given)
        return self.answer.json()


def order(reference: str = "WEB-1001", **said: Any) -> dict[str, Any]:
    """An order as a shop's program writes it."""
    return {
        "cust_ref": reference,
        "cust_po_no": f"PO-{reference}",
        "ship_first_name": "Ida",
        "ship_last_name": "Berg",
        "ship_company": "Berg & Sons",
        "ship_address_1": "12 Quay Street",
        "ship_city": "Reno",
        "ship_state": "NV",
        "ship_zip": "89501",
        "ship_country": "USA",
        "ship_e_mail": "ida@buyers.example",
        "ship_is_billing": True,
        "order_date": "2026-11-7",
        "ship_code": "Express",
        "currency_code": "USD",
        "sub_total": 19.0,
        "sales_tax": "1.50",
        "shipping_handling": "5.00",
        "order_discount": 0,
        "grand_total": "25.50",
        "items": [{"item": "MUG-BLUE", "quantity": 2, "price": "9.50", "extended_amount": 19}],
    } | said
