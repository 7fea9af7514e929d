"""What a warehouse has in stock, as routing rules ask for it.

Stock belongs to ``inventory``, which is above this app: it registers who reads it, once, when Django starts.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from orders.models import Order


class Shelf(Protocol):
    """What no other order wants of the stock of some warehouses."""

    def has(self, warehouse_id: int, order: Order) -> bool:
        """Whether all of the order is there. What nobody has counted is not."""

    def take(self, warehouse_id: int, order: Order, units: Mapping[int, int] | None = None) -> None:
        """Set it aside: the next order finds that much less. ``units``: only so many of each line, by its id."""

    def wanted(self, order: Order) -> Sequence[tuple[int, str, int]]:
        """Return each line's id, its SKU, and how many units of it are wanted."""

    def most(self, warehouse_id: int, order: Order, line: int, beside: Mapping[int, int]) -> int:
        """Return how many units of a line are there, where it also ships the units ``beside`` of the same order."""


class Reader(Protocol):
    def __call__(
        self, orders: Sequence[Order], warehouse_ids: Collection[int], *, now: datetime, whole: bool = False
    ) -> Shelf:
        """Read what these warehouses have of these orders: as many statements, however many orders there are.

        ``whole``: as if nothing of them had been shipped yet.
        """


_readers: list[Reader] = []


def register(reader: Reader) -> None:
    _readers[:] = [reader]


def reader() -> Reader:
    return _readers[0]
