"""What the stock can be narrowed to.

What a level says of itself is a condition the database answers. What is wrong with its offers is looked up first: they
are few, and stand in an index of their own; from the seller's SKUs of those it goes to the warehouse's.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from carts.models import Cart, Listing
from core.accounts.access import Access
from core.common.word_search import HasWords
from inventory.models import StockLevel, StockUpdate
from shipping.items.item_names import ItemNames

MOST = 1_000  # offers, or levels of a search, looked up first
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
    "zero": StockFilter("Nothing to sell", Q(shortage=StockLevel.Shortage.NOTHING)),
    "low": StockFilter("Low", Q(shortage=StockLevel.Shortage.LOW)),
    "uncounted": StockFilter("Not counted", Q(shortage=StockLevel.Shortage.UNCOUNTED)),
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


def searched(levels: QuerySet[StockLevel], words: str) -> QuerySet[StockLevel]:
    """Return the levels whose SKU or title has words that begin with these.

    Few are looked up first, and then put in order. Of many, the first page is found soon by going through the levels in
    their order; an index of words would only be in the way.
    """
    found = levels.filter(HasWords("sku", "title", text=words))
    ids = list(found.order_by().values_list("pk", flat=True)[: MOST + 1])
    return levels.filter(pk__in=ids) if len(ids) <= MOST else found


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
