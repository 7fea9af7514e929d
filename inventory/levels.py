"""Inventory: what a warehouse has. Where the portal is the warehouse it keeps the count itself: staff say what is on
the shelf, and what was shipped since is taken off."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import ngettext

from carts.models import Cart, Listing
from core.accounts.models import User
from core.activity.event_log import record
from inventory.models import StockLevel
from inventory.promised import on_hand, reckon
from shipping.models import Warehouse
from shipping.routing import routes_for

SETTLED = timedelta(hours=1)  # every shipment that was begun before is committed


@dataclass(frozen=True, slots=True)
class LevelsCounted:
    skus: int
    new: int

    def __str__(self) -> str:
        skus = ngettext("{count} SKU", "{count} SKUs", self.skus).format(count=self.skus)
        return f"{skus}, {self.new} of them new"


def count(cart: Cart, *, now: datetime) -> LevelsCounted:
    """Bring the stock levels of a cart's SKUs up to date."""
    warehouse = routes_for([cart])[cart.pk].warehouse
    before = StockLevel.objects.filter(warehouse=warehouse, merchant=cart.merchant_id).count()
    meet(cart, warehouse)
    levels = StockLevel.objects.filter(warehouse=warehouse, merchant=cart.merchant_id)
    if warehouse.system.keeps_count:
        take_off_shipped(warehouse, cart.merchant_id, now=now)
    return LevelsCounted(skus=levels.count(), new=levels.count() - before)


def meet(cart: Cart, warehouse: Warehouse) -> None:
    """Make a level, not counted yet, for every SKU the cart offers and the warehouse would ship."""
    listings = Listing.objects.filter(cart=cart, fulfilled_by_marketplace=False).exclude(**{cart.product_code: ""})
    rows = {
        getattr(listing, cart.product_code): StockLevel(
            organization_id=cart.organization_id,
            merchant_id=cart.merchant_id,
            warehouse=warehouse,
            sku=getattr(listing, cart.product_code),
            title=listing.title,
        )
        for listing in listings.iterator(chunk_size=1000)
    }
    StockLevel.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=1000)


def take_off_shipped(warehouse: Warehouse, merchant_id: int, *, now: datetime) -> int:
    """Fold what was shipped since each level was observed into the level. Returns how many levels changed.

    Only what lies an hour back: a shipment carries the time at which somebody pressed the button, and may be committed
    later. What is younger is worked out each time (inventory/promised.py): nothing is missed, nothing counted twice.
    """
    until = now - SETTLED
    with transaction.atomic(durable=True):
        levels = StockLevel.objects.filter(warehouse=warehouse, merchant=merchant_id, on_hand__isnull=False)
        levels = levels.filter(observed_at__lt=until)
        shipped = list(reckon(levels, now=until).filter(shipped_since__gt=0))  # type: ignore[misc]
        for level in shipped:
            same = StockLevel.objects.filter(pk=level.pk, observed_at=level.observed_at)
            same.update(on_hand=F("on_hand") - level.shipped_since, observed_at=until)  # type: ignore[attr-defined]
    return len(shipped)


class Moved(Exception):
    """The level changed while somebody typed. The message says what it is now."""


def set_on_hand(level: StockLevel, counted: int, *, seen: int | None, by: User, now: datetime) -> bool:
    """Keep what staff counted on the shelf, for a reckoned level. ``seen`` is what they saw when they began: raises
    Moved when it is not so any more. False when nothing changed."""
    current = on_hand(level)
    if seen != current:
        raise Moved(f"{level.sku} changed in the meantime: it is {current} now. Check and save your count again.")
    if counted == current:
        return False
    with transaction.atomic(durable=True):
        same = StockLevel.objects.filter(pk=level.pk, on_hand=level.on_hand, observed_at=level.observed_at)
        if not same.update(on_hand=counted, observed_at=now):
            raise Moved(f"{level.sku} has just been counted by somebody else. Check and save your count again.")
        record("stock.counted", level, now=now, actor=by, sku=level.sku, frm=seen, to=counted)
    return True
