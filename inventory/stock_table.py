"""Showing what is on the stock_rows: what is there now, what of it is promised, and what the carts were told."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from carts.models import Cart, Listing
from core.accounts.models import Merchant
from inventory import days_of_cover
from inventory.models import StockLevel, StockUpdate
from inventory.promised import can_be_sold, on_hand, reckon
from shipping.items.item_names import ItemNames
from shipping.models import Warehouse

SHOWN = (
    "grant", "sku", "state", "wanted", "told", "told_at", "last_error", "is_held", "in_conflict", "stands_otherwise",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublishedQuantity:
    """What a seller account was told of a SKU, or is about to be told. ``cart`` names all that offer it."""

    cart: str
    quantity: int | None
    at: datetime | None
    wanted: int
    error: str = ""
    troubles: Sequence[str] = ()  # what a person should look at, as words

    @property
    def owed(self) -> bool:
        return self.quantity != self.wanted


@dataclass(slots=True)
class StockRow:
    """One row of the page. ``typed`` and ``error`` are what somebody wrote and why it was not kept."""

    level: StockLevel
    on_hand: int | None  # now: what was observed, less what was shipped since
    promised: int
    can_be_sold: int | None
    told: list[PublishedQuantity] = field(default_factory=list)
    cover: int | None = None  # for how many days it will do
    typed: str | None = None
    error: str = ""

    @property
    def value(self) -> str:
        """What stands in the row's field."""
        return self.typed if self.typed is not None else self.seen

    @property
    def seen(self) -> str:
        return "" if self.on_hand is None else str(self.on_hand)


def name_owners(levels: Sequence[StockLevel], warehouses: Iterable[Warehouse], merchants: Iterable[Merchant]) -> None:
    """Give levels their warehouses and merchants: of these, which are few, else as the database has them."""
    shelves, owners = {each.pk: each for each in warehouses}, {each.pk: each for each in merchants}
    if unknown := {level.warehouse_id for level in levels} - shelves.keys():
        shelves |= Warehouse.objects.in_bulk(unknown)
    if others := {level.merchant_id for level in levels} - owners.keys():
        owners |= Merchant.objects.in_bulk(others)
    for level in levels:
        level.warehouse, level.merchant = shelves[level.warehouse_id], owners[level.merchant_id]


def stock_rows(levels: Sequence[StockLevel], *, now: datetime) -> list[StockRow]:
    """Return the rows of levels with their warehouses, in their order. Five statements, however many there are."""
    merchants, skus = {level.merchant_id for level in levels}, {level.sku for level in levels}
    names = ItemNames.behind(merchants, skus)
    levels = reckon(levels, now=now, names=names)
    rows = [StockRow(level, on_hand(level), level.promised, can_be_sold(level)) for level in levels]  # type: ignore[attr-defined]
    ordered = days_of_cover.ordered_lately(levels, names, now=now)
    by_code: dict[tuple[int, int, str], dict[int, PublishedQuantity]] = {}
    offered = skus | names.names
    updates = _updates(merchants, offered)
    for sku, merchant_id, grant_id, name, warehouse_id in _listings(merchants, offered):
        update = updates.get((grant_id, sku))
        if update is None or update.is_dropped:
            continue
        told = by_code.setdefault((warehouse_id or 0, merchant_id, names.item(merchant_id, sku)), {})
        if update.pk in told:  # one number for all carts of a seller account
            told[update.pk] = replace(told[update.pk], cart=f"{told[update.pk].cart}, {name}")
        else:
            told[update.pk] = PublishedQuantity(
                name, update.told, update.told_at, update.wanted, update.last_error, _troubles(update)
            )
    for row in rows:
        found = by_code.get((row.level.warehouse_id, row.level.merchant_id, row.level.sku), {})
        row.told = list(found.values())
        key = (row.level.warehouse_id, row.level.merchant_id, row.level.sku)
        row.cover = days_of_cover.days(row.can_be_sold, ordered[key])
    return rows


def _troubles(update: StockUpdate) -> list[str]:
    said = {
        "Refused": update.is_stuck,
        "Held": update.is_held,
        "Carts differ": update.in_conflict,
        "Shown otherwise": update.stands_otherwise,
    }
    return [word for word, holds in said.items() if holds]


def _listings(
    merchants: Collection[int], skus: Collection[str]
) -> Iterable[tuple[str, int, int | None, str, int | None]]:
    """Return SKU, merchant, account, cart and warehouse of each listing."""
    listings = Listing.objects.filter(sku__in=skus, merchant__in=merchants).order_by("cart__name", "pk")
    return listings.values_list("sku", "merchant_id", "cart__grant_id", "cart__name", "cart__route__warehouse_id")


def _updates(merchants: Collection[int], skus: Collection[str]) -> dict[tuple[int | None, str], StockUpdate]:
    """Return what each seller account was told, by account and SKU."""
    accounts = Cart.objects.filter(merchant__in=merchants).values("grant")
    updates = StockUpdate.objects.filter(grant__in=accounts, sku__in=skus).only(*SHOWN)
    return {(update.grant_id, update.sku): update for update in updates}
