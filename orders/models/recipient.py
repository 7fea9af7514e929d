"""Who gets an order, and how: sealed."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models

from carts.marketplaces.order_needs import NO_HANDLING, OrderHandling
from carts.marketplaces.values import Address, Buyer
from core.common import vault
from core.common.sealed_field import SealedField
from orders.models.order import Order

BOUND_TO = "order:{row.order.organization_id}:{row.order.cart_id}:{row.order.number}:"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What is kept of who gets an order, in clear."""

    address: Address | None = None
    buyer: Buyer | None = None
    handling: OrderHandling = NO_HANDLING
    there: Address | None = None  # as the marketplace last told it, where that is not the address


class Recipient(models.Model):
    """Who gets the order, and the document it was read from: sealed, and erased in time."""

    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+", db_index=False)
    order = models.OneToOneField(Order, models.CASCADE, related_name="recipient")
    country = models.CharField(max_length=2, blank=True)
    sealed = SealedField(null=True, bound_to=BOUND_TO + "recipient", needs="order")  # address, buyer, what they want
    source = SealedField(null=True, bound_to=BOUND_TO + "source", needs="order")  # the marketplace's document, whole
    # Keyed digests that name and city are found by (orders/recipient_marks.py). Erased with what is sealed.
    first_mark = models.CharField(max_length=16, blank=True, default="")
    last_mark = models.CharField(max_length=16, blank=True, default="")
    city_mark = models.CharField(max_length=16, blank=True, default="")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            *(
                models.Index(
                    fields=["organization", f"{part}_mark"],
                    condition=~models.Q(**{f"{part}_mark": ""}),
                    name=f"recipients_by_{part}",
                )
                for part in ("first", "last", "city")
            ),
            # Those that are still to be erased.
            models.Index(fields=["order"], condition=models.Q(erased_at__isnull=True), name="recipients_not_erased"),
        ]

    def __str__(self) -> str:
        return f"recipient of order {self.order_id}"

    def open(self) -> tuple[Address | None, Buyer | None]:
        """Return address and buyer in clear. The caller records the look."""
        clear = self.unseal()
        return clear.address, clear.buyer

    def unseal(self) -> Unsealed:
        """Return all that is sealed, in clear. The caller records the look. Raises vault.Unopenable."""
        if self.sealed is None:
            return Unsealed()
        clear = keyring().open_json(self.sealed, bound_to=bound_to(self.order, "recipient"))
        address, buyer, there = clear["address"], clear["buyer"], clear.get("there")
        return Unsealed(
            Address(**address) if address else None,
            Buyer(**buyer) if buyer else None,
            OrderHandling.of(clear.get("handling")),
            Address(**there) if there else None,
        )

    def open_source(self) -> dict[str, Any] | None:
        return keyring().open_json(self.source, bound_to=bound_to(self.order, "source")) if self.source else None


def keyring() -> vault.Vault:
    return vault.ring(tuple(settings.VAULT_KEYS))


def bound_to(order: Order, what: str) -> str:
    """The row a sealed value belongs to, by what is known before it is stored."""
    return f"order:{order.organization_id}:{order.cart_id}:{order.number}:{what}"  # as BOUND_TO says it
