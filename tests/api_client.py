"""A program that asks the API with a key."""

import json
from typing import Any

from django.test import Client

from core.accounts.models import Merchant, Organization
from core.api import keys
from core.api.models import ApiKey
from core.api.scopes import Scope
from core.common import clock

API = "/api/v1"


class Program:
    """Asks like a WMS does: a key, JSON, no cookies. ``fields`` are what ``keys.issue`` takes."""

    def __init__(self, organization: Organization, *scopes: Scope, **fields: Any) -> None:
        given = scopes or tuple(Scope)
        self.key, self.full = keys.issue(
            organization, name="Reno WMS", scopes=given, by=None, now=clock.now(), **fields
        )
        self.client = Client()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        address = path if path.startswith("/") else f"{API}/{path}"
        given = {"Authorization": f"Bearer {self.full}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = given.pop("Content-Type", "application/json")
        return self.client.generic(method, address, data, content_type=kind, headers=given)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)


def key_of(merchant: Merchant, *scopes: Scope, **fields: Any) -> tuple[ApiKey, str]:
    """A key of one merchant."""
    return keys.issue(
        merchant.organization, name="Seller's script", scopes=scopes or tuple(Scope), by=None, now=clock.now(),
        merchant=merchant, **fields,
    )  # fmt: skip
