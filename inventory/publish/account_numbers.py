"""The one number that a seller account is to show of each SKU, from what its carts want.

The marketplace keeps one quantity for an account and SKU, whatever the place it was told in. Carts whose settings give
different numbers are in conflict: the lowest goes out, or that of the cart somebody chose.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from django.db.models import Max

from carts.account_health import open_places
from carts.models import Cart, Grant
from inventory.free_stock import FreeStock
from inventory.models import ShelfPolicy, StockLevel
from inventory.publish.known_numbers import Listed
from inventory.shelf_shares import Offer, SharedShelf, Sharing
from shipping.models import Warehouse
from shipping.routing import routes_for

SILENT = timedelta(hours=24)  # a warehouse that reports its stock and has not for so long

THEIRS = "{place} fulfills it: a quantity would turn the offer."
BOTH = "It is offered both by {place} and by you: nothing is sent until one of the two is ended."
GONE = "{place} doesn't list it any more."

CartNumbers = list[tuple[Cart, Mapping[str, int]]]  # what each cart wants, by SKU


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
    doubled: set[str] = field(default_factory=set)  # of one account, selling the same units; nobody said how they share
    silent: set[str] = field(default_factory=set)  # the warehouse of their number has been silent for too long
    silent_warehouses: set[str] = field(default_factory=set)  # names


def publishing_carts(grant: Grant) -> list[Cart]:
    """Return the account's carts that tell stock, the oldest first; those whose marketplace the seller left, last."""
    told = Cart.objects.at_work().filter(grant=grant, inventory_on=True)
    carts = list(told.select_related("merchant", "organization", "grant").order_by("pk"))
    closed = open_places.closed_among(carts)
    return sorted(carts, key=lambda cart: cart.pk in closed)


def reckon_account(carts: Sequence[Cart], *, deciding: int | None, now: datetime) -> Reckoned:
    """``deciding`` is the cart somebody chose for where they differ."""
    found = Reckoned()
    listed = Listed.by(carts)
    _bar(found, listed, place=carts[0].place.name)
    of_carts, silent = _numbers(carts, listed, found, now=now)
    if closed := open_places.closed_among(carts):
        of_carts = _without_say(of_carts, closed)
    _decide(found, of_carts, deciding)
    if silent:
        _mark_silent(found, of_carts, silent)
    return found


def _bar(found: Reckoned, listed: Listed, *, place: str) -> None:
    offered = {sku for skus in listed.offered.values() for sku in skus} if listed.odd else set()
    for sku, listings in listed.odd.items():
        there = [listing for listing in listings if not listing.is_gone]
        if any(listing.on_both_channels for listing in there):
            found.barred[sku] = BOTH.format(place=place)
            found.both.add(sku)
        elif any(listing.fulfilled_by_marketplace for listing in there):
            found.barred[sku] = THEIRS.format(place=place)
        elif sku not in offered:
            found.barred[sku] = GONE.format(place=place)


def _numbers(
    carts: Sequence[Cart], listed: Listed, found: Reckoned, *, now: datetime
) -> tuple[CartNumbers, dict[int, str]]:
    """Return what each cart wants of each SKU that may be told and was counted, in the order of the carts; and the
    warehouses that have been silent for too long, by the ids of their carts."""
    routes = routes_for(carts)
    shelves: dict[tuple[int, int], _Shelf] = {}  # reckoned once for each merchant and warehouse
    numbers: CartNumbers = []
    silent: dict[int, str] = {}
    for cart in carts:
        warehouse = routes[cart.pk].warehouse
        key = (cart.merchant_id, warehouse.pk)
        if key not in shelves:
            free = FreeStock.of(cart.merchant_id, now=now, warehouse_ids=[warehouse.pk])
            shelves[key] = _Shelf(SharedShelf.of(free, warehouse.pk, Sharing.of(cart.merchant_id)))
        shelf = shelves[key]
        of_cart = shelf.numbers(cart.grant_id or 0, listed.offered[cart.pk], found.barred)
        numbers.append((cart, of_cart))
        found.doubled |= _doubled(shelf.shared, of_cart)
        if of_cart and _is_silent(warehouse, cart.merchant_id, now=now):
            silent[cart.pk] = warehouse.name
    return numbers, silent


def _without_say(of_carts: CartNumbers, closed: Collection[int]) -> CartNumbers:
    """A marketplace that the seller left decides nothing of what is offered in another one."""
    elsewhere = {sku for cart, numbers in of_carts if cart.pk not in closed for sku in numbers}
    return [
        (cart, {sku: number for sku, number in numbers.items() if cart.pk not in closed or sku not in elsewhere})
        for cart, numbers in of_carts
    ]


def _mark_silent(found: Reckoned, of_carts: CartNumbers, silent: Mapping[int, str]) -> None:
    """A number is as old as the report it comes from, unless another cart's warehouse comes to the same now."""
    fresh = {each for cart, numbers in of_carts if cart.pk not in silent for each in numbers.items()}
    for sku, number in found.wanted.items():
        if number.cart.pk in silent and (sku, number.quantity) not in fresh:
            found.silent.add(sku)
            found.silent_warehouses.add(silent[number.cart.pk])


@dataclass(slots=True)
class _Shelf:
    """What one account may show of a merchant's goods from one warehouse: worked out once, however many carts."""

    shared: SharedShelf
    known: dict[str, int | None] = field(default_factory=dict)

    def numbers(self, grant_id: int, skus: Iterable[str], barred: Mapping[str, str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for sku in skus:
            if sku not in self.known:
                self.known[sku] = self.shared.available(Offer(grant_id, sku))
            number = self.known[sku]
            if number is not None and sku not in barred:
                found[sku] = number
        return found


def _doubled(shelf: SharedShelf, skus: Iterable[str]) -> set[str]:
    """Return the SKUs that stand for the same item as another one of them, where nobody decided how they share it."""
    names, merchant_id = shelf.free.names, shelf.free.merchant_id
    if shelf.sharing.chosen or not names.aliases:
        return set()
    same: dict[str, set[str]] = defaultdict(set)
    for sku in skus:
        same[names.item(merchant_id, sku)].add(sku)
    return {sku for of_item in same.values() if len(of_item) > 1 for sku in of_item}


def _decide(found: Reckoned, of_carts: CartNumbers, deciding: int | None) -> None:
    """Each SKU gets the number its carts agree on; where they differ, the chosen cart's or else the lowest."""
    wanted, differing = found.wanted, set()
    for cart, numbers in of_carts:
        for sku, quantity in numbers.items():
            known = wanted.get(sku)
            if known is None:
                wanted[sku] = AccountNumber(quantity, cart)
            elif known.quantity != quantity:
                differing.add(sku)
    for sku in differing:
        wants = [(cart, numbers[sku]) for cart, numbers in of_carts if sku in numbers]
        chosen = next((each for each in wants if each[0].pk == deciding), None)
        cart, quantity = chosen or min(wants, key=lambda each: each[1])
        wanted[sku] = AccountNumber(quantity, cart, {str(each.pk): number for each, number in wants})


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
