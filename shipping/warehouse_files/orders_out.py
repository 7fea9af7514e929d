"""Writing a file of orders for a warehouse, and handing them over by it: each is known there by the file's name.

Orders are claimed, written, then acknowledged: on the page at once, in a folder when the file is there. A file that was
written on the page and not acknowledged, by a worker that died, is acknowledged before another one is begun, and what
waits to be put stays claimed: so no order stands in two.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from core.files import kept_files
from core.files.csv_text import table
from core.files.models import CameBy, FileKind, KeptFile
from shipping.delivery import collection
from shipping.delivery.collection import ClaimedOrder
from shipping.models import Release, ReleaseQuerySet, Warehouse

HEADS = (
    *("order_number", "line", "sku", "units", "merchant", "source", "purchase_order"),
    *("name", "company", "address1", "address2", "address3", "city", "district", "state", "postal_code", "country"),
    *("phone", "address_kind", "instructions", "ship_method", "carrier", "scac", "service", "ship_from", "ship_by"),
    *("deliver_by", "programs", "door", "kit", "needs_codes", "serial_numbers", "gift_wrap", "gift_message"),
    "customization_url",
)


def write(
    warehouse: Warehouse, *, now: datetime, by: User | None = None, came_by: CameBy = CameBy.PAGE
) -> KeptFile | None:
    """Write what is offered to the warehouse into a file. None when nothing is. It is not handed over by that yet."""
    _settle_open(warehouse, now=now)
    claimed = collection.claim(warehouse, limit=collection.LONGEST, now=now).orders
    if not claimed:
        return None
    counts = {"orders": len(claimed), "order_ids": [each.release.order_id for each in claimed]}
    with transaction.atomic():
        text = table(HEADS, (row for each in claimed for row in _rows(each)))
        return kept_files.write_out(warehouse, FileKind.ORDERS, text, now=now, by=by, came_by=came_by, counts=counts)


def hand_over(file: KeptFile, warehouse: Warehouse, *, now: datetime) -> None:
    """The warehouse has the orders of a file. What was canceled or changed meanwhile waits among its requests."""
    collection.acknowledge(warehouse, dict.fromkeys(file.counts["order_ids"], file.name), now=now)
    kept_files.finish(file, file.counts, now=now)


def _settle_open(warehouse: Warehouse, *, now: datetime) -> None:
    files = KeptFile.objects.of(warehouse, FileKind.ORDERS).filter(is_ours=True, done_at=None)
    for file in files.filter(came_by=CameBy.PAGE).defer("sealed"):
        hand_over(file, warehouse, now=now)  # its writer died
    if not kept_files.is_to_be_put(warehouse):
        take_back(warehouse, now=now)
    for file in kept_files.waiting_out(warehouse, FileKind.ORDERS).defer("sealed"):
        _claimed_by(file, warehouse).lend(until=now + collection.LONGEST, now=now)  # it is still to be put


def take_back(warehouse: Warehouse, *, now: datetime) -> int:
    """Its folder was stopped: what waits to be put there comes in another file. Returns how many files waited.

    One that may be there, because no answer came, is handed over.
    """
    files = list(kept_files.waiting_out(warehouse, FileKind.ORDERS).defer("sealed"))
    for file in files:
        if file.shown_at is not None:
            hand_over(file, warehouse, now=now)
            continue
        with transaction.atomic():
            _claimed_by(file, warehouse).reopen(now=now, told_at=None)
            kept_files.withdraw(file, now=now)
    return len(files)


def _claimed_by(file: KeptFile, warehouse: Warehouse) -> ReleaseQuerySet:
    """Return the releases that a file waits with."""
    mine = Release.objects.filter(warehouse=warehouse, order__in=file.counts["order_ids"], replaces="")
    found: ReleaseQuerySet = mine.owed().exclude(told_at=None)
    return found


def _rows(claimed: ClaimedOrder) -> Iterator[Sequence[object]]:
    told, address, by = claimed.delivery, claimed.delivery.recipient, claimed.delivery.ship_method
    whole = (
        *(claimed.release.merchant.name, told.source, told.purchase_order, address.name, address.company),
        *(address.line1, address.line2, address.line3, address.city, address.district, address.state),
        *(address.postal_code, address.country, address.phone, address.kind, address.instructions),
        *((by.label, by.carrier, by.scac, by.service) if by else (told.service, "", "", "")),
        *(_moment(told.handling.ships_from), _moment(told.ship_by), _moment(told.deliver_by)),
        *(", ".join(told.programs), ", ".join(told.door)),
    )
    for line in told.lines:
        yield (
            *(told.reference, line.reference, line.product_code, line.quantity, *whole, line.kit),
            *("yes" if line.facts.is_transparency else "", "yes" if line.facts.serial_numbers else ""),
            *(line.gift_wrap, line.gift_message, line.customization_url),
        )


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""
