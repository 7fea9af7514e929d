"""What each offer of a shared shelf shows by the kept policy, and would show by another: nothing is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.accounts.models import Merchant
from inventory.free_stock import FreeStock
from inventory.models import StockUpdate
from inventory.shelf_shares import Offer, SharedShelf, Sharing, offers_from
from shipping.models import Route, Warehouse


@dataclass(frozen=True, slots=True)
class DryRow:
    """One offer of a shared item. ``shows``: what it was told last."""

    warehouse: Warehouse
    item: str
    free: int | None  # of the item
    offer: Offer
    shows: int | None
    now: int | None
    then: int | None

    @property
    def differs(self) -> bool:
        return self.now != self.then


def dry_run(merchant: Merchant, tried: Sharing, *, now: datetime) -> list[DryRow]:
    """Return the offers that share an item with another one, by warehouse and item; those that would differ first."""
    kept = Sharing.of(merchant.pk)
    free = FreeStock.of(merchant.pk, now=now)
    told = _told(merchant)
    rows = []
    for warehouse in Warehouse.objects.filter(pk__in=Route.objects.filter(merchant=merchant).values("warehouse")):
        before, after = SharedShelf.of(free, warehouse.pk, kept), SharedShelf.of(free, warehouse.pk, tried)
        for item, offers in _shared(free, warehouse).items():
            there = free.available(warehouse.pk, item)
            for offer in offers:
                rows.append(
                    DryRow(
                        warehouse,
                        item,
                        there,
                        offer,
                        told.get(offer),
                        before.available(offer),
                        after.available(offer),
                    )
                )
    return sorted(rows, key=lambda row: (not row.differs, row.warehouse.name, row.item, row.offer))


def _shared(free: FreeStock, warehouse: Warehouse) -> Mapping[str, Sequence[Offer]]:
    takers: dict[str, list[Offer]] = {}
    for offer in offers_from(free.merchant_id, warehouse.pk):
        for part in free.parts(warehouse.pk, offer.sku):
            takers.setdefault(part.sku, []).append(offer)
    return {item: offers for item, offers in takers.items() if len(offers) > 1}


def _told(merchant: Merchant) -> dict[Offer, int | None]:
    rows = StockUpdate.objects.filter(grant__carts__merchant=merchant)
    return {Offer(grant_id, sku): told for grant_id, sku, told in rows.values_list("grant", "sku", "told")}
