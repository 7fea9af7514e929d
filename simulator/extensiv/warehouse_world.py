"""What the simulated warehouse knows: credentials, customers, products, stock, orders, a journal of what was done."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FORMAT = 1
TOKEN_LIFE = timedelta(minutes=60)
LONG_AGO = "2026-01-05T09:00:00"  # of what was there before anybody looked
OPEN, CLOSED, CANCELED = 0, 1, 2  # readOnly.status


@dataclass(slots=True)
class Credentials:
    """What one customer of the 3PL, or the 3PL for several, got from its support portal."""

    client_id: str
    client_secret: str
    customers: list[int]  # whose data it sees
    user_login: str = "1"


@dataclass(slots=True)
class WarehouseWorld:
    """Everything, in plain documents. Whoever changes it holds the lock of the site."""

    zone: str = "America/Los_Angeles"  # times are told without one, as they are at the warehouse
    refuses_duplicates: bool = True  # of an order's reference at one customer: believed of the real one, not stated
    credentials: dict[str, Credentials] = field(default_factory=dict)
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)  # token: client, until when (ISO, UTC)
    customers: dict[int, dict[str, Any]] = field(default_factory=dict)
    facilities: dict[int, dict[str, Any]] = field(default_factory=dict)
    items: dict[int, dict[str, dict[str, Any]]] = field(default_factory=dict)  # by customer and SKU
    bundles: dict[int, list[dict[str, Any]]] = field(default_factory=dict)  # aliases for several products, by customer
    carriers: list[dict[str, Any]] = field(default_factory=list)
    on_hand: dict[str, int] = field(default_factory=dict)  # by shelf()
    held: dict[str, int] = field(default_factory=dict)  # likewise: what lines of open orders hold
    orders: dict[int, dict[str, Any]] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    journal: list[dict[str, Any]] = field(default_factory=list)
    last_id: int = 1000

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def note(self, what: str, now: datetime, **facts: Any) -> None:
        self.journal.append({"what": what, "time": now.isoformat(), **facts})

    @property
    def changes(self) -> int:
        """Grows with every change, so that a saver knows."""
        return len(self.journal) + sum(self.versions.values())

    def local(self, moment: datetime) -> str:
        """A time as the API tells it: of the warehouse, without a zone."""
        return moment.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None).isoformat(timespec="milliseconds")

    # -- access
    def issue_token(self, client_id: str, now: datetime) -> str:
        token = secrets.token_urlsafe(24)
        self.tokens[token] = (client_id, (now + TOKEN_LIFE).isoformat())
        return token

    def holder(self, token: str, now: datetime) -> Credentials | None:
        client_id, until = self.tokens.get(token, ("", ""))
        if not until or datetime.fromisoformat(until) <= now:
            return None
        return self.credentials.get(client_id)

    # -- stock
    def allocated(self, customer: int, facility: int, sku: str) -> int:
        """Units that open orders hold. They were taken from the shelf's free ones when the order came."""
        return self.held.get(shelf(customer, facility, sku), 0)

    def hold(self, order: Mapping[str, Any], line: dict[str, Any], units: int) -> None:
        """Let a line of an order hold so many units, in place of those it held."""
        customer, facility = order["customerIdentifier"]["id"], order["facilityIdentifier"]["id"]
        place = shelf(customer, facility, line["itemIdentifier"]["sku"])
        self.held[place] = self.held.get(place, 0) - line["readOnly"]["allocated"] + units
        line["readOnly"]["allocated"] = units

    def free(self, customer: int, facility: int, sku: str) -> int:
        return self.on_hand.get(shelf(customer, facility, sku), 0) - self.allocated(customer, facility, sku)

    def touched(self, order: dict[str, Any], now: datetime) -> None:
        """An order changed: another version, and another time."""
        number = order["readOnly"]["orderId"]
        self.versions[number] = self.versions.get(number, 0) + 1
        order["readOnly"]["lastModifiedDate"] = self.local(now)

    def etag(self, order: Mapping[str, Any]) -> str:
        number = order["readOnly"]["orderId"]
        return f'W/"{number}-{self.versions[number]}"'


def shelf(customer: int, facility: int, sku: str) -> str:
    return json.dumps([customer, facility, sku])


TWO_CLIENTS = {
    "Blue Mug Co": {"BLUE-MUG-11OZ": "Blue mug, 11 oz", "RED-MUG-11OZ": "Red mug, 11 oz"},
    "Acme Audio": {"BLUE-MUG-11OZ": "Cable, blue", "RED-MUG-11OZ": "Cable, red"},
}


def invented(clients: Mapping[str, Mapping[str, str]] | None = None) -> WarehouseWorld:
    """A small warehouse. ``clients``: what each customer keeps there, titles by SKU; two of them unless told."""
    world = WarehouseWorld()
    for number, name in ((1, "Reno"), (2, "Columbus")):
        world.facilities[number] = {"id": number, "name": name}
    for number, (name, products) in enumerate((clients or TWO_CLIENTS).items(), start=4):
        world.customers[number] = {
            "readOnly": {"customerId": number, "deactivated": False, "creationDate": LONG_AGO},
            "companyInfo": {"companyName": name},
            "facilities": [{"id": each, "name": world.facilities[each]["name"]} for each in world.facilities],
        }
        world.items[number] = {}
        for sku, title in products.items():
            add_item(world, number, sku, title, counted=200)
    world.credentials["demo-client"] = Credentials("demo-client", "demo-secret", list(world.customers))
    world.carriers = [
        carrier("UPS", "UPSN", ("03", "Ground"), ("02", "2nd Day Air"), ("01", "Next Day Air")),
        carrier("FedEx", "FDEG", ("FEDEX_GROUND", "Ground"), ("FEDEX_2_DAY", "2Day")),
        carrier("USPS", "USPS", ("GA", "Ground Advantage"), ("PM", "Priority")),
    ]
    return world


def carrier(name: str, scac: str, *services: tuple[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "displayName": name,
        "carrierCode": name.upper(),
        "scacCode": scac,
        "description": name,
        "deactivated": False,
        "shipmentServices": [{"code": code, "description": text, "deactivated": False} for code, text in services],
        "billingCodes": ["Prepaid", "Collect"],
    }


def add_item(world: WarehouseWorld, customer: int, sku: str, title: str, *, counted: int = 0) -> dict[str, Any]:
    """Put a product on the list of a customer, and so many units of it into each facility."""
    item: dict[str, Any] = {
        "itemId": world.next_id(),
        "sku": sku,
        "upc": "",
        "description": title,
        "readOnly": {"deactivated": False, "creationDate": LONG_AGO, "lastModifiedDate": LONG_AGO},
        "options": {"inventoryUnit": {"unitIdentifier": {"name": "Each"}}},
        "kit": None,
        "aliases": [],
    }
    world.items.setdefault(customer, {})[sku] = item
    for facility in world.facilities:
        world.on_hand[shelf(customer, facility, sku)] = counted
    return item


def add_bundle(world: WarehouseWorld, customer: int, name: str, parts: Mapping[str, int]) -> None:
    """Let a name stand for several products of a customer, so many units of each."""
    items = world.items[customer]
    details = [
        {"itemIdentifier": {"id": items[sku]["itemId"], "sku": sku}, "qty": units} for sku, units in parts.items()
    ]
    known = world.bundles.setdefault(customer, [])
    known.append({"aliasIdentifier": {"name": name}, "active": True, "details": details})


# -- between runs
_BY_NUMBER = ("customers", "facilities", "items", "bundles", "orders", "versions")
_AS_IT_IS = ("zone", "refuses_duplicates", "tokens", "carriers", "on_hand", "held", "journal", "last_id")


def save(world: WarehouseWorld, path: Path) -> None:
    document: dict[str, Any] = {"format": FORMAT, **{name: getattr(world, name) for name in (*_BY_NUMBER, *_AS_IT_IS)}}
    document["credentials"] = [
        [one.client_id, one.client_secret, one.customers, one.user_login] for one in world.credentials.values()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # there are tokens inside
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False)
    os.replace(beside, path)


def load(path: Path) -> WarehouseWorld:
    document = json.loads(path.read_text(encoding="utf-8"))
    if document.get("format") != FORMAT:
        raise ValueError("This file was written by another version of the simulator; delete it to start anew.")
    world = WarehouseWorld(**{name: document[name] for name in _AS_IT_IS})
    world.tokens = {token: (client, until) for token, (client, until) in document["tokens"].items()}
    for name in _BY_NUMBER:
        setattr(world, name, {int(key): value for key, value in document.get(name, {}).items()})
    world.credentials = {client: Credentials(client, *rest) for client, *rest in document["credentials"]}
    return world


def now_utc() -> datetime:
    return datetime.now(UTC)
