"""Listings that stand for nothing a warehouse has, and what they probably stand for."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from carts.models import Cart, Listing
from core.accounts.models import Merchant
from inventory.models import StockLevel
from shipping.models import ItemAlias, KitComponent

MARKS = re.compile(r"[-_. ](fb[am]|mfn|us|uk|de|fr|it|es|eu|ca|jp|new|prime|amz|amazon|[0-9])$")  # what sellers add
MOST_ITEMS = 20_000  # of one merchant, looked through for a likely one


@dataclass(frozen=True, slots=True)
class Unmatched:
    listing: Listing
    likely: str  # a warehouse SKU; "" where none looks like it


def unmatched(listings: QuerySet[Listing]) -> QuerySet[Listing]:
    """Return those of the listings that stand for no item, alias or kit. What the marketplace ships needs none."""
    marked = listings.filter(is_unmatched=True, fulfilled_by_marketplace=False)
    return marked.exclude(cart__state=Cart.State.ARCHIVED)


def mark(merchant_id: int, *, skus: Collection[str] | None = None) -> int:
    """Keep on a merchant's listings which of them are unmatched; of these SKUs alone where some are named.

    Nobody else writes it: looking for them among all listings would take longer than anybody waits. Returns how many
    became otherwise.
    """
    same = {"merchant": OuterRef("merchant")}
    matched = (
        Q(Exists(StockLevel.objects.filter(sku=OuterRef("sku"), **same)))
        | Q(Exists(ItemAlias.objects.filter(name=OuterRef("sku"), **same)))
        | Q(Exists(KitComponent.objects.filter(kit=OuterRef("sku"), **same)))
        | Q(fulfilled_by_marketplace=True)
    )
    listings = Listing.objects.filter(merchant=merchant_id)
    if skus is not None:
        listings = listings.filter(sku__in=skus)
    found = listings.filter(matched, is_unmatched=True).update(is_unmatched=False)
    return found + listings.filter(~matched, is_unmatched=False).update(is_unmatched=True)


def with_likely(merchant: Merchant, listings: Iterable[Listing]) -> list[Unmatched]:
    """Return the listings, each with the warehouse SKU that looks most like it: by its ASIN, its letters, its title."""
    items = StockLevel.objects.filter(merchant=merchant).order_by("pk").values_list("sku", "title")[:MOST_ITEMS]
    by_sku: dict[str, str] = {}
    by_title: dict[str, str] = {}
    for sku, title in items:
        for plain in _plain(sku):
            by_sku.setdefault(plain, sku)
        if title:
            by_title.setdefault(title.casefold(), sku)
    return [
        Unmatched(
            listing,
            next((by_sku[plain] for plain in [*_plain(listing.sku), *_plain(listing.asin)] if plain in by_sku), "")
            or by_title.get(listing.title.casefold(), ""),
        )
        for listing in listings
    ]


def _plain(sku: str) -> list[str]:
    """Return the letters and digits of a SKU, with and without what sellers add at its end; the fuller one first."""
    text, found = sku.casefold().strip(), []
    while text:
        if plain := "".join(sign for sign in text if sign.isalnum()):
            found.append(plain)
        shorter = MARKS.sub("", text)
        text = shorter if shorter != text else ""
    return found
