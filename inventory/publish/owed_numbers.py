"""Owing a seller account every number that it does not know: one pending number for a SKU, the newest.

What the marketplace shows is compared with what it was told a while before: where somebody changed it there, it is told
again. What must not be told any more is dropped. All of an account in a few statements, however many SKUs changed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from carts.models import Cart, Grant, Listing
from core.accounts.models import User
from inventory.models import StockLevel, StockUpdate
from inventory.publish import account_numbers, hold, known_numbers
from inventory.publish.account_numbers import AccountNumber, Reckoned
from inventory.publish.known_numbers import KnownNumber
from shipping.items.item_names import ItemNames

AT_ONCE = 500  # rows in one statement


@dataclass(slots=True)
class Owing:
    same: int = 0  # the account knows them already
    held: int = 0


def owe_changes(grant: Grant, carts: list[Cart], *, now: datetime) -> Owing:
    """Write down every number that the account does not know yet."""
    if not carts:
        return Owing()
    account = hold.account_of(grant)
    found = account_numbers.reckon_account(carts, deciding=account.deciding_cart_id, now=now)
    rows = known_numbers.known_by(grant)
    otherwise = known_numbers.shown_otherwise(grant, carts) & found.wanted.keys()
    verdict = hold.judge(account, carts, found, rows, now=now)
    owing = Owing(held=len(verdict.held))
    new: list[StockUpdate] = []
    moved: dict[int, StockUpdate] = {}
    for sku, quantity in verdict.go.items():
        row = rows.get(sku)
        if row is None:
            new.append(_first(grant, sku, quantity, found.wanted[sku], now))
        elif row.wanted != quantity or row.is_dropped:
            moved[row.pk] = _first(grant, sku, quantity, found.wanted[sku], now)
        else:
            owing.same += row.told == quantity
    with transaction.atomic():
        StockUpdate.objects.bulk_create(new, ignore_conflicts=True, batch_size=AT_ONCE)
        _move(moved, now)
        _drop(grant, found, rows, now=now)
        again = {sku for sku in otherwise if sku in rows and rows[sku].is_done}
        again |= known_numbers.refused_long_ago(grant, now=now) & found.wanted.keys() & rows.keys()
        _tell_again([pk for sku in again if (pk := rows[sku].pk) not in moved], now=now)
        _mark(grant, rows, found, verdict.held, otherwise)
    hold.tell_conflicts(account, carts, found, now=now)
    return owing


def _first(grant: Grant, sku: str, quantity: int, number: AccountNumber, now: datetime) -> StockUpdate:
    return StockUpdate(
        organization_id=number.cart.organization_id,
        merchant_id=number.cart.merchant_id,
        grant=grant,
        sku=sku,
        wanted=quantity,
        wanted_at=now,
        due_at=now,
        numbers=dict(number.numbers),
        in_conflict=bool(number.numbers),
    )


def _move(moved: Mapping[int, StockUpdate], now: datetime) -> None:
    """Let rows want other numbers: all of them by one statement, whatever the numbers."""
    # A worker that is telling the old number sees, when it settles, that another one is wanted.
    StockUpdate.objects.bulk_create(
        moved.values(),
        update_conflicts=True,
        unique_fields=["grant", "sku"],
        update_fields=["wanted", "wanted_at", "is_held"],
        batch_size=AT_ONCE,
    )
    for some in _chunks(moved):
        StockUpdate.objects.filter(pk__in=some).untaken(now).reopen(now=now)


def _drop(grant: Grant, found: Reckoned, rows: Mapping[str, KnownNumber], *, now: datetime) -> None:
    """What is owed of a SKU that must not be told is owed no longer. A worker that is at it looks for itself."""
    by_reason = defaultdict(list)
    for sku, reason in found.barred.items():
        if sku in rows and (rows[sku].is_unfinished or rows[sku].is_done):
            by_reason[reason].append(rows[sku].pk)
    for reason, keys in by_reason.items():
        for some in _chunks(keys):
            StockUpdate.objects.filter(pk__in=some).untaken(now).stop(reason, is_held=False, in_conflict=False)


def _tell_again(keys: Collection[int], *, now: datetime) -> None:
    for some in _chunks(keys):
        StockUpdate.objects.filter(pk__in=some).untaken(now).reopen(now=now, wanted_at=now)


def _mark(
    grant: Grant,
    rows: Mapping[str, KnownNumber],
    found: Reckoned,
    held: Collection[str],
    otherwise: Collection[str],
) -> None:
    """Keep which SKUs are in conflict, and which numbers are held. Only what is otherwise than before is written."""
    differing = {sku: number.numbers for sku, number in found.wanted.items() if number.numbers}
    marked = {sku for sku, row in rows.items() if row.is_marked}
    known = known_numbers.conflicts_of(grant) if marked else {}
    changed = []
    for sku in (marked | differing.keys() | set(held) | set(otherwise)) & rows.keys():
        row, numbers = rows[sku], dict(differing.get(sku, {}))
        marks = (numbers, sku in held, sku in otherwise)
        if (known.get(sku, {}), row.is_held, row.stands_otherwise) != marks:
            changed.append(
                StockUpdate(
                    pk=row.pk,
                    numbers=numbers,
                    in_conflict=bool(numbers),
                    is_held=sku in held,
                    stands_otherwise=sku in otherwise,
                )
            )
    columns = ["numbers", "in_conflict", "is_held", "stands_otherwise"]
    StockUpdate.objects.bulk_update(changed, columns, batch_size=200)


def owe_refused_again(which: Q, *, now: datetime) -> int:
    """Owe once more what the marketplace refused: somebody may have mended it there. Returns how many."""
    refused = StockUpdate.objects.filter(which).stuck()
    accounts = set(refused.values_list("grant", flat=True))
    again = int(refused.reopen(now=now, wanted_at=now))
    if again:
        Cart.objects.filter(grant__in=accounts, inventory_due_at__gt=now).update(inventory_due_at=now)
    return again


def retry_listing(listing_id: int, by: User, now: datetime) -> bool:
    """Owe a listing's number once more. False when it was not refused."""
    listing = Listing.objects.filter(pk=listing_id).select_related("cart").first()
    if listing is None or listing.cart.grant_id is None:
        return False
    return bool(owe_refused_again(Q(grant=listing.cart.grant_id, sku=listing.sku), now=now))


def owe_once_more(grants: Collection[int | None], skus: Collection[str], *, now: datetime) -> int:
    """Owe what the accounts know already, or refused: somebody wants it sent. What a worker is at is left to it."""
    known = StockUpdate.objects.filter(grant__in=grants, sku__in=skus).answered()
    return int(known.reopen(now=now, wanted_at=now))


def owe_counted_again(levels: "QuerySet[StockLevel]", *, now: datetime) -> int:
    """Somebody counted these, to the same number or another: what was refused of them is owed once more."""
    counted: dict[int, list[str]] = defaultdict(list)
    for merchant_id, sku in levels.values_list("merchant", "sku"):
        counted[merchant_id].append(sku)
    which = Q(pk__in=[])
    for merchant_id, skus in counted.items():
        offered = {*skus, *ItemNames.behind([merchant_id], skus).names}
        which |= Q(grant__in=Cart.objects.filter(merchant=merchant_id).values("grant"), sku__in=offered)
    return owe_refused_again(which, now=now)


def _chunks(keys: Collection[int]) -> Iterable[list[int]]:
    listed = list(keys)
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
