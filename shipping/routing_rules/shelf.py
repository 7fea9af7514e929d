"""What a warehouse has in stock, as routing rules ask for it.

Stock belongs to ``inventory``, which is above this app: it registers who reads it, once, when Django starts.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from orders.models import Order


class Shelf(Protocol):
    """What no other order wants of the stock of some warehouses."""

    def has(self, warehouse_id: int, order: Order) -> bool:
        """Whether all of the order is there. What nobody has counted is not."""

    def take(self, warehouse_id: int, order: Order) -> None:
        """Set it aside: the next order finds that much less."""


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
