"""Writing a file of what was shipped and not told yet. What stands in a file is told: the client has it from there.

What is put into a folder is told when it is there; until then it stands in no other file. The file and what it says are
one transaction, so a package stands in one file and in no second.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from carts.models import Cart
from core.accounts.models import User
from core.files import kept_files
from core.files.csv_text import table
from core.files.models import CameBy, FileKind, KeptFile
from orders.models import Order
from shipping.confirmation import dispatches
from shipping.models import Confirmation

MOST = 2_000  # packages in one file
TO_TELL = "to_tell"  # in a file's counts: the confirmations that are told once it is in its folder
HEADS = ("order_number", "tracking_number", "carrier", "scac", "service", "shipped_on", "sku", "units")


def owed(cart: Cart) -> "QuerySet[Confirmation]":
    """Return what was shipped and stands in no file yet."""
    found: QuerySet[Confirmation] = Confirmation.objects.filter(package__order__cart=cart).unfinished()
    if not kept_files.is_to_be_put(cart):
        return found
    waiting = kept_files.waiting_out(cart, FileKind.TRACKING).values_list("counts", flat=True)
    return found.exclude(pk__in=[pk for counts in waiting for pk in counts.get(TO_TELL, ())])


def write(cart: Cart, *, now: datetime, by: User | None = None, came_by: CameBy = CameBy.PAGE) -> KeptFile | None:
    """Write what is owed into a file. None when nothing is."""
    with transaction.atomic():
        Cart.objects.select_for_update(of=("self",)).get(pk=cart.pk)  # one file of a cart at a time
        if not kept_files.is_to_be_put(cart):
            for left in kept_files.waiting_out(cart, FileKind.TRACKING).defer("sealed"):  # its folder was stopped
                if left.shown_at is None:
                    kept_files.withdraw(left, now=now)
                else:
                    hand_over(left, now=now)  # it may be there
        found = _locked(owed(cart))
        if not found:
            return None
        zone = cart.organization.zone
        text = table(HEADS, (row for each in found for row in _rows(each, zone)))
        counts: dict[str, Any] = {"packages": len(found), "orders": len({each.package.order_id for each in found})}
        if came_by == CameBy.FOLDER:
            counts |= {TO_TELL: [each.pk for each in found]}
        else:
            _tell(found, now)
        return kept_files.write_out(cart, FileKind.TRACKING, text, now=now, by=by, came_by=came_by, counts=counts)


def hand_over(file: KeptFile, *, now: datetime) -> None:
    """The client has what stands in a file. What was corrected since it was written comes in another one."""
    with transaction.atomic():
        mine = Confirmation.objects.filter(pk__in=file.counts.get(TO_TELL, ())).unfinished()
        _tell(_locked(mine.exclude(package__corrected_at__gte=file.at)), now)
        kept_files.finish(file, file.counts, now=now)


def _locked(asked: "QuerySet[Confirmation]") -> list[Confirmation]:
    """Return them with what is in their packages, their orders locked."""
    orders = list(asked.order_by().values_list("package__order", flat=True).distinct()[:MOST])
    locked = [order.pk for order in Order.objects.filter(pk__in=orders).all_locked()]
    rows = asked.filter(package__order__in=locked).select_related("package__order__cart")
    return list(rows.prefetch_related(dispatches.packed("package__lines")).order_by("pk")[:MOST])


def _tell(found: Sequence[Confirmation], now: datetime) -> None:
    if found:
        dispatches.told_many(found, now=now)
        Confirmation.objects.filter(pk__in=[each.pk for each in found]).update(seen_at=now)


def _rows(confirmation: Confirmation, zone: tzinfo) -> Iterator[Sequence[object]]:
    package = confirmation.package
    shipped_on = package.shipped_at.astimezone(zone).date().isoformat()
    said = (package.order.number, package.tracking_number, package.carrier, package.scac, package.service, shipped_on)
    lines = list(package.lines.all())
    for packed in lines:
        yield (*said, packed.line.sku, packed.quantity)
    if not lines:
        yield (*said, "", "")
