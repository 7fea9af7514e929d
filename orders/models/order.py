"""An order as a cart brought it, and its lines: facts stand on them; where it may go stands in ``statuses``."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from carts import marketplaces
from carts.marketplaces.order_needs import LineFacts
from carts.marketplaces.values import OrderState
from carts.models import Cart
from core.accounts.access import Access
from core.accounts.models import OwnedByMerchant, OwnedQuerySet
from core.activity.timeline import FOR_PACKING
from core.common import clock
from core.common.names import NameField
from core.common.prefixes import Beginning
from orders import statuses
from orders.statuses import HeldFor, Moving, MovingQuerySet, OrderStatus

if TYPE_CHECKING:
    from orders.models.recipient import Recipient


SHIPPED_IN_PART = "It has already been shipped, at least in part."
UNREAD = "It could not be read yet. Each download tries again."

VERSION = ("touched_at", "digest", "edited_at", "status")  # see Order.version
OrderVersion = tuple[datetime, str, datetime | None, str]


class OrderAction(Enum):
    """What a person may want to do with an order."""

    HOLD = "hold"
    LET_GO = "let go"
    EDIT = "edit"
    EDIT_ADDRESS = "edit the address"
    CANCEL = "cancel at the marketplace"
    TAKE = "take after all"


def fulfilled_there(cart: Cart) -> str:
    """Return the reason of orders that are the marketplace's own to ship."""
    return f"Fulfilled by {cart.place.name}, not by the warehouse"


class OrderQuerySet(OwnedQuerySet["Order"], MovingQuerySet["Order"]):  # type: ignore[override]
    def update(self, **fields: Any) -> int:
        """Every change comes through here, also bulk_update: programs ask what changed since they last looked."""
        return super().update(**{"touched_at": clock.now(), **fields})

    def ready(self) -> Self:
        """Orders that may go to the warehouse."""
        return self.filter(status=OrderStatus.NEW, cart__state=Cart.State.LIVE)

    def not_refused_in_part(self) -> Self:
        """All but those of ``Order.is_refused_in_part``."""
        return self.exclude(parts__gt=0, status=OrderStatus.ERROR, shipped_at=None)

    def locked(self, pk: int) -> "Order":
        """Return an order as it is now, with its cart: nobody else locks or changes it before the commit."""
        return self.select_for_update(of=("self",)).select_related("cart").get(pk=pk)

    def locked_version(self, pk: int) -> OrderVersion:
        """Lock an order like that, and return no more of it than whether it is the one that was read."""
        version: OrderVersion = self.select_for_update().values_list(*VERSION).get(pk=pk)
        return version

    def all_locked(self) -> Self:
        """The same for many, in the one order that keeps two who lock many from waiting for each other."""
        return self.select_for_update(of=("self",)).order_by("pk")


class Order(Moving, OwnedByMerchant):
    cart = models.ForeignKey(Cart, models.PROTECT, related_name="orders", db_index=False)  # see one_order_per_number
    number = models.CharField(max_length=60)  # the marketplace's
    # Whose authorization brought it: a cart that was bound to a wrong seller is found by it. Empty on older ones.
    seller_id = models.CharField(max_length=64, blank=True, default="")

    # As the marketplace last said.
    state_there = models.CharField(max_length=20, choices=[(s.value, s.value) for s in OrderState])
    native_state = models.CharField(max_length=60, blank=True)
    service = NameField("ship method", max_length=60, blank=True)
    placed_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ship_by = models.DateTimeField(null=True)
    deliver_by = models.DateTimeField(null=True)
    is_prime = models.BooleanField(default=False)
    is_business = models.BooleanField(default=False)
    # Of the order and of its items, as the marketplace wrote them, and GIFT: between blanks, to be found as words.
    programs = models.TextField(blank=True, default="")
    total = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    line_count = models.PositiveIntegerField(default=0)
    unit_count = models.PositiveIntegerField(default=0)
    # Of the document, to see that nothing changed. Text, because Django writes rows with bytes in them far slower.
    digest = models.CharField(max_length=32)
    packages_there: Any = models.JSONField(default=list)  # ours and others': orders/packages_there.py reads it

    # What a person decided, which no later download takes back.
    taken_at = models.DateTimeField(null=True)  # taken after all, though a rule left it out
    edited_at = models.DateTimeField(null=True)  # address or ship method, by a person
    cancel_refused_at = models.DateTimeField(null=True)  # the buyer asked to cancel, and it ships all the same

    # The warehouse it was handed to, by its number: shipping, which knows warehouses, says so. Here to be found by.
    released_to = models.BigIntegerField(null=True)
    # Over how many warehouses shipping split it; 0: all of it goes to one. Of a split one the first is released_to.
    parts = models.PositiveSmallIntegerField(default=0)

    downloaded_at = models.DateTimeField()
    touched_at = models.DateTimeField(default=clock.now)  # when anything of it last changed here

    objects: ClassVar = OrderQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cart", "number"], name="one_order_per_number")]
        indexes = [
            models.Index(fields=["organization", "-placed_at", "-id"], name="orders_by_age"),
            # With what the list filters by: orders of a status are counted without being looked at.
            models.Index(
                fields=["organization", "status", "-placed_at", "-id"],
                include=["cart", "merchant", "released_to", "service", "is_prime", "is_business", "ship_by"],
                name="orders_by_status",
            ),
            # The list, by each filter that may leave few or only old orders.
            models.Index(fields=["cart", "-placed_at", "-id"], name="orders_of_cart"),
            models.Index(fields=["merchant", "-placed_at", "-id"], name="orders_of_merchant"),
            models.Index(fields=["organization", "released_to", "-placed_at", "-id"], name="orders_of_warehouse"),
            models.Index(fields=["organization", "service", "-placed_at", "-id"], name="orders_of_service"),
            models.Index(
                fields=["organization", "-placed_at", "-id"], condition=models.Q(is_prime=True), name="orders_prime"
            ),
            models.Index(
                fields=["organization", "-placed_at", "-id"],
                condition=models.Q(is_business=True),
                name="orders_business",
            ),
            models.Index(fields=["organization", "ship_by", "id"], name="orders_by_ship_by"),
            models.Index(fields=["organization", "touched_at", "id"], name="orders_by_change"),
            # What a warehouse works by: the open ones, the most urgent first. Few, however many orders there are.
            models.Index(
                fields=["organization", "ship_by", "id"],
                condition=models.Q(status__in=statuses.OPEN),
                name="orders_open_by_ship_by",
            ),
            # What the start page counts, without an order being read; in the order it groups them by.
            models.Index(
                fields=["organization", "merchant", "cart", "status", "held_for"],
                include=["placed_at", "ship_by"],
                condition=models.Q(status__in=statuses.UNFINISHED),
                name="orders_unfinished",
            ),
            models.Index(fields=["organization", "line_count", "id"], name="orders_by_lines"),
            models.Index(models.F("organization"), Beginning("number"), name="orders_by_beginning"),
            models.Index(fields=["organization", "number"], name="orders_by_number"),
            models.Index(fields=["status", "id"], condition=models.Q(status="new"), name="orders_to_release"),
            models.Index(
                fields=["id"], condition=models.Q(status="held", held_for="canceled"), name="orders_to_recall"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:order", args=[self.pk])

    @property
    def version(self) -> OrderVersion:
        """What differs where anything of it does: each change touches it, and the rest tells two of one instant."""
        return self.touched_at, self.digest, self.edited_at, self.status

    @property
    def program_words(self) -> Sequence[str]:
        return self.programs.split()

    @property
    def program_names(self) -> Sequence[str]:
        """The programs by the names people know. Asks for the cart of an order that has any."""
        if not (self.programs or self.is_prime or self.is_business):
            return []
        known = marketplaces.APPLICATIONS[self.cart.kind].marketplace.programs
        named = [known.get(word) or word.replace("_", " ").capitalize() for word in self.program_words]
        # Of orders that were stored before all programs were kept.
        told = [("Prime", self.is_prime), ("Business", self.is_business)]
        return list(dict.fromkeys([name for name, yes in told if yes] + named))

    @property
    def is_refused_in_part(self) -> bool:
        """Whether a warehouse refused its part of a split order: the others go on with theirs."""
        return self.parts > 0 and self.status == OrderStatus.ERROR and self.shipped_at is None

    @property
    def can_be_packed(self) -> bool:
        """Whether a warehouse has it, or a part of it, and nothing keeps it from shipping that."""
        return self.is_at_warehouse or self.is_refused_in_part

    @property
    def has_left(self) -> bool:
        """Whether it left for the warehouse: what we told it there must not change behind its back."""
        if self.is_at_warehouse or self.is_shipped:
            return True
        return self.is_held_for(*statuses.HELD_ONCE_RELEASED) and self.released_to is not None

    @property
    def goes_later(self) -> bool:
        """Whether it is on no warehouse's list yet, nor on its way there."""
        return self.status in statuses.BEFORE_RELEASE and self.released_to is None

    @property
    def is_filtered(self) -> bool:
        """Whether filters look at it again when it changes. What somebody ships all the same was taken, too."""
        decided = self.cancel_refused_at is not None or self.taken_at is not None
        decided = decided or self.has_left
        return self.status in statuses.DOWNLOAD_DECIDES and self.held_for in statuses.NOT_TAKEN and not decided

    @property
    def reason_to_seller(self) -> str:
        """Why it stands where it does, without the 3PL's people and what packing is asked for."""
        if self.is_held_for(HeldFor.PERSON):
            return "Held by the warehouse"
        return self.reason.removesuffix(FOR_PACKING)

    def reason_for(self, access: Access) -> str:
        return self.reason if access.is_of_house else self.reason_to_seller

    def is_overdue(self, now: datetime) -> bool:
        return self.status in statuses.TO_BE_SHIPPED and self.ship_by is not None and self.ship_by < now

    @property
    def shown_state(self) -> tuple[str, str]:
        """The word and tone people read: of one that ends, that it ends, though it is held until it has."""
        if self.is_held_for(HeldFor.CANCELED):
            return "Canceling", "warn"
        state = self.state
        return state.label, state.tone

    def hindrance_to(self, action: OrderAction) -> str | None:
        """Return what keeps a person from it, as a sentence, as far as the order alone says; None when nothing does."""
        label = self.state.label
        stands = f"It is {label[0].lower()}{label[1:]}"
        match action:
            case OrderAction.LET_GO if self.status != OrderStatus.HELD:
                return "It is no longer held."
            case OrderAction.LET_GO if self.held_for == HeldFor.STRANGE:
                return UNREAD
            case OrderAction.TAKE if self.status != OrderStatus.SKIPPED:
                return f"{stands}, not skipped."
            case OrderAction.TAKE if self.reason == fulfilled_there(self.cart):
                return f"It is {self.reason[0].lower()}{self.reason[1:]}."
            case OrderAction.HOLD | OrderAction.CANCEL if self.is_shipped:
                return SHIPPED_IN_PART
            case OrderAction.HOLD if self.status == OrderStatus.HELD:
                return "It is already held."
            case OrderAction.HOLD if self.status == OrderStatus.PENDING:
                return f"{self.cart.place.name} has not released it yet, so it goes nowhere."
            case OrderAction.HOLD if self.status not in statuses.FREE_TO_GO:
                return f"{stands}."
            case OrderAction.EDIT_ADDRESS if self._is_erased:
                return "The buyer's data was erased, as the marketplace requires."
            case OrderAction.EDIT | OrderAction.EDIT_ADDRESS:
                return self._hindrance_to_edit(stands)
            case OrderAction.CANCEL if self.status not in statuses.TO_BE_SHIPPED:
                return f"{stands}."
            case OrderAction.CANCEL if self.state_there != OrderState.OPEN:
                there = self.native_state.replace("_", " ").lower() or self.state_there
                return f"{self.cart.place.name} says it is {there}."
        return None

    def _hindrance_to_edit(self, stands: str) -> str | None:
        if self.is_shipped:
            return "It has already been shipped."
        if self.status == OrderStatus.PENDING:
            return f"{self.cart.place.name} has not released it yet."
        if self.status not in statuses.TO_BE_SHIPPED:
            return f"{stands}."
        if self.held_for == HeldFor.CANCELED:
            return "It is canceled, or about to be."
        return UNREAD if self.held_for == HeldFor.STRANGE else None

    @property
    def _is_erased(self) -> bool:
        recipient: Recipient | None = getattr(self, "recipient", None)
        return recipient is not None and recipient.erased_at is not None


class Line(OwnedByMerchant):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)  # see one_line_per_reference
    reference = models.CharField(max_length=60)  # the marketplace's
    sku = models.CharField(max_length=255)
    asin = models.CharField(max_length=20, blank=True)
    title = models.TextField(blank=True)
    ordered = models.PositiveIntegerField()
    fulfilled_there = models.PositiveIntegerField(default=0)  # shipped, as the marketplace counts
    canceled = models.PositiveIntegerField(default=0)
    unit_price = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    total = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    cancel_requested = models.BooleanField(default=False)
    cancel_refused_at = models.DateTimeField(null=True)  # the buyer asked to cancel it, and it ships all the same
    left_out = models.BooleanField(default=False)  # an item filter keeps it from the warehouse
    details: Any = models.JSONField(null=True)  # what its goods and rules ask for: see ``facts``

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "reference"], name="one_line_per_reference")]
        indexes = [
            models.Index(fields=["organization", "sku"], name="lines_by_sku"),
            models.Index(models.F("organization"), Beginning("sku"), name="lines_by_beginning"),
        ]

    def __str__(self) -> str:
        return f"{self.ordered} × {self.sku}"

    @property
    def wanted(self) -> int:
        return max(0, self.ordered - self.canceled)

    @cached_property
    def facts(self) -> LineFacts:
        return LineFacts.of(self.details)
