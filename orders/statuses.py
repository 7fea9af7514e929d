"""Where an order can be, which statuses belong together, and which may follow which.

``FOLLOWS`` is the only table of that, and ``move`` and ``advance`` are the only ones who write where an order is: by
compare-and-swap, along the table, with the times that go with a move.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class OrderStatus(models.TextChoices):
    """Where an order is, in the product's words. Each has one tone, the same everywhere."""

    PENDING = "pending", "Pending"
    NEW = "new", "New"
    HELD = "held", "Held"
    ERROR = "error", "Error"
    AT_WMS = "at_wms", "At the warehouse"
    SHIPPED = "shipped", "Shipped"
    CONFIRMED = "confirmed", "Confirmed"
    PARTLY = "partly", "Confirmed, in part"
    CANCELED = "canceled", "Canceled"
    SKIPPED = "skipped", "Skipped"
    CLOSED = "closed", "Closed"

    @property
    def tone(self) -> str:
        return TONES[self]


PENDING, NEW, HELD, ERROR, AT_WMS, SHIPPED, CONFIRMED, PARTLY, CANCELED, SKIPPED, CLOSED = OrderStatus
TONES = {
    PENDING: "calm",
    NEW: "calm",
    HELD: "warn",
    ERROR: "bad",
    AT_WMS: "busy",
    SHIPPED: "good",
    CONFIRMED: "good",
    PARTLY: "busy",
    CANCELED: "calm",
    SKIPPED: "calm",
    CLOSED: "calm",
}

# -- Groups ----------------------------------------------------------------------------------------------------------
NEEDS_ATTENTION = (HELD, ERROR)
BEFORE_RELEASE = (PENDING, NEW, HELD)  # it came in, and nothing says that the warehouse got it
NOT_AT_WAREHOUSE = (*BEFORE_RELEASE, ERROR)
DOWNLOAD_DECIDES = (*BEFORE_RELEASE, SKIPPED)  # here a new document still says what becomes of it
OPEN = (*NOT_AT_WAREHOUSE, AT_WMS)  # units of it are promised
TO_BE_SHIPPED = (NEW, HELD, ERROR, AT_WMS)  # open, and the marketplace has released it
FREE_TO_GO = (NEW, ERROR, AT_WMS)  # to be shipped, and nobody holds it
BOUND_FOR_WAREHOUSE = (NEW, AT_WMS)  # on its way there, or there
PERHAPS_AT_WAREHOUSE = (HELD, ERROR, AT_WMS)
WITH_THE_CART = (CONFIRMED, PARTLY)  # the cart has all our tracking, and of all units, or of some
SHIPPED_OR_CONFIRMED = (SHIPPED, *WITH_THE_CART)
TO_BE_CONFIRMED = (SHIPPED, ERROR)  # shipped, and the cart was not told yet, or refused it
UNFINISHED = (*OPEN, SHIPPED)  # it can still be late
ENDED_OTHERWISE = (CANCELED, SKIPPED, CLOSED)  # not by being shipped from here


class HeldFor(models.TextChoices):
    """Why an order waits: what made the hold is what may end it."""

    STRANGE = "strange", "It could not be read"
    STATE = "state", "Amazon gives it a status we don't release"
    ADDRESS = "address", "It has no address"
    BUYER = "buyer", "The buyer asked to cancel"
    CANCELED = "canceled", "It is canceled, and the warehouse may have it"
    UNMAPPED = "unmapped", "Its ship method is not mapped"
    UNROUTED = "unrouted", "No routing rule fits it"
    PERSON = "person", "Somebody is holding it"
    ITEMS = "items", "Its lines can't be shipped as they are"
    PROGRAM = "program", "It must not be shipped like any other"


UNFIT_TO_GO = (HeldFor.STRANGE, HeldFor.STATE, HeldFor.ADDRESS, HeldFor.ITEMS)  # the document lacks what it needs
MADE_BY_IMPORT = ("", *UNFIT_TO_GO, HeldFor.BUYER, HeldFor.PROGRAM)
# It was never taken, so filters look at it again. One a person holds, or the buyer's wish, may be at the warehouse.
NO_WAY = (HeldFor.UNMAPPED, HeldFor.UNROUTED)  # nobody has said how it goes, or where
NOT_TAKEN = ("", *UNFIT_TO_GO, *NO_WAY, HeldFor.PROGRAM)
HELD_PERHAPS_THERE = (HeldFor.BUYER, HeldFor.CANCELED, HeldFor.PERSON)  # at the warehouse, or on its way there
# The same, where it was owed to a warehouse before.
HELD_ONCE_RELEASED = (*HELD_PERHAPS_THERE, HeldFor.STATE, HeldFor.PROGRAM)
WANTED_BACK = (HeldFor.CANCELED, HeldFor.PERSON)


# -- Transitions -----------------------------------------------------------------------------------------------------
_JUDGED = (*DOWNLOAD_DECIDES, CANCELED, CLOSED)
BEGINNINGS = frozenset(_JUDGED)  # what a first document can make of an order
FOLLOWS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    PENDING: frozenset(_JUDGED),
    NEW: frozenset({*_JUDGED, AT_WMS, SHIPPED, ERROR}),
    HELD: frozenset(_JUDGED),
    # Of the warehouse, which did not take it, or of the cart, which did not take its tracking.
    ERROR: frozenset({HELD, AT_WMS, SHIPPED, CONFIRMED, PARTLY, CLOSED}),
    # Back to new when the warehouse gave it back, or never had it.
    AT_WMS: frozenset({NEW, HELD, ERROR, AT_WMS, SHIPPED, CLOSED}),
    # Back to the warehouse when units were added to it.
    SHIPPED: frozenset({AT_WMS, SHIPPED, ERROR, CONFIRMED, PARTLY, CLOSED}),
    # In part as long as the cart still has units of it to be shipped, by whomever.
    CONFIRMED: frozenset({AT_WMS, SHIPPED, PARTLY}),
    PARTLY: frozenset({AT_WMS, SHIPPED, CONFIRMED}),
    CANCELED: frozenset({HELD}),  # the warehouse has it after all
    SKIPPED: frozenset({*_JUDGED, AT_WMS}),  # left out while it was handed over
    CLOSED: frozenset(),
}


class NotAllowed(ValueError):
    """The table knows no such move: a mistake of the caller's, not of the order's."""


def times(frm: Collection[str], to: OrderStatus, now: datetime) -> dict[str, datetime | None]:
    """Return the times that change with a move: the same for whichever of ``frm`` it was. Raises NotAllowed."""
    found = [_times(OrderStatus(one), to, now) for one in frm]
    if not found or any(each != found[0] for each in found):
        raise NotAllowed(f"From {', '.join(map(str, frm)) or 'nowhere'} to {to} is not one move.")
    return found[0]


def _times(frm: OrderStatus, to: OrderStatus, now: datetime) -> dict[str, datetime | None]:
    if to not in FOLLOWS[frm]:
        raise NotAllowed(f"{to} does not follow {frm}.")
    if to == CONFIRMED:
        return {"confirmed_at": now}
    if to == SHIPPED:  # for the first time, or its tracking is told again
        return {"shipped_at": now} if frm in BOUND_FOR_WAREHOUSE else {"confirmed_at": None}
    if to == PARTLY:
        return {"confirmed_at": None}
    if frm in SHIPPED_OR_CONFIRMED and to == AT_WMS:
        return {"shipped_at": None, "confirmed_at": None}
    return {}


# -- Moving ----------------------------------------------------------------------------------------------------------
class MovingQuerySet(models.QuerySet[M]):
    def move(
        self, *, frm: Collection[str], to: OrderStatus, now: datetime, reason: str = "", held_for: str = ""
    ) -> int:
        """Move those that still have one of these statuses. Returns how many had. Raises NotAllowed."""
        changed = times(frm, to, now)
        return self.filter(status__in=frm).update(status=to, reason=reason, held_for=held_for, **changed)


class Moving(models.Model):
    """What moves along the table. The model that inherits this gives it a manager made from MovingQuerySet."""

    status = models.CharField(max_length=10, choices=OrderStatus)
    held_for = models.CharField(max_length=10, choices=HeldFor, blank=True)
    reason = models.TextField(blank=True)  # one sentence, why it is where it is
    shipped_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def state(self) -> OrderStatus:
        """The status with its label and tone."""
        return OrderStatus(self.status)

    @property
    def is_at_warehouse(self) -> bool:
        return self.status == AT_WMS

    @property
    def is_shipped(self) -> bool:
        """Whether all of it was shipped, whatever the cart says to its tracking."""
        refused = self.status == ERROR and self.shipped_at is not None
        return refused or self.status in SHIPPED_OR_CONFIRMED

    @property
    def is_ended_otherwise(self) -> bool:
        return self.status in ENDED_OTHERWISE

    def is_held_for(self, *reasons: HeldFor) -> bool:
        return self.status == HELD and self.held_for in reasons

    def begin(self, status: OrderStatus, *, reason: str, held_for: str) -> None:
        """Say where it stands, of one that is not stored yet. Raises NotAllowed."""
        if status not in BEGINNINGS:
            raise NotAllowed(f"None begins as {status}.")
        self.status, self.reason, self.held_for = status, reason, held_for

    def advance(
        self, *, frm: Collection[str], to: OrderStatus, now: datetime, reason: str = "", held_for: str = ""
    ) -> bool:
        """Move this one. False when somebody else was quicker. Raises NotAllowed."""
        mine: Any = type(self)._default_manager.filter(pk=self.pk)
        if not mine.move(frm=frm, to=to, now=now, reason=reason, held_for=held_for):
            return False
        self.status, self.reason, self.held_for = to, reason, held_for
        for name, moment in times(frm, to, now).items():
            setattr(self, name, moment)
        return True

    def let_go_of(self, held_for: str, *, now: datetime) -> bool:
        """End a hold that was made for this. False when it is not held for that any more."""
        held: Any = type(self)._default_manager.filter(pk=self.pk, held_for=held_for)
        if not held.move(frm=[HELD], to=NEW, now=now):
            return False
        self.status, self.reason, self.held_for = NEW, "", ""
        return True
