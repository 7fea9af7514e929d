"""The port to warehouse systems. No Django here, nor in any adapter."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Protocol

from carts.marketplaces.exchange import WireExchange
from carts.marketplaces.order_needs import CASH, NO_FACTS, NO_HANDLING, LineFacts, OrderHandling
from carts.marketplaces.values import Address
from core.common.remote import Rejected


@dataclass(frozen=True, slots=True)
class MethodChoice:
    """A ship method a warehouse starts with."""

    label: str
    carrier: str
    scac: str
    service: str


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    reference: str
    product_code: str
    quantity: int
    gift: bool = False  # wrapped, or with a message
    gift_message: str = field(default="", repr=False)
    gift_wrap: str = ""  # the level's name
    customization_url: str = field(default="", repr=False)  # what the buyer had made: a file to download
    facts: LineFacts = NO_FACTS  # programs, condition, serial numbers, the door, customs, appointment
    # Of a component: the SKU of its kit, and how many are in one. The references of a kit's components end in .1, .2, …
    kit: str = ""
    per_kit: int = 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """An order as it is handed to a warehouse. ``reference`` is ours, and the same whenever it is handed again."""

    reference: str
    source: str
    ship_method: MethodChoice | None
    service: str  # what the marketplace calls it
    ship_by: datetime | None
    recipient: Address
    lines: Sequence[DeliveryLine]
    programs: Sequence[str] = ()  # of the order and of its items, as the marketplace wrote them
    deliver_by: datetime | None = None
    purchase_order: str = ""  # the buyer's own number, for the packing slip
    # Delivery window, not before, opening hours, tax numbers, related orders. Of lines it says the same as they do.
    handling: OrderHandling = field(default=NO_HANDLING, repr=False)
    ship_from: str = ""  # what the marketplace calls this warehouse

    @property
    def door(self) -> Sequence[str]:
        """What the carrier must do, in words, for whichever line asks for it."""
        return list(dict.fromkeys(word for line in self.lines for word in line.facts.door))

    @property
    def is_collected(self) -> bool:
        """Whether the buyer pays the carrier."""
        return any(CASH in line.facts.constraints for line in self.lines)


class Creating(Enum):
    """How handing an order over is made safe when an answer was lost."""

    IDEMPOTENT = "the warehouse takes our reference once, however often it is sent"
    LOOK_UP = "it is looked for by our reference before it is sent again"
    NEITHER = "a person looks whether it is there"


class GivenBack(Enum):
    """What a warehouse answers when it is asked for an order."""

    RECALLED = "it will not be shipped"
    TOO_LATE = "it will be shipped, or was"
    UNKNOWN = "it is not there"


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """Units of one product in a package, as a warehouse reports them. Its own line, or a product, or both."""

    units: int
    reference: str = ""  # DeliveryLine.reference
    product_code: str = ""
    codes: Sequence[str] = ()  # one for each unit, where units are authenticated one by one


@dataclass(frozen=True, slots=True)
class ReportedPackage:
    carrier: str
    service: str
    tracking_number: str
    scac: str = ""
    untracked: str = ""  # why it has no tracking number, one of shipping.models.Untracked
    lines: Sequence[ReportedLine] | None = None  # None: everything that is still open


@dataclass(frozen=True, slots=True)
class ReportedCharge:
    label: str
    amount: Decimal
    currency: str  # ISO 4217; "" is the order's own


@dataclass(frozen=True, slots=True)
class ReportedShipment:
    """What a warehouse shipped of one order at once. ``reference`` is its own: the same report has the same."""

    order_number: str  # Delivery.reference
    reference: str
    shipped_at: datetime | None  # None: when it was reported
    packages: Sequence[ReportedPackage]
    charges: Sequence[ReportedCharge] = ()
    is_last: bool = False  # nothing more of the order will come


@dataclass(frozen=True, slots=True)
class CanceledThere:
    """An order the warehouse says it will not ship: somebody canceled it in its system."""

    order_number: str  # Delivery.reference
    reference: str  # what ``create`` returned


@dataclass(frozen=True, slots=True)
class ShipmentPage:
    shipments: Sequence[ReportedShipment]
    cursor: str  # where the next page, or the next look, begins
    has_more: bool = False
    canceled: Sequence[CanceledThere] = ()


@dataclass(frozen=True, slots=True)
class StockLevel:
    product_code: str
    available: int  # units that may be promised: what is there without what is reserved
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class WarehouseItem:
    """A product, or another name for several at once: then ``parts`` says how many of each."""

    product_code: str
    name: str = ""
    aliases: Sequence[str] = ()
    parts: Sequence[tuple[str, int]] = ()  # product code and units, of a kit or such a name


class Meter(Protocol):
    """Counts what goes over the wire: a 3PL pays for bytes."""

    def __call__(self, *, calls: int = 0, sent: int = 0, received: int = 0, failed: int = 0) -> None: ...


def unmetered(*, calls: int = 0, sent: int = 0, received: int = 0, failed: int = 0) -> None:
    """Count nothing."""


class TokenKeeper(Protocol):
    """Keeps a system's access token for all workers."""

    def token(self, fetch: Callable[[], tuple[str, timedelta]], *, refused: str = "") -> str:
        """Return a token that is good as far as anybody knows, and not the ``refused`` one. ``fetch`` gets another, and
        says for how long it is good; it raises Disconnected when the credentials are refused."""


class OwnTokens:
    """Keeps a token for as long as this object lives."""

    def __init__(self) -> None:
        self._token = ""

    def token(self, fetch: Callable[[], tuple[str, timedelta]], *, refused: str = "") -> str:
        if not self._token or self._token == refused:
            self._token, _ = fetch()
        return self._token


@dataclass(frozen=True, slots=True)
class SettingField:
    """What a person enters to connect a system."""

    name: str
    label: str
    help_text: str = ""
    initial: str = ""
    secret: bool = False  # kept sealed, and never shown again
    required: bool = True
    is_url: bool = False  # of a server we then speak to
    is_number: bool = False
    is_zone: bool = False


@dataclass(frozen=True, slots=True)
class SystemAccount:
    """Whom a system knows as one of the 3PL's clients."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SystemCheck:
    """One thing that was looked at. ``problem``: a sentence with the remedy; empty where it is as it should be."""

    name: str
    problem: str = ""


class WarehouseSystem(ABC):
    """A kind of warehouse system. What it can do is said by class attributes; the rest of the portal asks only those.

    Every method may raise ``Unavailable``, ``Throttled``, ``Rejected`` or ``Disconnected`` (core/common/remote.py) and
    nothing else. None is called within a transaction, nor where ``calls_us`` is set.
    """

    kind: ClassVar[str]
    label: ClassVar[str]
    help_text: ClassVar[str] = ""  # a sentence for whoever adds a warehouse
    remote: ClassVar[bool] = True  # False: handing over is a change in our own database only
    calls_us: ClassVar[bool] = False  # True: it fetches orders and reports shipments; nothing is sent by us
    by_files: ClassVar[bool] = False  # True: it calls by files, which people or folders bring; no key speaks for it
    creating: ClassVar[Creating]
    keeps_count: ClassVar[bool] = False  # True: the portal itself knows what is on the shelves
    can_recall: ClassVar[bool] = False  # True: an order can be asked back
    # True: it asks again what changed and takes that over under the same number: no order has to come back for it.
    fetches_changes: ClassVar[bool] = False
    settings_page: ClassVar[str] = ""  # the name of the page where it is set up, which takes the warehouse's number
    tells_shipments: ClassVar[bool] = False  # shipped_since
    tells_stock: ClassVar[bool] = False
    tells_methods: ClassVar[bool] = False
    tells_items: ClassVar[bool] = False
    lanes: ClassVar[int] = 1  # orders one worker hands it at a time, once the first one got through
    share: ClassVar[int] = 1  # workers it may keep busy at once: one that hangs leaves the others to other warehouses
    knows_kits: ClassVar[bool] = False  # True: it takes a kit by its SKU; otherwise it is handed the components
    methods: ClassVar[Sequence[MethodChoice]] = ()
    fields: ClassVar[Sequence[SettingField]] = ()  # what is entered to connect it; settings has it by name
    longest_reference: ClassVar[int] = 0  # letters of an order's number that it takes for sure; 0 where nobody knows
    by_account: ClassVar[bool] = False  # each merchant is one of its accounts; settings["account"] says which

    def __init__(
        self,
        settings: Mapping[str, Any],
        meter: Meter = unmetered,
        tokens: TokenKeeper | None = None,
        on_exchange: Callable[[WireExchange], None] | None = None,
    ) -> None:
        """``on_exchange`` is told of every request, scrubbed."""
        self.settings = settings
        self.meter = meter
        self.tokens = tokens or OwnTokens()
        self.on_exchange = on_exchange

    @abstractmethod
    def create(self, delivery: Delivery) -> str:
        """Hand an order over and return the warehouse's reference.

        With Creating.IDEMPOTENT it is safe to do twice. Otherwise it is done again only after ``find`` found nothing,
        or a person looked.
        """

    def find(self, reference: str) -> str | None:
        """Return the warehouse's reference of the order that it knows by ours (Delivery.reference), None when it has
        none. One that it canceled is none."""
        raise NotImplementedError(f"{self.kind} can't be asked for an order.")

    def recall(self, reference: str, *, order_number: str) -> GivenBack:
        """Ask an order back. ``reference`` is the warehouse's own, "" where it is not known; ``order_number`` what it
        was told (Delivery.reference). Safe to do twice.
        """
        raise Rejected(f"{self.label} can't give an order back.")

    def shipped_since(self, cursor: str) -> ShipmentPage:
        """Return what it shipped since. "" begins anew. One that is reported twice does no harm."""
        raise NotImplementedError(f"{self.kind} doesn't tell what it shipped.")

    def check(self) -> Sequence[SystemCheck]:
        """Look at everything that has to be right, for real, and change nothing. Problems are outcomes, not errors."""
        raise NotImplementedError(f"{self.kind} has nothing to look at.")

    def accounts(self) -> Sequence[SystemAccount]:
        """Return its accounts that these credentials see."""
        raise NotImplementedError(f"{self.kind} knows no accounts.")

    def stock(self) -> Iterator[StockLevel]:
        """Yield all levels, page by page."""
        raise NotImplementedError(f"{self.kind} doesn't tell its stock.")

    def ship_methods(self) -> Sequence[MethodChoice]:
        """Return the ship methods it knows, to choose from."""
        raise NotImplementedError(f"{self.kind} doesn't tell its ship methods.")

    def items(self) -> Iterator[WarehouseItem]:
        """Yield all products it knows, page by page."""
        raise NotImplementedError(f"{self.kind} doesn't tell its products.")


class CallsUs(WarehouseSystem):
    """What all systems that fetch their orders have in common. Whoever would send them something made a mistake."""

    calls_us = True
    creating = Creating.IDEMPOTENT  # claimed again, an order has the number it had
    can_recall = True  # it is asked, and answers when it calls

    def create(self, delivery: Delivery) -> str:
        raise NotImplementedError(f"{self.kind} fetches its orders.")
