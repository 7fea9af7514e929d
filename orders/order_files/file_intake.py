"""Taking a file of orders: each by the intake of pushed orders, once, and what can't be taken kept with the reason.

A file never changes an order that is here already. If a worker dies, the file is read again: what was taken is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from carts.models import Cart
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert
from core.files import kept_files
from core.files.models import FileColumns, FileKind, KeptFile, KeptRows
from orders.alerts import ROWS_KEPT
from orders.download import order_documents
from orders.models import Order
from orders.order_files import file_orders, order_layout, sent_again
from orders.order_files.file_orders import FileOrder
from orders.order_files.order_layout import KeptLayout, OrderLayout
from orders.pushed import intake

AT_ONCE = 500  # orders in one transaction
NAMED = 100  # orders by their numbers, of each outcome


@dataclass
class Came:
    """What became of a file's orders, by their numbers."""

    taken: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)  # here already, as the file has them
    otherwise: list[str] = field(default_factory=list)  # here already, and the file says something else
    apart: list[FileOrder] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, Any]:
        return {
            "taken": len(self.taken),
            "known": len(self.known),
            "otherwise": len(self.otherwise),
            "apart": len(self.apart),
            "otherwise_numbers": self.otherwise[:NAMED],
        }


def columns_of(cart: Cart) -> FileColumns | None:
    found: FileColumns | None = FileColumns.objects.of(cart, FileKind.ORDERS).first()
    return found


def keep_columns(cart: Cart, layout: OrderLayout, *, by: User | None, now: datetime) -> None:
    """Read this cart's files this way from now on, as long as they have these heads."""
    kept = KeptLayout.of(layout)
    FileColumns.objects.update_or_create(
        subject_kind="cart",
        subject_id=cart.pk,
        kind=FileKind.ORDERS,
        defaults={
            "organization_id": cart.organization_id,
            "merchant_id": cart.merchant_id,
            "heads": kept.heads,
            "columns": kept.columns,
            "facts": kept.facts,
            "by": by,
            "at": now,
        },
    )


def take(cart: Cart, file: KeptFile, layout: OrderLayout, *, by: User | None, now: datetime) -> Came:
    """Take the orders of a file. Raises NotTaken for a cart that takes none now, Unreadable, Unopenable."""
    rows = order_layout.read(kept_files.text_of(file))
    came = Came()
    right: list[FileOrder] = []
    for order in _orders(cart, file, rows, layout):
        (came.apart if order.problem else right).append(order)
    for start in range(0, len(right), AT_ONCE):
        _take(cart, right[start : start + AT_ONCE], came, now)
    with transaction.atomic():
        kept_files.keep_rows(file, _heads(rows, layout), [order.apart for order in came.apart], now=now)
        kept_files.settle(cart, FileKind.ORDERS, [*came.taken, *came.known, *came.otherwise], now=now)
        _settle_older(cart, file, came)
        kept_files.finish(file, came.counts, now=now)
        if came.taken:
            record("orders.file_taken", cart, now=now, actor=by, count=len(came.taken), file=file.pk)
    tell(cart, now=now)
    return came


def _orders(cart: Cart, file: KeptFile, rows: Sequence[Any], layout: OrderLayout) -> list[FileOrder]:
    found = file_orders.file_orders(layout.body(rows), layout)
    numbers = [order.number[:100] for order in found if order.number]
    earlier = KeptRows.objects.of(cart, FileKind.ORDERS).filter(settled_at=None, key__in=numbers).exclude(file=file)
    before = sent_again.waiting(list(earlier)) if earlier else {}
    return [
        sent_again.put_together(order, before[order.number], layout) if order.number in before else order
        for order in found
    ]


def _take(cart: Cart, orders: Sequence[FileOrder], came: Came, now: datetime) -> None:
    documents = [order.document(cart.place_id, now) for order in orders]
    known = set(intake.take(cart, documents, now=now, only_new=True).known)
    digests = {document.number: order_documents.found(document, cart).digest for document in documents}
    kept = dict(Order.objects.filter(cart=cart, number__in=known).values_list("number", "digest"))
    for number, digest in digests.items():
        if number not in known:
            came.taken.append(number)
        elif kept.get(number) == digest:
            came.known.append(number)
        else:
            came.otherwise.append(number)


def _settle_older(cart: Cart, file: KeptFile, came: Came) -> None:
    """What came again and is still not right waits as it came last."""
    again = [order.number[:100] for order in came.apart if order.number and not order.in_part]
    older = KeptRows.objects.of(cart, FileKind.ORDERS).filter(settled_at=None, key__in=again, file__lt=file.pk)
    older.update(settled_at=file.at)


def _heads(rows: Sequence[Any], layout: OrderLayout) -> list[str]:
    if layout.head is not None:
        return layout.heads
    width = max((len(row.cells) for row in rows), default=0)
    named = {place: column.label for column, place in layout.places.items()}
    return [str(named.get(place, "")) for place in range(width)]


def waiting(cart: Cart) -> "QuerySet[KeptRows]":
    """Return what of this cart's files waits for a person."""
    found: QuerySet[KeptRows] = KeptRows.objects.of(cart, FileKind.ORDERS).filter(settled_at=None)
    return found.order_by("-pk")


def tell(cart: Cart, *, now: datetime) -> None:
    """Say on the alerts what of this cart's files waits for a person, or that nothing does any more."""
    count = waiting(cart).count()
    columns = kept_files.columns_unsaid(cart, FileKind.ORDERS, now=now)
    if not count and not columns:
        close_alerts(cart, ROWS_KEPT, now=now)
        return
    said = []
    if count:
        rows = ngettext(
            "{count} order of a file was not taken. See why, and send its rows again.",
            "{count} orders of files were not taken. See why, and send their rows again.",
            count,
        )
        said.append(rows.format(count=count))
    if columns:
        said.append(columns)
    path = reverse("orders:order_files", args=[cart.pk])
    raise_alert(ROWS_KEPT, cart, f"{cart}: {' '.join(said)}", now=now, path=path)
