"""The port to warehouse systems. No Django here, nor in any adapter."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

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


class WarehouseSystem(ABC):
    """A kind of warehouse system."""

    kind: ClassVar[str]
    label: ClassVar[str]
    remote: ClassVar[bool] = True  # False: handing over is a change in our own database only
    keeps_count: ClassVar[bool] = False  # True: the portal itself knows what is on the shelves
    can_recall: ClassVar[bool] = False  # True: an order can be asked back
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
