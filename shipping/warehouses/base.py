"""The port to warehouse systems. No Django here, nor in any adapter."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

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


class WarehouseSystem(ABC):
    """A kind of warehouse system."""

    kind: ClassVar[str]
    label: ClassVar[str]
    remote: ClassVar[bool] = True  # False: handing over is a change in our own database only
    keeps_count: ClassVar[bool] = False  # True: the portal itself knows what is on the shelves
    can_recall: ClassVar[bool] = False  # True: an order can be asked back
    calls_us: ClassVar[bool] = False  # True: it fetches what is offered to it; nothing is sent by us
    settings_page: ClassVar[str] = ""  # the name of the page where it is set up, which takes the warehouse's number
    knows_kits: ClassVar[bool] = False  # True: it takes a kit by its SKU; otherwise it is handed the components
    methods: ClassVar[Sequence[MethodChoice]] = ()

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings

    @abstractmethod
    def create(self, delivery: Delivery) -> str:
        """Hand an order over and return the warehouse's reference.

        Must be safe to do twice: look up by our reference before ever sending again.
        """

    def recall(self, reference: str, *, order_number: str) -> None:
        """Ask an order back. Returns when it will not be shipped, also when it was never there; raises Rejected when it
        is too late for that.

        ``reference`` is the warehouse's own, ``order_number`` what it was told (Delivery.reference). Must be safe to
        do twice.
        """
        raise Rejected(f"{self.label} can't give an order back.")
