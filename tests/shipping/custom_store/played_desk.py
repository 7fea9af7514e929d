"""A shipping desk that speaks the custom store, as ShipStation does."""

import base64
from datetime import datetime
from typing import Any

from django.test import Client
from lxml import etree

from core.api import keys
from core.api.scopes import Scope
from shipping.models import Warehouse
from shipping.warehouses.shipstation import order_page, wire_dates
from tests.world import World

ALL = tuple(Scope)


class Desk:
    def __init__(self, world: World, *scopes: Scope, **fields: Any) -> None:
        """A desk of the world's warehouse, with a key of its own."""
        self.world = world
        self.warehouse: Warehouse = Warehouse.objects.filter(organization=world.organization).earliest("pk")
        given = {"warehouse_id": self.warehouse.pk, **fields}
        self.key, full = keys.issue(
            world.organization, name="Desk", scopes=scopes or ALL, by=None, now=world.now, **given
        )
        user, _, password = full.partition(".")
        self.basic = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self.client = Client()
        self.path = f"/shipstation/wh_{self.warehouse.pk}/"

    def get(self, **query: Any) -> Any:
        return self.client.get(self.path, query, headers={"Authorization": self.basic})

    def pages(self, start: datetime, end: datetime) -> list[etree._Element]:
        """Fetch all pages of a span, each as our schema has it."""
        said = {"action": "export", "start_date": wire_dates.write(start), "end_date": wire_dates.write(end)}
        found: list[etree._Element] = []
        while not found or len(found) < int(found[0].get("pages", "1")):
            answer = self.get(**said, page=len(found) + 1)
            assert answer.status_code == 200, answer.content
            page = etree.fromstring(answer.content)
            order_page.schema().assertValid(page)
            found.append(page)
        return found

    def fetch(self, start: datetime, end: datetime) -> dict[str, etree._Element]:
        """Fetch a span; its orders by their number."""
        return {
            order.findtext("OrderNumber", ""): order for page in self.pages(start, end) for order in page.iter("Order")
        }

    def latest(self) -> dict[str, etree._Element]:
        """Fetch what changed up to now, this minute included."""
        now = self.world.now
        self.world.later(minutes=1)
        return self.fetch(now.replace(minute=0), self.world.now)

    def notify(self, number: str, body: bytes | str = b"", **said: str) -> Any:
        query = {
            "action": "shipnotify",
            "order_number": number,
            "carrier": "UPS",
            "service": "Ground",
            "tracking_number": "1Z999AA10123456784",
            **said,
        }
        return self.client.post(
            self.path,
            body,
            content_type="application/xml",
            headers={"Authorization": self.basic},
            query_params=query,
        )


def notice(*items: tuple[str, int], **fields: str) -> str:
    """A ShipNotice of so many units of each SKU."""
    listed = "".join(f"<Item><SKU>{sku}</SKU><Quantity>{units}</Quantity></Item>" for sku, units in items)
    said = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return f"<ShipNotice>{said}<Items>{listed}</Items></ShipNotice>"
