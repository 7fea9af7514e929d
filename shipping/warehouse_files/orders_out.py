"""Writing a file of orders for a warehouse, and handing them over by it: each is known there by the file's name.

Orders are claimed, written, then acknowledged. A file that was written and not acknowledged, by a worker that died, is
acknowledged before another one is begun: so no order stands in two.
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
from shipping.models import Warehouse

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
    hand_over_open(warehouse, now=now)
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


def hand_over_open(warehouse: Warehouse, *, now: datetime) -> None:
    """Hand over what stands in files already: its writer died, or its folder can't be written to just now."""
    files = KeptFile.objects.of(warehouse, FileKind.ORDERS).filter(is_ours=True, done_at=None)
    for file in files.defer("sealed"):
        if file.came_by == CameBy.PAGE:
            hand_over(file, warehouse, now=now)
        else:  # it is still to be put
            collection.acknowledge(warehouse, dict.fromkeys(file.counts["order_ids"], file.name), now=now)


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
