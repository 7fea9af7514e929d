"""The one number that a seller account is to show of each SKU, from what its carts want.

The marketplace keeps one quantity for an account and SKU, whatever the place it was told in. Carts whose settings give
different numbers are in conflict: the lowest goes out, or that of the cart somebody chose.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from django.db.models import Max

from carts.models import Cart, Grant
from inventory.free_stock import FreeStock
from inventory.models import ShelfPolicy, StockLevel
from inventory.publish.known_numbers import Listed, listed_by
from inventory.shelf_shares import Offer, SharedShelf, Sharing
from shipping.models import Warehouse
from shipping.routing import routes_for

SILENT = timedelta(hours=24)  # a warehouse that reports its stock and has not for so long

THEIRS = "{place} fulfills it: a quantity would turn the offer."
BOTH = "It is offered both by {place} and by you: nothing is sent until one of the two is ended."
GONE = "{place} doesn't list it any more."


class AccountNumber(NamedTuple):
    quantity: int
    cart: Cart  # whose number it is
    numbers: Mapping[str, int] = MappingProxyType({})  # by the cart's number, where they differ


@dataclass(slots=True)
class Reckoned:
    """What is wanted of each SKU, and why nothing may be told of others."""

    wanted: dict[str, AccountNumber] = field(default_factory=dict)
    barred: dict[str, str] = field(default_factory=dict)  # SKU: a sentence
    both: set[str] = field(default_factory=set)  # of those barred: a person decides
    # What the marketplace shows, and when it said so; of one SKU in several places.
    shown: dict[str, list[tuple[datetime, int]]] = field(default_factory=lambda: defaultdict(list))
    doubled: set[str] = field(default_factory=set)  # of one account, selling the same units; nobody said how they share
    silent: set[str] = field(default_factory=set)  # their warehouse has been silent for too long
    silent_warehouses: set[str] = field(default_factory=set)  # names


def publishing_carts(grant: Grant) -> list[Cart]:
    """Return the account's carts that tell stock, the oldest first."""
    told = Cart.objects.at_work().filter(grant=grant, inventory_on=True)
    return list(told.select_related("merchant", "organization", "grant").order_by("pk"))


def reckon_account(carts: Sequence[Cart], *, deciding: int | None, now: datetime) -> Reckoned:
    """``deciding`` is the cart somebody chose for where they differ."""
    found = Reckoned()
    listed = listed_by(carts)
    for sku, listings in listed.items():
        _bar(found, sku, listings, carts)
        for listing in listings:
            if listing.quantity_there is not None:
                found.shown[sku].append((listing.seen_at, listing.quantity_there))
    numbers = _numbers(carts, listed, found, now=now)
    for sku, of_carts in numbers.items():
        found.wanted[sku] = _decide(of_carts, deciding)
    return found


def _bar(found: Reckoned, sku: str, listings: Sequence[Listed], carts: Sequence[Cart]) -> None:
    there = [listing for listing in listings if not listing.gone_at]
    place = carts[0].place.name
    if any(listing.on_both_channels for listing in there):
        found.barred[sku] = BOTH.format(place=place)
        found.both.add(sku)
    elif any(listing.fulfilled_by_marketplace for listing in there):
        found.barred[sku] = THEIRS.format(place=place)
    elif not there:
        found.barred[sku] = GONE.format(place=place)


def _numbers(
    carts: Sequence[Cart], listed: Mapping[str, Sequence[Listed]], found: Reckoned, *, now: datetime
) -> dict[str, list[tuple[Cart, int]]]:
    """Return what each cart wants of each SKU that may be told and was counted, in the order of the carts."""
    routes = routes_for(carts)
    shelves: dict[tuple[int, int], SharedShelf] = {}  # reckoned once for each merchant and warehouse
    numbers: dict[str, list[tuple[Cart, int]]] = defaultdict(list)
    for cart in carts:
        warehouse = routes[cart.pk].warehouse
        key = (cart.merchant_id, warehouse.pk)
        if key not in shelves:
            free = FreeStock.of(cart.merchant_id, now=now, warehouse_ids=[warehouse.pk])
            shelves[key] = SharedShelf.of(free, warehouse.pk, Sharing.of(cart.merchant_id))
        shelf, grant_id = shelves[key], cart.grant_id or 0
        tells = False
        for sku in _offered(cart, listed, found):
            quantity = shelf.available(Offer(grant_id, sku))
            if quantity is not None:
                numbers[sku].append((cart, quantity))
                tells = True
        found.doubled |= _doubled(shelf, [sku for sku, of_carts in numbers.items() if of_carts[-1][0] == cart])
        if tells and _is_silent(warehouse, cart.merchant_id, now=now):
            found.silent |= {sku for sku, of_carts in numbers.items() if of_carts[-1][0] == cart}
            found.silent_warehouses.add(warehouse.name)
    return numbers


def _doubled(shelf: SharedShelf, skus: Iterable[str]) -> set[str]:
    """Return the SKUs that stand for the same item as another one of them, where nobody decided how they share it."""
    names, merchant_id = shelf.free.names, shelf.free.merchant_id
    if shelf.sharing.chosen or not names.aliases:
        return set()
    same: dict[str, set[str]] = defaultdict(set)
    for sku in skus:
        same[names.item(merchant_id, sku)].add(sku)
    return {sku for of_item in same.values() if len(of_item) > 1 for sku in of_item}


def _offered(cart: Cart, listed: Mapping[str, Sequence[Listed]], found: Reckoned) -> Iterable[str]:
    """Return the SKUs that the cart offers and that may be told."""
    for sku, listings in listed.items():
        there = any(listing.cart_id == cart.pk and listing.gone_at is None for listing in listings)
        if there and sku not in found.barred:
            yield sku


def _decide(of_carts: Sequence[tuple[Cart, int]], deciding: int | None) -> AccountNumber:
    if len(of_carts) == 1:
        return AccountNumber(of_carts[0][1], of_carts[0][0])
    chosen = next((each for each in of_carts if each[0].pk == deciding), None)
    cart, quantity = chosen or min(of_carts, key=lambda each: each[1])
    differ = len({number for _, number in of_carts}) > 1
    return AccountNumber(quantity, cart, {str(each.pk): number for each, number in of_carts} if differ else {})


def available(cart: Cart, warehouse: Warehouse, skus: Sequence[str], *, now: datetime) -> dict[str, int]:
    """Return what the cart may show of each of the seller's SKUs that was counted."""
    sharing = Sharing.of(cart.merchant_id)
    names = set(skus) if sharing.rule == ShelfPolicy.Rule.ALL else None  # who takes of it is among all others
    free = FreeStock.of(cart.merchant_id, now=now, warehouse_ids=[warehouse.pk], names=names)
    shelf = SharedShelf.of(free, warehouse.pk, sharing)
    sold = {sku: shelf.available(Offer(cart.grant_id or 0, sku)) for sku in skus}
    return {sku: quantity for sku, quantity in sold.items() if quantity is not None}


def _is_silent(warehouse: Warehouse, merchant_id: int, *, now: datetime) -> bool:
    """Whether a warehouse system that reports stock has reported none of this merchant's for long."""
    if warehouse.system.keeps_count:
        return False
    counted = StockLevel.objects.filter(warehouse=warehouse, merchant=merchant_id, on_hand__isnull=False)
    newest: datetime | None = counted.aggregate(newest=Max("observed_at"))["newest"]
    return newest is not None and now - newest > SILENT
