"""What orders came to: figures, and what follows from them. Amounts of two currencies are never added."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from shipping.models import OrderSums
from shipping.performance import durations

NOTHING = Decimal(0)
P95 = 0.95


@dataclass(slots=True)
class Figures:
    """Of all orders placed in a period, or of some. Shares are in per cent; None: there is nothing to divide by."""

    numbers: Counter[str] = field(default_factory=Counter)
    overdue: int = 0  # to be shipped, and past their ship-by time
    sales: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: NOTHING))  # by currency
    priced: Counter[str] = field(default_factory=Counter)  # orders that the sales are of, by currency
    charges: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: NOTHING))
    converted: Decimal = NOTHING  # the sales in the organization's own currency, as far as rates are known
    converted_orders: int = 0  # that it is of
    steps: Mapping[str, durations.Steps] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add sums of one currency."""
        for name in OrderSums.NUMBERS:
            self.numbers[name] += row[name]
        currency = row["currency"]
        if row["priced"]:
            self.sales[currency] += row["sales"]
            self.priced[currency] += row["priced"]
        if row["charges"]:
            self.charges[currency] += row["charges"]

    # -- What follows from them ------------------------------------------------------------------------------------
    @property
    def orders(self) -> int:
        return self.numbers["orders"]

    @property
    def units(self) -> int:
        return self.numbers["units"]

    @property
    def shipped(self) -> int:
        return self.numbers["shipped"]

    @property
    def canceled(self) -> int:
        return self.numbers["canceled"]

    @property
    def late(self) -> int:
        """Shipped after their ship-by time, or still to be shipped and past it."""
        return self.numbers["late"] + self.overdue

    @property
    def on_time_share(self) -> float | None:
        promised = self.numbers["promised"] + self.overdue
        return _share(promised - self.late, promised)

    @property
    def canceled_share(self) -> float | None:
        return _share(self.canceled, self.orders)

    @property
    def tracked_share(self) -> float | None:
        return _share(self.numbers["tracked"], self.numbers["packages"])

    @property
    def sold(self) -> list[tuple[str, Decimal, Decimal]]:
        """Return each currency with its sales and the average order, the largest number of orders first."""
        rows = sorted(self.sales.items(), key=lambda each: (-self.priced[each[0]], each[0]))
        return [(currency, amount, amount / self.priced[currency]) for currency, amount in rows]

    @property
    def unconverted(self) -> int:
        """Orders with a price that are not in ``converted``: no rate is known for their currency and day."""
        return self.priced.total() - self.converted_orders

    @property
    def charged(self) -> list[tuple[str, Decimal]]:
        return sorted(self.charges.items())

    def took(self, kind: str) -> tuple[timedelta | None, timedelta | None]:
        """Return the median and the 95th percentile of one of ``durations.KINDS``."""
        steps = self.steps.get(kind, Counter())
        return durations.quantile(steps, 0.5), durations.quantile(steps, P95)


def _share(part: int, whole: int) -> float | None:
    """Rounded down to a tenth: 100 means all of them."""
    return (1000 * part // whole) / 10 if whole else None
