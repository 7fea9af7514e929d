"""Shipments a warehouse reported that are not as ordered: what a person decides about them, once."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts
from orders.models import Order
from shipping.alerts import MISPACKED
from shipping.close.preflight import preflight
from shipping.close.ship_and_close import Closing
from shipping.models import ReportState, ShipmentReport
from shipping.shipments import report_contents, report_words, reports, shipped_packages
from shipping.shipments.shipped_packages import NotShippable


def held(order: Order) -> "QuerySet[ShipmentReport]":
    """Return what waits for a decision, the oldest first."""
    found: QuerySet[ShipmentReport] = ShipmentReport.objects.filter(order=order, state=ReportState.HELD)
    return found.select_related("warehouse").order_by("pk")


def ship_as_packed(order: Order, report_id: int, *, by: User, now: datetime) -> bool:
    """It went like that: store it, and tell the cart what of it was ordered. False when it was decided before.

    Raises NotShippable.
    """
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        report = held(order).filter(pk=report_id).first()
        if report is None:
            return False
        said = report_words.of_json(report.said)
        stands = reports.standing_at(report.warehouse, order)
        parcels = report_contents.as_packed(reports.contents(report.warehouse, order, said, stands))
        closing = Closing(order, parcels, said.shipped_at or report.at, reports.charges(order, said))
        if not parcels:
            raise NotShippable(f"{order.number}: nothing of it is still to be shipped, so the cart takes no tracking.")
        if wrong := [
            each for each in preflight([closing], now=now, openings={order.pk: stands.opened}) if not each.warning
        ]:
            raise NotShippable(f"{order.number}: {wrong[0].message}")
        shipment = shipped_packages.store_of_locked(
            order,
            parcels,
            shipped_at=closing.shipped_at,
            by=by,
            now=now,
            charges=closing.charges,
            warehouse=report.warehouse,
            stands=stands,
        )
        _decide(order, report, ReportState.STORED, by, now)
        ShipmentReport.objects.filter(pk=report.pk).update(shipment=shipment)
        record("shipment.as_packed", order, now=now, actor=by, what=report.why)
    reports.tell_carts([order])
    return True


def back_to_warehouse(order: Order, report_id: int, *, by: User, now: datetime) -> bool:
    """It is packed anew: nothing is shipped by it, and the warehouse may report again. False when decided before."""
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        report = held(order).filter(pk=report_id).first()
        if report is None:
            return False
        _decide(order, report, ReportState.RETURNED, by, now)
        record("shipment.returned", order, now=now, actor=by, warehouse=report.warehouse.name)
    return True


def _decide(order: Order, report: ShipmentReport, state: ReportState, by: User, now: datetime) -> None:
    ShipmentReport.objects.filter(pk=report.pk, state=ReportState.HELD).update(state=state, decided_by=by)
    if not held(order).exists():
        close_alerts(order, MISPACKED, now=now)
