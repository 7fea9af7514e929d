"""The words of the port: what an adapter is handed, and what it answers. Plain values, no Django.

An adapter gets plain values (a Connection), a Ledger that knows what quota is left, and a TokenSource.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from carts.marketplaces.order_needs import NO_FACTS, NO_HANDLING, LineFacts, OrderHandling
from core.common.money import Money

# How wrong this server's clock may be. Ahead: what is asked for ends in the marketplace's future, and so do shipments.
# Behind: codes for logging in don't match, and what workers are told expires.
MOST_AHEAD = timedelta(seconds=10)
MOST_BEHIND = timedelta(seconds=60)


class OrderState(StrEnum):
    """What the marketplace says of an order, in our words."""

    PENDING = "pending"  # not ready: payment or address missing
    OPEN = "open"  # to be shipped
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    CANCELED = "canceled"
    UNFULFILLABLE = "unfulfillable"
    UNKNOWN = "unknown"  # a word we have never seen; kept, and a person decides


@dataclass(frozen=True, slots=True)
class Place:
    """One marketplace of a kind, e.g. Amazon.de."""

    id: str
    name: str  # "Amazon.de"
    country: str  # ISO 3166-1 alpha-2
    region: str  # a grant covers one region
    currency: str
    consent_url: str  # the host where a seller of this place gives consent


@dataclass(frozen=True, slots=True)
class Connection:
    """What an adapter needs to speak for one seller in one region."""

    region: str
    seller_id: str
    key: str = ""  # stable name of the grant, for logs


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an authorization server hands out."""

    access_token: str = field(repr=False)
    expires_in: int  # seconds
    refresh_token: str = field(default="", repr=False)


class Ledger(Protocol):
    """Knows how much of each operation's quota is left. Kept outside, shared by all workers."""

    def spend(self, operation: str) -> None:
        """Take one request from the bucket. Raises Unavailable with ``retry_in`` when there is none."""

    def learn(self, operation: str, rate: float) -> None:
        """The server says the operation's rate is this many requests a second."""

    def drain(self, operation: str) -> None:
        """The server said "too many": the bucket holds less than we believed, however much that was."""

    def left(self, operation: str) -> float:
        """How many requests could be taken now. For whoever can wait: it holds nothing."""


class TokenSource(Protocol):
    """Hands out a valid access token, refreshed by one worker at a time. Kept outside."""

    def access_token(self) -> str:
        """Raises Disconnected when the seller must authorize again, Unavailable when the server is away."""

    def forget(self, token: str) -> None:
        """The server refused this token: fetch another next time."""


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """An order as the marketplace wrote it: just enough read to store it and to see whether it changed."""

    number: str
    place_id: str  # "" where the document does not say
    changed_at: datetime
    source: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderPage:
    documents: Sequence[OrderDocument]
    next_token: str | None  # opaque; None on the last page
    seen_until: datetime | None  # everything changed before this moment has been listed


@dataclass(frozen=True, slots=True)
class Address:
    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    line3: str = ""
    city: str = ""
    district: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""
    kind: str = ""  # residential, commercial, pickup_point
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    name: str = ""
    email: str = ""
    company: str = ""
    purchase_order: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    reference: str  # the marketplace's own id of the line
    sku: str
    asin: str
    title: str
    ordered: int
    fulfilled: int
    unfulfilled: int
    unit_price: Money | None = None
    total: Money | None = None
    cancel_requested: bool = False
    cancel_reason: str = ""
    facts: LineFacts = NO_FACTS


@dataclass(frozen=True, slots=True)
class SentPackage:
    """A package as the marketplace knows it."""

    reference: str
    carrier: str
    tracking_number: str
    lines: "Sequence[DispatchLine]" = ()  # empty where the marketplace does not say


@dataclass(frozen=True, slots=True)
class MarketplaceOrder:
    """An order in our words. Everything it could not say is empty, never guessed."""

    number: str
    place_id: str
    state: OrderState
    native_state: str  # the marketplace's own word
    placed_at: datetime
    changed_at: datetime
    merchant_fulfilled: bool
    service: str  # "Standard", "SecondDay", ... or the native word when it is a new one
    ship_by: datetime | None
    deliver_by: datetime | None
    is_prime: bool
    is_business: bool
    total: Money | None
    lines: Sequence[OrderLine]
    recipient: Address | None
    buyer: Buyer | None
    packages: Sequence[SentPackage] = ()
    unread: Sequence[str] = ()  # what stands there and could not be read: left empty, and the order flows
    programs: Sequence[str] = ()  # of the order and of its items, as the marketplace wrote them
    handling: OrderHandling = NO_HANDLING  # personal


class Blame(StrEnum):
    """What a refusal of a package is about: what has to be corrected before the same package can be taken."""

    SHIP_DATE = "ship date"
    CONTENTS = "contents"
    CODES = "codes"  # of its units
    CARRIER = "carrier"
    SERVICE = "service"
    NUMBER = "tracking number"
    ORDER = "order"  # how the order stands there: no correction of the package helps
    UNKNOWN = "unknown"  # it may be taken next time


class Strange(ValueError):
    """A document that cannot be read as an order. The message says what is wrong with it, without personal data."""


@dataclass(frozen=True, slots=True)
class DispatchLine:
    reference: str
    quantity: int
    codes: Sequence[str] = ()  # one for each unit, where the marketplace asks for them


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One package to tell the marketplace about. Telling it twice must do no harm."""

    order_number: str
    place_id: str
    package_number: int  # stable, 1, 2, ... within the order
    carrier: str  # as the marketplace knows it, or any name: the adapter finds the code
    service: str
    tracking_number: str  # empty where it has none: then it can only be told in a batch
    shipped_at: datetime
    lines: Sequence[DispatchLine]
    carrier_code: str = ""  # one of the marketplace's; empty: the adapter finds it by the name
    ship_from: str = ""  # the place it was shipped from, by the name the marketplace gave it
    cash_on_delivery: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU offered on a place."""

    sku: str
    asin: str
    title: str
    product_type: str
    quantity: int | None  # None where the marketplace does not say
    fulfilled_by_marketplace: bool


@dataclass(frozen=True, slots=True)
class Participation:
    place_id: str
    store_name: str
    participating: bool
    suspended: bool  # the seller's listings are inactive there
    currency: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the Test button looked at."""

    name: str
    passed: bool
    outcome: str  # a sentence
    remedy: str = ""  # what to do about it
    essential: bool = True  # without it the cart cannot work
    known: bool = True  # False where the marketplace does not tell: nothing is wrong, and nothing was seen
    away: bool = False  # True when it could not be looked at this time: what was found before still counts


@dataclass(frozen=True, slots=True)
class NeededRole:
    """A right that our application needs to be given by the marketplace, for all sellers."""

    name: str  # as the marketplace calls it
    needed_to: str  # "read orders"
    checks: frozenset[str]  # the names of the Checks that miss it


@dataclass(frozen=True, slots=True)
class Return:
    """What the seller's browser brings back from the consent page. Nothing of it is trusted."""

    state: str
    code: str  # empty when the seller did not authorize us, whatever else was brought back
    seller_id: str
    error: str = ""  # the marketplace's word for what went wrong
    declined: bool = False  # what went wrong is that the seller said no


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """What the browser brings when the marketplace sends it to our log-in page in the middle of a consent."""

    callback_uri: str
    vendor_state: str
    seller_id: str
    state: str = ""  # ours, where the marketplace repeats it
    is_draft: bool = False  # the marketplace says that our application is a draft
