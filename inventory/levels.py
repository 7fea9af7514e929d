"""Inventory: what a warehouse has. Where the portal is the warehouse it keeps the count itself: staff say what is on
the shelf, and what was shipped since is taken off."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import ngettext

from carts.models import Cart, Listing
from inventory.models import StockLevel
from inventory.promised import reckon
from shipping.models import ItemAlias, KitComponent, Warehouse
from shipping.routing import routes_for
from shipping.routing_rules.placement import warehouses_for

SETTLED = timedelta(hours=1)  # every shipment that was begun before is committed
LONG = timedelta(days=1)  # beyond it a level is settled though nothing of it was shipped: less is read each time


@dataclass(frozen=True, slots=True)
class LevelsCounted:
    skus: int
    new: int

    def __str__(self) -> str:
        skus = ngettext("{count} SKU", "{count} SKUs", self.skus).format(count=self.skus)
        return f"{skus}, {self.new} of them new"


def count(cart: Cart, *, now: datetime) -> LevelsCounted:
    """Bring the stock levels of a cart's SKUs up to date, wherever its orders go.

    Every cart of the merchant has a route afterwards: an order without one is promised from no shelf.
    """
    beside = Cart.objects.at_work().filter(merchant=cart.merchant_id).exclude(pk=cart.pk)
    places = warehouses_for(routes_for([cart, *beside.select_related("organization")])[cart.pk])
    levels = StockLevel.objects.filter(warehouse__in=places, merchant=cart.merchant_id)
    before = levels.count()
    for warehouse in places:
        if warehouse.system.keeps_count:
            meet(cart, warehouse)
        settle(warehouse, cart.merchant_id, now=now)
    after = levels.count()
    return LevelsCounted(skus=after, new=after - before)


def meet(cart: Cart, warehouse: Warehouse) -> None:
    """Make a level, not counted yet, for every SKU the cart offers that is an item of its own: no alias, no kit.

    Only where staff count. Another warehouse says itself which items it has. What has a level already is left in the
    database: one statement where nothing is new.
    """
    same = {"merchant": cart.merchant_id}
    known = Exists(StockLevel.objects.filter(**same, warehouse=warehouse, sku=OuterRef("sku")))
    alias = Exists(ItemAlias.objects.filter(**same, name=OuterRef("sku")))
    kit = Exists(KitComponent.objects.filter(**same, kit=OuterRef("sku")))
    listings = Listing.objects.filter(~known, ~alias, ~kit, cart=cart, fulfilled_by_marketplace=False).exclude(sku="")
    rows = [
        StockLevel(
            organization_id=cart.organization_id,
            merchant_id=cart.merchant_id,
            warehouse=warehouse,
            sku=sku,
            title=title,
        )
        for sku, title in listings.values_list("sku", "title")
    ]
    StockLevel.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def settle(warehouse: Warehouse, merchant_id: int, *, now: datetime) -> int:
    """Take what was shipped since each level was observed off the level. Returns how many levels became less.

    Only what lies an hour back: a shipment carries the time at which somebody pressed the button, and may be committed
    later. What is younger is worked out each time (inventory/promised.py): nothing is missed, nothing counted twice.
    """
    until = now - SETTLED
    counted = StockLevel.objects.filter(warehouse=warehouse, merchant=merchant_id, on_hand__isnull=False)
    from_then = Greatest("observed_at", Coalesce("settled_until", "observed_at"))
    with transaction.atomic(durable=True):
        due = counted.annotate(counts_from=from_then).filter(counts_from__lt=until)
        reckoned = reckon(due.select_for_update(of=("self",)).select_related("warehouse").order_by("pk"), now=until)
        shipped = [level for level in reckoned if level.shipped_since > 0]  # type: ignore[attr-defined]
        for level in shipped:
            level.on_hand = (level.on_hand or 0) - level.shipped_since  # type: ignore[attr-defined]
            level.settled_until = until
        StockLevel.objects.bulk_update(shipped, ["on_hand", "settled_until"], batch_size=500)
        rest = Q(settled_until=None) | Q(settled_until__lt=until - LONG)
        due.filter(rest, observed_at__lt=until - LONG).update(settled_until=until)
    return len(shipped)
