"""What the stock can be narrowed to.

What a level says of itself is a condition the database answers. What is wrong with its offers is looked up first: they
are few, and stand in an index of their own; from the seller's SKUs of those it goes to the warehouse's.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from carts.models import Cart, Listing
from core.accounts.access import Access
from inventory.models import StockLevel, StockUpdate
from shipping.items.item_names import ItemNames

LOW = 5  # units on hand beyond the safety stock
MOST = 5_000  # offers looked up
UNMATCHED = "unmatched"  # listings that have no level: a list of their own
Offers = QuerySet[StockUpdate] | QuerySet[Listing]


@dataclass(frozen=True, slots=True)
class StockFilter:
    """``condition`` of the level itself, or the ``offers`` that a person sees and of which it is."""

    label: str
    condition: Q | None = None
    offers: Callable[[Access], Offers] | None = None


def _updates(access: Access) -> "QuerySet[StockUpdate]":
    found: QuerySet[StockUpdate] = StockUpdate.objects.visible_to(access).undropped()
    return found


def _theirs(access: Access) -> "QuerySet[Listing]":
    listings = Listing.objects.visible_to(access).exclude(cart__state=Cart.State.ARCHIVED)
    found: QuerySet[Listing] = listings.filter(fulfilled_by_marketplace=True, gone_at=None)
    return found


FILTERS: Mapping[str, StockFilter] = {
    "zero": StockFilter("Nothing to sell", Q(on_hand__lte=F("safety"))),
    "low": StockFilter("Low", Q(on_hand__gt=F("safety"), on_hand__lte=F("safety") + LOW)),
    "uncounted": StockFilter("Not counted", Q(on_hand=None)),
    "mismatch": StockFilter("Shown otherwise", offers=lambda access: _updates(access).filter(stands_otherwise=True)),
    "refused": StockFilter("Refused", offers=lambda access: _updates(access).stuck()),  # type: ignore[attr-defined]
    "held": StockFilter("Held", offers=lambda access: _updates(access).filter(is_held=True)),
    "conflict": StockFilter("Carts differ", offers=lambda access: _updates(access).filter(in_conflict=True)),
    "fba": StockFilter("Fulfilled by the marketplace", offers=_theirs),
    UNMATCHED: StockFilter("Listings without a SKU"),
}


def narrowed(levels: QuerySet[StockLevel], key: str, *, access: Access) -> QuerySet[StockLevel]:
    """Return the levels of a filter; all of them where the key is none."""
    chosen = FILTERS.get(key)
    if chosen is None:
        return levels
    if chosen.offers is not None:
        return levels.filter(_of_offers(chosen.offers(access)))
    return levels.filter(chosen.condition) if chosen.condition is not None else levels


def _of_offers(offers: Offers) -> Q:
    """Return the condition for the levels that offers sell from. Three statements."""
    rows = set(offers.order_by("merchant", "sku").values_list("merchant", "sku")[:MOST])
    names = ItemNames.of({merchant for merchant, _ in rows}, names={sku for _, sku in rows})
    items: dict[int, set[str]] = defaultdict(set)
    for merchant_id, sku in rows:
        items[merchant_id] |= {sku, *(part.sku for part in names.parts(merchant_id, sku))}
    found = Q(pk__in=[])
    for merchant_id, skus in items.items():
        found |= Q(merchant=merchant_id, sku__in=skus)
    return found
