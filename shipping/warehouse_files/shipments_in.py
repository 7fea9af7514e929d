"""Taking a warehouse's file of what it shipped, by the intake that all warehouses report to.

Each package is a report known by its tracking number, so a row that comes again does nothing. What can't be taken is
kept with the reason until it is sent again, or set aside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import ngettext

from core.accounts.access import Access
from core.alerts.raised import close_alerts, raise_alert
from core.common.sheets.rows import Row
from core.files import kept_files
from core.files.kept_files import KeptApart
from core.files.models import FileKind, KeptFile, KeptRows
from orders.order_files.order_cells import NotWritten
from shipping.alerts import SHIPMENTS_KEPT
from shipping.models import Release, ShipmentReport, Warehouse
from shipping.shipments import reports, ship_date
from shipping.shipments.carrier_words import carrier_words
from shipping.shipments.reports import ReportAnswer, Taken
from shipping.tracking_import.sheet import numbers, table
from shipping.tracking_import.sheet.sheet_columns import Layout
from shipping.tracking_import.sheet_orders import SheetOrder, SheetPackage, sheet_orders
from shipping.warehouse_files.shipment_layout import ShipmentLayout
from shipping.warehouses.base import ReportedLine, ReportedPackage, ReportedShipment

STRANGE = "No order of this number was handed to this warehouse."
WHICH = "The file does not say what is in each of its {count} packages. Add columns with the SKU and the units."
RETURNED = "A person wants this order packed anew. Ship it again, with another label."
CAME_BEFORE = (ReportAnswer.AGAIN, ReportAnswer.OTHER_CONTENT)  # the same tracking number: it is that package


@dataclass
class Came:
    """What became of a file, in packages and orders."""

    stored: int = 0
    known: int = 0
    held: list[str] = field(default_factory=list)  # orders whose packages are not as ordered: a person decides
    right: list[str] = field(default_factory=list)  # orders with nothing left to put right
    apart: list[KeptApart] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, Any]:
        kept = {"stored": self.stored, "known": self.known, "apart": len(self.apart)}
        return {**kept, "held": len(self.held), "held_numbers": self.held[:100]}


# -- Its shipments -----------------------------------------------------------------------------------------------------
def take(warehouse: Warehouse, file: KeptFile, layout: ShipmentLayout, *, access: Access | None, now: datetime) -> Came:
    """Take what a file says was shipped. Raises Unreadable, Unopenable."""
    rows = table.read(kept_files.text_of(file))
    by_number = {row.number: row for row in rows}
    intake, came = _Intake(warehouse, layout, by_number, access, now), Came()
    for order in sheet_orders(rows, layout.sheet):
        if why := order.problem or _take(intake, order, came):
            cells = [by_number[number].cells for number in order.rows]
            came.apart.append(KeptApart(order.number, order.rows, why, cells))
        else:
            came.right.append(order.number)
    with transaction.atomic():
        kept_files.keep_rows(file, _heads(rows, layout.sheet), came.apart, now=now)
        kept_files.settle(warehouse, FileKind.SHIPMENTS, came.right, now=now)
        again = [each.key[:100] for each in came.apart if each.key]
        older = KeptRows.objects.of(warehouse, FileKind.SHIPMENTS).filter(settled_at=None, file__lt=file.pk)
        older.filter(key__in=again).update(settled_at=now)
        kept_files.finish(file, came.counts, now=now)
    tell(warehouse, now=now)
    return came


def _heads(rows: Sequence[Row], layout: Layout) -> list[str]:
    if layout.head is not None:
        return list(layout.head.cells)
    named = {place: str(column.label) for column, place in layout.places.items()}
    return [named.get(place, "") for place in range(max((len(row.cells) for row in rows), default=0))]


@dataclass(frozen=True, slots=True)
class _Intake:
    """What is the same for every order of a file."""

    warehouse: Warehouse
    layout: ShipmentLayout
    rows: Mapping[int, Row]
    access: Access | None
    now: datetime


def _take(intake: _Intake, order: SheetOrder, came: Came) -> str:
    """Report an order's packages one by one. Returns why something of it was not stored; "" when all is."""
    forms = numbers.forms(order.number)
    release = next(filter(None, (reports.find_order(intake.warehouse, form) for form in forms)), None)
    if release is None:
        return STRANGE
    if len(order.packages) > 1 and not all(package.contents for package in order.packages):
        return WHICH.format(count=len(order.packages))
    why = []
    for package in order.packages:
        try:
            reported = _reported(intake, release, package)
        except NotWritten as wrong:
            why.append(f"The ship date {wrong}.")
            continue
        taken = reports.take(intake.warehouse, release.order_id, reported, now=intake.now, access=intake.access)
        came.stored += taken.answer is ReportAnswer.STORED
        came.known += taken.answer in CAME_BEFORE
        if taken.answer is ReportAnswer.HELD and order.number not in came.held:
            came.held.append(order.number)
        why.append(_refusal(taken))
    return " ".join(dict.fromkeys(filter(None, why)))


def _reported(intake: _Intake, release: Release, package: SheetPackage) -> ReportedShipment:
    """Return a package as warehouses report them. Raises NotWritten for a ship date that can't be read."""
    carrier, scac, service = carrier_words(release, package.carrier, package.service)
    lines = [ReportedLine(units, product_code=sku) for sku, units in package.contents.items()]
    said = ReportedPackage(carrier, service, package.tracking, package.scac or scac, lines=lines or None)
    reference = package.form[:80] or package.tracking[:80]
    day = intake.layout.dates.day([intake.rows[number] for number in package.rows])
    at = _moment_of(day, intake, release, reference) if day else None
    return ReportedShipment(release.number_there, reference, at, [said])


def _moment_of(day: date, intake: _Intake, release: Release, reference: str) -> datetime:
    """Return when a package was shipped: as it was told before, where that was on this day.

    Today is told as now: a row that comes again later would be another report, and what a person decided of it void.
    """
    zone = release.organization.zone
    before = ShipmentReport.objects.filter(order=release.order_id, warehouse=intake.warehouse, reference=reference)
    told = before.values_list("said__shipped_at", flat=True).first()
    known = datetime.fromisoformat(told) if told else None
    if known is not None and known.astimezone(zone).date() == day:
        return known
    return ship_date.moment_of(day, release.order, now=intake.now, zone=zone)


def _refusal(taken: Taken) -> str:
    if taken.answer.is_stored or taken.answer in CAME_BEFORE:
        return ""
    if taken.answer is ReportAnswer.RETURNED:
        return RETURNED
    said = " ".join(dict.fromkeys(each.message for each in taken.problems)) or taken.why
    return said or f"Nothing was stored: {taken.answer.value}."


def waiting(warehouse: Warehouse) -> Any:
    """Return what of this warehouse's files waits for a person."""
    return KeptRows.objects.of(warehouse, FileKind.SHIPMENTS).filter(settled_at=None).order_by("-pk")


def tell(warehouse: Warehouse, *, now: datetime) -> None:
    """Say on the alerts what of its files waits for a person, or that nothing does any more."""
    count = waiting(warehouse).count()
    columns = kept_files.columns_unsaid(warehouse, now=now)  # of stock, too
    if not count and not columns:
        close_alerts(warehouse, SHIPMENTS_KEPT, now=now)
        return
    said = []
    if count:
        rows = ngettext(
            "What a file says of {count} order was not taken. See why, and have its rows sent again.",
            "What files say of {count} orders was not taken. See why, and have their rows sent again.",
            count,
        )
        said.append(rows.format(count=count))
    if columns:
        said.append(columns)
    path = reverse("shipping:warehouse_files", args=[warehouse.pk])
    raise_alert(SHIPMENTS_KEPT, warehouse, f"{warehouse}: {' '.join(said)}", now=now, path=path)
