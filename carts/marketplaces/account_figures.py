"""The part of the port in which a marketplace says how it judges a seller's account.

What it does not say is "not told": None, never zero. The figures come in a report that is asked for and written there
after a while.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from carts.marketplaces.values import Participation


class Rate(StrEnum):
    """What is measured."""

    DEFECTS = "defects"
    LATE = "late"
    CANCELED = "canceled"
    TRACKED = "tracked"
    ON_TIME = "on_time"
    UNITS_ON_TIME = "units_on_time"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Rate.DEFECTS: "Order defects",
    Rate.LATE: "Shipped late",
    Rate.CANCELED: "Canceled before shipping",
    Rate.TRACKED: "Valid tracking",
    Rate.ON_TIME: "Delivered on time",
    Rate.UNITS_ON_TIME: "Units delivered on time",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a rate is to be below, or above, in per cent."""

    value: Decimal
    below: bool

    def is_met(self, share: Decimal) -> bool:
        return share < self.value if self.below else share > self.value


@dataclass(frozen=True, slots=True)
class AccountRate:
    """One rate, in per cent, of the days from ``since`` to ``until``."""

    share: Decimal
    target: Target | None = None  # as the marketplace told it with the rate
    of: int | None = None  # orders, packages or units
    hit: int | None = None  # of them
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """What was said of a seller in one place. A rate that is not in it was not told, or could not be read."""

    place_id: str
    standing: str = ""  # the marketplace's word; "": not told
    rates: Mapping[Rate, AccountRate] = field(default_factory=dict)
    warnings: Sequence[str] = ()  # the marketplace's words
    unread: Sequence[str] = ()  # names of what was told and could not be read
    source: Mapping[str, Any] = field(default_factory=dict)  # everything that was said


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """What is known of the seller. "" and None: not told; ``untold`` says why."""

    business: str = ""  # the form of the business, in words
    is_registered: bool | None = None  # whether the marketplace holds a registered name and address
    plan: str = ""
    untold: str = ""
    stores: Sequence[Participation] = ()


class AccountReporting:
    """What a marketplace can do that judges its sellers."""

    judges_sellers: ClassVar[bool] = False
    # Where a report does not say a target: the marketplace's published ones, and where they are published.
    published_targets: ClassVar[Mapping[Rate, Target]] = {}
    targets_source: ClassVar[str] = ""
    good_standing: ClassVar[str] = ""
    standings: ClassVar[Mapping[str, tuple[str, str]]] = {}  # the marketplace's words: a word and a tone

    def ask_for_figures(self, place_ids: Sequence[str]) -> str:
        """Ask for a report about these places and return its reference. Asking twice does no harm."""
        raise NotImplementedError

    def figures(self, reference: str) -> Sequence[AccountFigures] | None:
        """Return what a report says, by place; None while it is being written.

        Raises Rejected, saying why, when there will be none: it has to be asked for anew.
        """
        raise NotImplementedError

    def seller_facts(self) -> SellerFacts:
        """Return what the marketplace says of the seller."""
        raise NotImplementedError
