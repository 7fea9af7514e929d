"""All the simulator knows: sellers, listings, orders, grants, feeds. Kept in memory, saved as one JSON file."""

import hashlib
from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from simulator.amazon.http.wire import moment, stamp
from simulator.amazon.world.journal import Journal

OWN_CHANNEL = "DEFAULT"


@dataclass(slots=True)
class Seller:
    """A seller account of one region."""

    id: str
    name: str
    region: str
    country: str
    homes: list[str]  # marketplaces where orders come in by themselves; the first is the default
    suspended: list[str] = field(default_factory=list)  # marketplaces where the listings are inactive
    closed: list[str] = field(default_factory=list)  # marketplaces of the region where the seller has no store
    health: str = "good"  # what the performance report says; see feeds/performance_report.py


@dataclass(slots=True)
class Listing:
    """One SKU offered in one marketplace."""

    seller_id: str
    marketplace_id: str
    sku: str
    asin: str
    title: str
    product_type: str
    price: str
    currency: str
    fba: bool
    # Channels and quantities. The merchant's own quantity is one in all marketplaces of a seller: see set_quantity.
    availability: list[dict[str, Any]]
    created: str
    updated: str
    # The attribute fulfillment_availability where a patch in another marketplace left it behind.
    stale: list[dict[str, Any]] | None = None
    issues: list[dict[str, Any]] = field(default_factory=list)

    @property
    def attribute(self) -> list[dict[str, Any]]:
        """What this marketplace's attribute says."""
        return self.availability if self.stale is None else self.stale

    @property
    def own(self) -> dict[str, Any] | None:
        """The seller's own channel, if it is offered there."""
        return next((one for one in self.availability if one["fulfillment_channel_code"] == OWN_CHANNEL), None)


class Order:
    """One order: the whole document, of which every answer shows what was asked for."""

    __slots__ = ("document", "rendered", "seller_id")

    def __init__(self, seller_id: str, document: dict[str, Any]) -> None:
        self.seller_id = seller_id
        self.document = document
        self.rendered: dict[frozenset[str], bytes] = {}

    @property
    def id(self) -> str:
        return str(self.document["orderId"])

    @property
    def updated(self) -> str:
        return str(self.document["lastUpdatedTime"])

    @property
    def created(self) -> str:
        return str(self.document["createdTime"])

    @property
    def marketplace_id(self) -> str:
        return str(self.document.get("salesChannel", {}).get("marketplaceId", ""))

    @property
    def status(self) -> str:
        return str(self.document.get("fulfillment", {}).get("fulfillmentStatus", ""))

    @property
    def fulfilled_by(self) -> str:
        return str(self.document.get("fulfillment", {}).get("fulfilledBy", ""))


@dataclass(slots=True)
class Grant:
    """A seller's consent: what a refresh token stands for."""

    refresh_token: str
    seller_id: str
    revoked: bool = False


@dataclass(slots=True)
class AccessToken:
    """An hour's access."""

    refresh_token: str
    seller_id: str  # empty for a grantless token
    expires: float


@dataclass(slots=True)
class Code:
    """An authorization code, good once and for five minutes."""

    seller_id: str
    redirect_uri: str
    expires: float
    used: bool = False


@dataclass(slots=True)
class Hop:
    """A consent that waits for the product's log-in page to send the seller back."""

    seller_id: str
    redirect_uri: str
    state: str
    expires: float


@dataclass(slots=True)
class Document:
    """A file behind a signed address."""

    id: str
    seller_id: str
    content_type: str
    signature: str
    expires: float
    body: str | None = None  # None until uploaded


@dataclass(slots=True)
class Job:
    """A feed or a report in the making."""

    id: str
    seller_id: str
    type: str
    marketplace_ids: list[str]
    created: str
    status: str = "IN_QUEUE"
    polls: int = 0
    input_document_id: str = ""
    result_document_id: str = ""
    started: str = ""
    ended: str = ""
    fate: str = ""  # a fault decided how it ends: FATAL, CANCELLED or stuck
    start_time: str = ""
    end_time: str = ""


class World:
    """Everything, with the indexes that make reading quick."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.counters: dict[str, int] = defaultdict(int)
        self.sellers: dict[str, Seller] = {}
        self.listings: dict[str, dict[str, dict[str, Listing]]] = {}  # seller, marketplace, SKU
        self.orders: dict[str, Order] = {}
        self.by_updated: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.by_created: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.grants: dict[str, Grant] = {}
        self.access: dict[str, AccessToken] = {}
        self.codes: dict[str, Code] = {}
        self.hops: dict[str, Hop] = {}
        self.documents: dict[str, Document] = {}
        self.feeds: dict[str, Job] = {}
        self.reports: dict[str, Job] = {}
        self.journal = Journal()
        self.visibility_delay = timedelta(0)  # how long a change stays hidden from searches
        self.changes = 0  # grows with every change, so that a saver knows

    def number(self, kind: str) -> int:
        """The next number of a kind; never the same twice, also after a restart."""
        self.counters[kind] += 1
        self.changes += 1
        return self.counters[kind]

    def secret(self, kind: str) -> str:
        """A text that looks random and is the same for the same seed."""
        return hashlib.sha256(f"{self.seed}:{kind}:{self.number(kind)}".encode()).hexdigest()

    def add_listing(self, listing: Listing) -> None:
        shelf = self.listings.setdefault(listing.seller_id, {}).setdefault(listing.marketplace_id, {})
        shelf[listing.sku] = listing

    def listing(self, seller_id: str, marketplace_id: str, sku: str) -> Listing | None:
        return self.listings.get(seller_id, {}).get(marketplace_id, {}).get(sku)

    def everywhere(self, seller_id: str, sku: str) -> list[Listing]:
        """A SKU's listings in all marketplaces of its seller, whose account is of one region."""
        shelves = self.listings.get(seller_id, {}).values()
        return [shelf[sku] for shelf in shelves if sku in shelf]

    def set_quantity(self, seller_id: str, sku: str, quantity: int | None, now: datetime, *, by: str = "") -> None:
        """Keep one quantity for seller and SKU, as Amazon does: whichever marketplace it was told in, it holds in all.

        ``by`` is the marketplace it was told in: the attributes of the others fall behind.
        """
        for listing in self.everywhere(seller_id, sku):
            own = listing.own
            if own is None or own.get("quantity") == quantity:
                continue
            if listing.marketplace_id != by and listing.stale is None:
                listing.stale = [dict(one) for one in listing.availability]
            changed = {**own, "quantity": quantity}
            if quantity is None:
                del changed["quantity"]
            listing.availability = [changed if one is own else one for one in listing.availability]
            listing.updated = stamp(now)
        self.changes += 1

    def add_order(self, order: Order) -> None:
        """Store a new order and index it. Orders come mostly in the order of time, so this is quick."""
        self.orders[order.id] = order
        insort(self.by_updated[order.seller_id], (order.updated, order.id))
        insort(self.by_created[order.seller_id], (order.created, order.id))
        self.changes += 1

    def touch(self, order: Order, now: datetime) -> None:
        """The order changed: its time moves forward, always, also under a clock that stands still."""
        index = self.by_updated[order.seller_id]
        del index[bisect_left(index, (order.updated, order.id))]
        later = max(now, moment(order.updated) + timedelta(milliseconds=1))
        order.document["lastUpdatedTime"] = stamp(later)
        order.rendered.clear()
        insort(index, (order.updated, order.id))
        self.changes += 1
