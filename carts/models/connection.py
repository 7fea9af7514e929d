"""Connections to marketplaces."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from carts import marketplaces
from carts.marketplaces.values import Place
from core.accounts.models import OwnedByMerchant, OwnedQuerySet
from core.common.names import NameField
from core.common.sealed_field import SealedField

RENEWAL = timedelta(days=365)  # a seller's authorization lapses after a year
BOUND_TO = "grant:{row.organization_id}:{row.kind}:{row.region}:{row.seller_id}:"


class Grant(OwnedByMerchant):
    """One seller's authorization in one region. It serves every cart of that seller there."""

    class State(models.TextChoices):
        CONNECTED = "connected", "Connected"
        ENDED = "ended", "Needs authorization"

    kind = models.CharField(max_length=20, choices=marketplaces.kinds)
    region = models.CharField(max_length=8)
    seller_id = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.CONNECTED)
    authorized_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)  # by the stop switch, carts/consent/stops.py
    stopped_because = models.CharField(max_length=200, blank=True, default="")
    # How many days were left when the seller was last reminded to authorize again; None since they did.
    reminded_days = models.PositiveSmallIntegerField(null=True)
    refresh_token = SealedField(bound_to=BOUND_TO + "refresh")
    access_token = SealedField(null=True, bound_to=BOUND_TO + "access")
    access_token_until = models.DateTimeField(null=True)
    refreshing_until = models.DateTimeField(null=True)  # one worker fetches a new access token at a time

    # One pull at a time; a window of several pages goes on where it stopped.
    pull_claim = models.UUIDField(null=True)
    pulling_until = models.DateTimeField(null=True)
    window_since = models.DateTimeField(null=True)
    window_until = models.DateTimeField(null=True)
    window_places: Any = models.JSONField(default=list)
    page_token = models.TextField(blank=True)
    pulled_at = models.DateTimeField(null=True)  # when the last pull ended well
    pull_failed_at = models.DateTimeField(null=True)
    pull_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "region", "seller_id"], name="one_grant_per_seller")
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} ({self.region})"

    @property
    def is_connected(self) -> bool:
        return self.state == self.State.CONNECTED

    @property
    def lapses_at(self) -> datetime:
        return self.authorized_at + RENEWAL


class Bucket(models.Model):
    """What is left of one operation's quota for one grant: a token bucket."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="buckets")
    operation = models.CharField(max_length=60)
    rate = models.FloatField()  # requests a second
    burst = models.PositiveIntegerField()
    tokens = models.FloatField()
    filled_at = models.DateTimeField()
    version = models.PositiveBigIntegerField(default=0)  # compare-and-swap

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "operation"], name="one_bucket_per_operation")]

    def __str__(self) -> str:
        return f"{self.operation} {self.tokens:.1f}/{self.burst}"


def tell_apart(merchant: str, cart: str) -> str:
    """Return how pages call a cart, by its merchant's name and its own: "Blue Mug Co · Amazon.com"."""
    return f"{merchant} · {cart}"


def _authorized() -> models.Q:
    return models.Q(grant__state=Grant.State.CONNECTED) | models.Q(kind__in=marketplaces.pushed_kinds())


class CartQuerySet(OwnedQuerySet["Cart"]):
    def at_work(self) -> Self:
        """Carts whose services can run: live, and the seller has authorized us where somebody has to."""
        return self.filter(_authorized(), state=Cart.State.LIVE)

    def stuck_first(self) -> Self:
        """First those that are live and wait for the seller's authorization, then the others, by name."""
        others = models.When(_authorized() | ~models.Q(state=Cart.State.LIVE), then=1)
        return self.order_by(models.Case(others, default=0), "name", "pk")

    def asked(self) -> Self:
        """Those of them whose marketplace we ask and tell. Of the others, the clients come to us."""
        return self.filter(state=Cart.State.LIVE, grant__state=Grant.State.CONNECTED, grant__stopped_at=None)


class Cart(OwnedByMerchant):
    """One connection to one marketplace of one merchant."""

    class State(models.TextChoices):
        SETUP = "setup", "Being set up"
        LIVE = "live", "Live"
        PAUSED = "paused", "Paused"
        DISCONNECTED = "disconnected", "Disconnected"
        ARCHIVED = "archived", "Archived"

    class ProductCode(models.TextChoices):
        SKU = "sku", "Seller SKU"
        ASIN = "asin", "ASIN"

    class Brake(models.TextChoices):
        ASK = "ask", "Hold and ask"
        ZERO = "zero", "Send zero"
        KEEP = "keep", "Keep what is shown"

    TONES: ClassVar[dict[str, str]] = {
        "setup": "warn",
        "live": "good",
        "paused": "calm",
        "disconnected": "calm",
        "archived": "calm",
    }

    kind = models.CharField(max_length=20, choices=marketplaces.kinds)
    place_id = models.CharField(max_length=20)
    name = NameField("order source name", max_length=80, help_text="What the warehouse sees as the source.")
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, blank=True, related_name="carts")
    state = models.CharField(max_length=12, choices=State, default=State.SETUP)
    created_at = models.DateTimeField(auto_now_add=True)
    live_at = models.DateTimeField(null=True)

    store_name = NameField(max_length=200, blank=True)  # what the marketplace calls the seller's shop there
    # The last account refused because another merchant uses it, and the one an admin allowed all the same.
    refused_seller_id = models.CharField(max_length=64, blank=True)
    allowed_seller_id = models.CharField(max_length=64, blank=True)

    product_code = models.CharField(max_length=4, choices=ProductCode, default=ProductCode.SKU)
    earliest_order_at = models.DateTimeField(
        "earliest order date", null=True, blank=True, help_text="Older orders stay out of the warehouse."
    )

    prime_prefix = NameField(
        "Prime prefix", max_length=10, blank=True, help_text="Put before the numbers of Prime orders at the warehouse."
    )

    orders_on = models.BooleanField("download orders", default=True)
    orders_every = models.PositiveSmallIntegerField(
        "every (minutes)", default=15, validators=[MinValueValidator(5), MaxValueValidator(60)]
    )
    orders_due_at = models.DateTimeField(null=True)
    orders_seen_until = models.DateTimeField(null=True)  # everything changed before was stored
    shipments_on = models.BooleanField("upload shipments", default=True)
    shipments_every = models.PositiveSmallIntegerField(
        "every (minutes)", default=60, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    shipments_due_at = models.DateTimeField(null=True)
    inventory_on = models.BooleanField("upload inventory", default=True)
    inventory_every = models.PositiveSmallIntegerField(
        "every (minutes)", default=60, validators=[MinValueValidator(15), MaxValueValidator(1440)]
    )
    inventory_due_at = models.DateTimeField(null=True)
    brake = models.CharField(
        "when stock looks wrong",
        max_length=4,
        choices=Brake,
        default=Brake.ASK,
        help_text="When many SKUs go to zero at once, or the warehouse has been silent for a day.",
    )
    listed_at = models.DateTimeField(null=True)  # when all listings were last read, to the end
    # A reading of several pages goes on where it stopped.
    listing_cursor = models.TextField(blank=True)
    listing_began_at = models.DateTimeField(null=True)
    listing_failures = models.PositiveIntegerField(default=0)  # in a row

    checked_at = models.DateTimeField(null=True)
    checks: Any = models.JSONField(default=list)  # the outcome of the last Test
    checks_due_at = models.DateTimeField(null=True)  # None: never looked at, so at once

    objects: ClassVar = CartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "place_id"],
                condition=models.Q(grant__isnull=False) & ~models.Q(state="archived"),
                name="one_cart_per_seller_and_place",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("carts:cart", args=[self.pk])

    @property
    def full_name(self) -> str:
        """Whose it is, and which: carts are named after their marketplace unless told, so the merchant comes first."""
        return tell_apart(self.merchant.name, self.name)

    @property
    def place(self) -> Place:
        return marketplaces.APPLICATIONS[self.kind].places[self.place_id]

    @property
    def service_names(self) -> "Sequence[str]":
        return marketplaces.APPLICATIONS[self.kind].marketplace.service_names

    @property
    def is_set_up(self) -> bool:
        """Whether it needs neither Grant, Test nor Go live."""
        return self.state not in (self.State.SETUP, self.State.DISCONNECTED)

    @property
    def is_archived(self) -> bool:
        return self.state == self.State.ARCHIVED

    @property
    def is_pushed(self) -> bool:
        """Whether its own client brings its orders and fetches what was shipped: nobody authorizes us, or is asked."""
        return marketplaces.APPLICATIONS[self.kind].marketplace.pushed

    @property
    def is_authorized(self) -> bool:
        return self.is_pushed or (self.grant is not None and self.grant.is_connected)

    @property
    def is_at_work(self) -> bool:
        """Whether its services can run, as ``at_work`` finds them."""
        return self.state == self.State.LIVE and self.is_authorized

    @property
    def is_asked(self) -> bool:
        """Whether its marketplace is asked and told by us now, as ``asked`` finds them."""
        return self.is_at_work and not self.is_pushed

    @property
    def is_failing(self) -> bool:
        """Whether its last download went wrong, though it should work."""
        return self.is_at_work and self.orders_on and self.grant is not None and bool(self.grant.pull_error)

    @property
    def status(self) -> tuple[str, str]:
        """A word and a tone."""
        if self.state == self.State.LIVE and not self.is_authorized:
            return "Needs authorization", "bad"
        if self.is_failing:
            return "Failing", "warn"
        return str(self.State(self.state).label), self.TONES[self.state]

    @property
    def outdated(self) -> bool:
        """Whether the last Test was made before the seller authorized us, or took it back: it says nothing of now."""
        if not (self.checks and self.checked_at and self.grant):
            return False
        ended_since = self.grant.state == Grant.State.ENDED and all(check["passed"] for check in self.checks)
        return ended_since or self.checked_at < self.grant.authorized_at

    @property
    def passed(self) -> bool:
        """Whether the last Test, made since the seller authorized us, found everything that a working cart needs."""
        if self.is_pushed:
            return True
        found = not self.outdated and bool(self.checks)
        return found and all(check["passed"] or not check["essential"] for check in self.checks)

    @property
    def unseen(self) -> bool:
        """Whether the last Test could not look at everything, and found nothing missing in what it saw."""
        left = [check for check in self.checks if check["essential"] and not check["passed"]]
        return bool(left) and all(check.get("away") for check in left)


class Press(models.Model):
    """When a button that spends quota was pressed for one row, and how often since."""

    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(db_index=True)
    times = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.key


class Listing(OwnedByMerchant):
    """A SKU offered on a cart."""

    cart = models.ForeignKey(Cart, models.PROTECT, related_name="listings")
    sku = models.CharField(max_length=255)
    asin = models.CharField(max_length=20, blank=True)
    title = models.TextField(blank=True)
    product_type = models.CharField(max_length=80, blank=True)
    fulfilled_by_marketplace = models.BooleanField(default=False)
    on_both_channels = models.BooleanField(default=False)  # the merchant fulfills it as well: a person decides
    quantity_there = models.IntegerField(null=True)  # as the marketplace last said
    status = models.CharField(max_length=80, blank=True)  # the marketplace's words
    handling_days = models.PositiveSmallIntegerField(null=True)
    issues: Any = models.JSONField(default=list)  # what the marketplace finds wrong with it, as sentences
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)  # the marketplace said that it does not list it any more
    is_unmatched = models.BooleanField(default=False)  # it stands for nothing that a warehouse has

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cart", "sku"], name="one_listing_per_sku")]
        indexes = [
            models.Index(
                fields=["organization", "sku", "id"],
                condition=models.Q(is_unmatched=True),
                name="listings_unmatched",
            ),
            models.Index(
                fields=["organization", "merchant", "sku"],
                condition=models.Q(fulfilled_by_marketplace=True),
                name="listings_fulfilled_there",
            ),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def takes_quantity(self) -> bool:
        """Whether the marketplace may be told a quantity: that would turn an offer it fulfills itself."""
        return not (self.fulfilled_by_marketplace or self.on_both_channels or self.gone_at)
