"""Shipments that warehouses report by themselves: the one way in, whichever protocol brings them.

What is wrong in itself, a tracking number that can be none, is refused with the field. What may be a fact of the real
world is stored for good, whatever the portal thinks of it: as it was ordered, it is shipped; otherwise it waits for a
person, who says 'Ship as packed' or 'Back to the warehouse'. A report is known by the warehouse's own reference.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import F

from core.accounts.access import Access
from core.activity.event_log import record
from core.alerts.raised import raise_alert
from core.common import bulk_insert
from core.common.errands import ErrandState
from core.common.kept_statements import KeptStatement
from core.common.money import Money
from orders.models import Order
from orders.statuses import WANTED_BACK
from shipping.alerts import MISPACKED
from shipping.carriers.typed_words import refusal, wrong_scac
from shipping.close.additional_charges import ChargeShare, currency_of
from shipping.close.preflight import ShippingProblem, preflight
from shipping.close.ship_and_close import Closing
from shipping.confirmation import dispatches
from shipping.delivery import answers, collection
from shipping.items.item_names import ItemNames
from shipping.models import Package, Recall, Release, ReportState, ShipmentReport, Warehouse
from shipping.shipments import report_contents, report_words, shipped_packages
from shipping.shipments.report_contents import Packed
from shipping.shipments.shipped_packages import NotShippable, Standing
from shipping.warehouses.base import GivenBack, ReportedShipment

# Locked: the units of all packages must not exceed what was ordered.
LOCKED = KeptStatement(
    lambda order_id, warehouse_id: (
        Order.objects.filter(pk=order_id, release__warehouse=warehouse_id)
        .all_locked()
        .select_related("cart")
        .annotate(release_state=F("release__state"))
    )
)
BEFORE = KeptStatement(
    lambda order_id, warehouse_id, reference: ShipmentReport.objects.filter(
        order=order_id, warehouse=warehouse_id, reference=reference
    )
)
OF_THE_ORDER = ("order", "units")  # what is wrong about these may be right in the real world: a person decides


class ReportAnswer(Enum):
    """What became of a report."""

    STORED = "stored for good"
    AGAIN = "it was stored before"
    HELD = "stored for good, and waits for a person"
    RETURNED = "a person wants it packed anew"
    REFUSED = "nothing was stored: something in it can't be right"
    OTHER_CONTENT = "this reference was used for another shipment"
    NOT_THERE = "there is no such order for this warehouse"

    @property
    def is_stored(self) -> bool:
        return self in (ReportAnswer.STORED, ReportAnswer.AGAIN, ReportAnswer.HELD)


SAID = ("digest", "said", "state", "why", "shipment", "decided_by", "at")  # what is said anew under a reference
OF_STATE = {
    ReportState.STORED: ReportAnswer.AGAIN,
    ReportState.HELD: ReportAnswer.HELD,
    ReportState.RETURNED: ReportAnswer.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one report, what is wrong with it, and what is odd though it was stored."""

    answer: ReportAnswer
    problems: Sequence[ShippingProblem] = ()
    odd: Sequence[ShippingProblem] = ()
    why: str = ""
    report: ShipmentReport | None = None


def take(
    warehouse: Warehouse, order_id: int, reported: ReportedShipment, *, now: datetime, access: Access | None = None
) -> Taken:
    """Take one report. Other orders are named only as far as ``access`` may see them.

    Safe to do twice, also at once. An order that was claimed and not acknowledged is acknowledged by it.
    """
    kept = report_words.to_json(reported)
    taken = _take(warehouse, order_id, reported, kept, now=now, access=access)
    if taken is None:
        collection.acknowledge(warehouse, {order_id: ""}, now=now)  # what was claimed; the others are passed over
        taken = _take(warehouse, order_id, reported, kept, now=now, access=access, is_owed=True)
    assert taken is not None
    return taken


def _take(
    warehouse: Warehouse,
    order_id: int,
    reported: ReportedShipment,
    kept: dict[str, Any],
    *,
    now: datetime,
    access: Access | None,
    is_owed: bool = False,
) -> Taken | None:
    """Look at it and store it, with its order locked. None for what is still owed, unless ``is_owed`` is known."""
    with transaction.atomic(durable=True):
        order: Order | None = LOCKED.first(order_id, warehouse.pk)
        if order is None:
            return Taken(ReportAnswer.NOT_THERE)
        before: ShipmentReport | None = BEFORE.first(order_id, warehouse.pk, reported.reference)
        if known := _became(before, kept):
            return known
        if order.release_state != ErrandState.DONE and not is_owed:  # type: ignore[attr-defined]
            return None
        stands = standing_at(warehouse, order)
        packed = contents(warehouse, order, reported, stands)
        packed.otherwise += _of_another_part(warehouse, order, stands, packed)
        closing = _closing(order, reported, packed, now)
        problems = _problems(closing, stands, now, access) if closing.parcels else []
        odd = [each for each in problems if each.warning]
        wrong = [*_impossible_words(order, reported), *(each for each in problems if not each.warning)]
        if refused := [each for each in wrong if each.field not in OF_THE_ORDER]:
            return Taken(ReportAnswer.REFUSED, refused, odd)
        why = [*packed.otherwise, *(each.message for each in wrong if each.field == "order" or not packed.otherwise)]
        report = _keep(closing, warehouse, before, kept, why=list(dict.fromkeys(why)), stands=stands, now=now)
    if report.why and order.is_held_for(*WANTED_BACK):
        _say_too_late(order, warehouse, now)
    return Taken(ReportAnswer.HELD if report.why else ReportAnswer.STORED, odd=odd, why=report.why, report=report)


def standing_at(warehouse: Warehouse, order: Order) -> Standing:
    """Return how far an order is at the warehouse that reports of it: of a split one, its part."""
    part = Release.objects.filter(order=order, warehouse=warehouse).first() if order.parts else None
    if part is not None:
        part.order = order
    return shipped_packages.standing(order, reported=True, part=part)


def _problems(closing: Closing, stands: Standing, now: datetime, access: Access | None) -> list[ShippingProblem]:
    order = closing.order
    known = {(order.pk, number) for number in stands.numbers}
    return preflight([closing], now=now, access=access, openings={order.pk: stands.opened}, known=known)


def _impossible_words(order: Order, reported: ReportedShipment) -> Iterator[ShippingProblem]:
    """Say what no carrier and no service could be called: forms refuse it where it is typed."""
    for place, package in enumerate(reported.packages):
        said = {name: refusal(name, getattr(package, name)) for name in ("carrier", "service")}
        for name, wrong in {**said, "scac": wrong_scac(package.scac)}.items():
            if wrong:
                yield ShippingProblem(order, name, wrong, place)


def contents(warehouse: Warehouse, order: Order, reported: ReportedShipment, stands: Standing) -> Packed:
    """Return what is in the packages, as the order stands now."""
    names = ItemNames.of([order.merchant_id], names={opening.line.sku for opening in stands.opened.values()})
    whole = warehouse.system.knows_kits
    parts = {
        pk: names.parts(order.merchant_id, opening.line.sku, whole_kits=whole) for pk, opening in stands.opened.items()
    }
    known = {*stands.numbers, *stands.former}
    return report_contents.compare(reported.packages, stands.opened, parts, known=known, is_last=reported.is_last)


def _of_another_part(warehouse: Warehouse, order: Order, stands: Standing, packed: Packed) -> list[str]:
    """Say which packages were shipped before, but from another warehouse of a split order: one of the two is wrong."""
    numbers = {each.parcel().tracking_number for each in packed.packages if each.is_known}
    if stands.part is None or not numbers:
        return []
    others = Package.objects.filter(order=order, tracking_number__in=numbers).exclude(shipment__warehouse=warehouse)
    found = others.select_related("shipment__warehouse").order_by("pk")
    return [f"Package {each.tracking_number} was shipped from {each.shipment.warehouse} already." for each in found]


def charges(order: Order, reported: ReportedShipment) -> list[ChargeShare]:
    return [
        ChargeShare(each.label, Money(each.amount, each.currency or currency_of(order)))
        for each in reported.charges
        if each.amount
    ]


def _closing(order: Order, reported: ReportedShipment, packed: Packed, now: datetime) -> Closing:
    parcels = [each.parcel() for each in packed.packages if not each.is_known]
    return Closing(order, parcels, reported.shipped_at or now, charges(order, reported))


def _became(found: ShipmentReport | None, kept: dict[str, Any]) -> Taken | None:
    """Return what became of it where it was reported before. What is to be packed anew may be reported anew."""
    if found is None:
        return None
    if found.digest == report_words.digest(kept):
        return Taken(OF_STATE[ReportState(found.state)], why=found.why, report=found)
    if found.state == ReportState.RETURNED:
        return None
    return Taken(ReportAnswer.OTHER_CONTENT, report=found)


def _keep(
    closing: Closing,
    warehouse: Warehouse,
    before: ShipmentReport | None,
    kept: dict[str, Any],
    *,
    why: Sequence[str],
    stands: Standing,
    now: datetime,
) -> ShipmentReport:
    """Store the report with what follows from it. ``why`` a person has to see to it; else it is shipped."""
    order, shipment = closing.order, None
    if not why:
        try:
            shipment = shipped_packages.store_of_locked(
                order,
                closing.parcels,
                shipped_at=closing.shipped_at,
                by=None,
                now=now,
                charges=closing.charges,
                warehouse=warehouse,
                stands=stands,
            )
        except NotShippable as error:
            why = [str(error)]
    report = before or ShipmentReport(
        organization_id=order.organization_id,
        merchant_id=order.merchant_id,
        order=order,
        warehouse=warehouse,
        reference=kept["reference"],
    )
    report.digest, report.said, report.at = report_words.digest(kept), kept, now
    report.state = ReportState.HELD if why else ReportState.STORED
    report.why, report.shipment, report.decided_by = " ".join(why), shipment, None
    if before is None:
        bulk_insert.insert([report], keyed=True)
    else:
        report.save(update_fields=SAID)
    if why:
        _hold(order, warehouse, report, now)
    return report


def _hold(order: Order, warehouse: Warehouse, report: ShipmentReport, now: datetime) -> None:
    record("shipment.held", order, now=now, warehouse=warehouse.name, reason=report.why)
    message = f"Order {order.number}: {warehouse} reported a shipment that needs a decision. {report.why}"
    raise_alert(MISPACKED, order, message, now=now, path=order.get_absolute_url())


def _say_too_late(order: Order, warehouse: Warehouse, now: datetime) -> None:
    """It was to come back, and is shipped: that is its answer. One that can be asked will say so by itself."""
    asked = Recall.objects.owed().filter(order=order, warehouse=warehouse).exists()
    if asked and warehouse.system.calls_us:
        answers.answer_cancel(warehouse, order.pk, GivenBack.TOO_LATE, reason="It was shipped.", now=now)


def tell_carts(orders: Iterable[Order]) -> None:
    """Have what was stored of these told to their carts now. After the commit."""
    dispatches.ring_for_orders((order.cart.grant_id, order.pk) for order in orders if order.cart.grant_id)


def find_order(warehouse: Warehouse, number: str) -> Release | None:
    """Return the release of the order a warehouse knows by this number; None when there is none, or several."""
    found = collection.find(warehouse, number)
    orders = {release.order_id for release in found}
    return found[0] if len(orders) == 1 else None
