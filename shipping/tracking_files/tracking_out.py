"""Writing a file of what was shipped and not told yet. What stands in a file is told: the client has it from there.

The file and what it says are one transaction, so a package stands in one file and in no second.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

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
HEADS = ("order_number", "tracking_number", "carrier", "scac", "service", "shipped_on", "sku", "units")


def owed(cart: Cart) -> "QuerySet[Confirmation]":
    """Return what was shipped and stands in no file yet."""
    found: QuerySet[Confirmation] = Confirmation.objects.filter(package__order__cart=cart).unfinished()
    return found


def write(cart: Cart, *, now: datetime, by: User | None = None, came_by: CameBy = CameBy.PAGE) -> KeptFile | None:
    """Write what is owed into a file. None when nothing is."""
    with transaction.atomic():
        Cart.objects.select_for_update(of=("self",)).get(pk=cart.pk)  # one file of a cart at a time
        orders = list(owed(cart).order_by().values_list("package__order", flat=True).distinct()[:MOST])
        locked = {order.pk: order for order in Order.objects.filter(pk__in=orders).all_locked()}
        rows = owed(cart).filter(package__order__in=list(locked)).select_related("package__order__cart")
        found = list(rows.prefetch_related(dispatches.packed("package__lines")).order_by("pk")[:MOST])
        if not found:
            return None
        zone = cart.organization.zone
        text = table(HEADS, (row for each in found for row in _rows(each, zone)))
        counts = {"packages": len(found), "orders": len({each.package.order_id for each in found})}
        file = kept_files.write_out(cart, FileKind.TRACKING, text, now=now, by=by, came_by=came_by, counts=counts)
        dispatches.told_many(found, now=now)
        Confirmation.objects.filter(pk__in=[each.pk for each in found]).update(seen_at=now)
    return file


def _rows(confirmation: Confirmation, zone: tzinfo) -> Iterator[Sequence[object]]:
    package = confirmation.package
    shipped_on = package.shipped_at.astimezone(zone).date().isoformat()
    said = (package.order.number, package.tracking_number, package.carrier, package.scac, package.service, shipped_on)
    lines = list(package.lines.all())
    for packed in lines:
        yield (*said, packed.line.sku, packed.quantity)
    if not lines:
        yield (*said, "", "")
