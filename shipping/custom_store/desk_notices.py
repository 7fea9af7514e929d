"""A desk's notice of a package, put into the intake that all warehouses report to.

A notice says little, so what it leaves out is taken from what the order was to go by. It comes again whenever a desk is
not sure that it arrived: the same package twice does nothing.
"""

import hashlib
from datetime import datetime

from django.db.models import Q

from core.accounts.access import Access
from core.api import public_ids
from shipping.models import Release, ShipmentReport, Untracked, Warehouse
from shipping.shipments import reports
from shipping.shipments.carrier_words import carrier_words
from shipping.shipments.reports import ReportAnswer, Taken
from shipping.warehouses.base import ReportedLine, ReportedPackage, ReportedShipment
from shipping.warehouses.shipstation.ship_notice import ShipNotice

PERHAPS_MORE = 3


STORED, AGAIN = "Stored.", "It was stored before."
HELD = "Stored. It is not as ordered, so a person decides what becomes of it."
RETURNED = "A person wants this order packed anew. Ship it again, with another label."


class NoticeRefused(Exception):
    """Nothing was stored. The message says why, and what to mend; ``code`` is the status of the answer."""

    def __init__(self, sentence: str, *, status: int = 422) -> None:
        super().__init__(sentence)
        self.code = status


def take(warehouse: Warehouse, notice: ShipNotice, *, access: Access, now: datetime) -> str:
    """Store what a desk shipped, and return a sentence for it. Raises NoticeRefused.

    Other orders are named only as far as ``access`` may see them.
    """
    release = find_release(warehouse, notice)
    carrier, scac, service = carrier_words(release, notice.carrier, notice.service)
    lines = [ReportedLine(each.quantity, each.line_id, each.sku) for each in notice.items]
    package = ReportedPackage(
        carrier,
        service,
        notice.tracking_number,
        scac,
        untracked="" if notice.tracking_number else Untracked.NONE_GIVEN,
        lines=lines or None,
    )
    reported = ReportedShipment(
        order_number=release.number_there,
        reference=reference_of(notice),
        shipped_at=moment_of(notice, release, now=now),
        packages=[package],
    )
    taken = reports.take(warehouse, release.order_id, reported, now=now, access=access)
    if taken.answer is ReportAnswer.STORED:
        reports.tell_carts([release.order])
    return _told(taken)


def _told(taken: Taken) -> str:
    match taken.answer:
        case ReportAnswer.STORED:
            return STORED
        case ReportAnswer.AGAIN | ReportAnswer.OTHER_CONTENT:  # the same tracking number: it is that package
            return AGAIN
        case ReportAnswer.HELD:
            return HELD
        case ReportAnswer.RETURNED:
            raise NoticeRefused(RETURNED, status=409)
    said = " ".join(dict.fromkeys(each.message for each in taken.problems)) or taken.why
    raise NoticeRefused(f"Nothing was stored. {said}".strip())


def find_release(warehouse: Warehouse, notice: ShipNotice) -> Release:
    """Return what a notice is about. Raises NoticeRefused."""
    fetched = Release.objects.filter(warehouse=warehouse, released_at__isnull=False)
    number = Q(number=notice.order_number) | Q(number="", order__number=notice.order_number)
    named = fetched.filter(number | Q(replaces=notice.order_number))
    found = list(named.select_related("order__cart", "ship_method", "warehouse").order_by("pk")[:PERHAPS_MORE])
    if len(found) > 1:
        found = [each for each in found if each.order_id == _number_of(notice.order_id)] or [
            each for each in found if not each.order.is_shipped and not each.order.is_ended_otherwise
        ]
    if not found:
        raise NoticeRefused(f"Order {notice.order_number[:50]} was never handed to this store.", status=404)
    if len(found) > 1:
        raise NoticeRefused("Two carts have an order of this number. Send its OrderID in the body.", status=409)
    return found[0]


def _number_of(order_id: str) -> int:
    try:
        return public_ids.read(public_ids.ORDER, order_id.partition("-")[0])
    except ValueError:
        return 0


def moment_of(notice: ShipNotice, release: Release, *, now: datetime) -> datetime:
    """Return when a package was shipped: one for later today ships now, and none ships before its order on its day.

    A notice that does not say it, or says no more than this day, is the same notice when it comes again: it ships when
    it came first.
    """
    order, said = release.order, notice.shipped_at
    known = ShipmentReport.objects.filter(order=order, reference=reference_of(notice)).values_list("said", flat=True)
    first = datetime.fromisoformat(told["shipped_at"]) if (told := known.first()) else None
    if first is not None and (said is None or said.date() == first.date()):
        return first
    if said is None:
        return now
    if said.date() == now.date():
        said = min(said, now)
    return order.placed_at if said < order.placed_at and said.date() == order.placed_at.date() else said


def reference_of(notice: ShipNotice) -> str:
    """Return what a package is known by when its notice comes again: its number, or all that is said of it."""
    if notice.tracking_number:
        return notice.tracking_number[:80]
    said = repr((notice.order_number, notice.carrier, notice.service, notice.shipped_at, list(notice.items)))
    return "notice-" + hashlib.sha256(said.encode()).hexdigest()[:32]
