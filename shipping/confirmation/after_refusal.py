"""How an order stands at its marketplace once that refused a package of it: whether the package is there, and which of
its units are still wanted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import (
    Dispatch,
    DispatchLine,
    MarketplaceOrder,
    OrderLine,
    OrderState,
    SentPackage,
    Strange,
)
from core.common.remote import Rejected


class MarketplaceStanding(StrEnum):
    """What the marketplace has of an order whose package it refused."""

    OURS = "ours"  # it has the package: it was told before
    CANCELED = "canceled"  # the whole order
    ELSEWHERE = "elsewhere"  # nothing is left to ship, and this package is not among what was
    GONE = "gone"  # nothing of this package is wanted any more, but the order lives on
    CUT = "cut"  # only a part of this package is
    OPEN = "open"  # still to be shipped: the refusal is about what we said


@dataclass(frozen=True, slots=True)
class Excess:
    """Units of a line in a package that the marketplace takes no more."""

    canceled: int
    elsewhere: int  # somebody else shipped them

    @property
    def units(self) -> int:
        return self.canceled + self.elsewhere


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking."""

    standing: MarketplaceStanding
    excess: Mapping[str, Excess] = field(default_factory=dict)  # by the line's reference
    changed_at: datetime | None = None  # when the marketplace last changed the order, where that says something

    def rest_of(self, told: Dispatch) -> Dispatch:
        """Return what of a package is still wanted."""
        lines = [DispatchLine(line.reference, line.quantity - self._over(line)) for line in told.lines]
        return replace(told, lines=[line for line in lines if line.quantity > 0])

    def _over(self, line: DispatchLine) -> int:
        return self.excess[line.reference].units if line.reference in self.excess else 0


def look(told: Dispatch, marketplace: Marketplace, *, told_before: bool) -> Looked:
    """Ask how the order stands. Raises a RemoteError when that cannot be found out now.

    ``told_before``: the package under this number is ours, as it was told at some time.
    """
    try:
        read = marketplace.read(marketplace.order(told.order_number))
    except (Rejected, Strange):
        return Looked(MarketplaceStanding.OPEN)  # it says no more than the refusal did
    if read.state is OrderState.CANCELED:
        return Looked(MarketplaceStanding.CANCELED, changed_at=read.changed_at)
    if any(not marketplace.compare(told, sent) for sent in read.packages):
        return Looked(MarketplaceStanding.OURS)
    ours = [sent for sent in read.packages if _is_ours(sent, told, told_before=told_before)]
    excess = _excess(told, read, ours)
    if not excess:
        over = read.state is OrderState.SHIPPED and not ours
        return Looked(MarketplaceStanding.ELSEWHERE if over else MarketplaceStanding.OPEN)
    looked = Looked(MarketplaceStanding.CUT, excess)
    if looked.rest_of(told).lines:
        return looked
    elsewhere = any(each.elsewhere for each in excess.values())
    return Looked(MarketplaceStanding.ELSEWHERE if elsewhere else MarketplaceStanding.GONE, excess)


def _is_ours(sent: SentPackage, told: Dispatch, *, told_before: bool) -> bool:
    """Whether a package there is this very one, as it was told before: any tool counts its packages from 1."""
    same = bool(told.tracking_number) and sent.tracking_number.strip() == told.tracking_number.strip()
    return sent.reference == str(told.package_number) and (told_before or same)


def _excess(told: Dispatch, read: MarketplaceOrder, ours: Iterable[SentPackage]) -> dict[str, Excess]:
    """Return the units of a package that are over, by line. What this very package holds there is free for it."""
    lines = {line.reference: line for line in read.lines}
    own = _units(line for sent in ours for line in sent.lines)
    found = {}
    for reference, units in _units(told.lines).items():
        over = _over(lines.get(reference), units, own.get(reference, 0))
        if over.units:
            found[reference] = over
    return found


def _units(lines: Iterable[DispatchLine]) -> dict[str, int]:
    units: dict[str, int] = {}
    for line in lines:
        units[line.reference] = units.get(line.reference, 0) + line.quantity
    return units


def _over(line: OrderLine | None, units: int, own: int) -> Excess:
    if line is None:  # it is not named any more
        return Excess(units, 0)
    over = max(0, units - line.unfulfilled - own)
    canceled = min(over, max(0, line.ordered - line.fulfilled - line.unfulfilled))
    return Excess(canceled, over - canceled)
