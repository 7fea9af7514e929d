"""Keeping a sheet while somebody works on it: its text as it came, and what they chose. All of it is sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from core.accounts.models import Organization, User
from shipping.models import TrackingSheet
from shipping.tracking_import.sheet.heads import Column

KEPT = timedelta(days=7)
RECENT = 10  # sheets that are offered again


@dataclass(slots=True)
class SheetContent:
    """What is kept of a sheet."""

    text: str
    columns: dict[Column, int | None] = field(default_factory=dict)  # as a person put them right
    orders: dict[str, int] = field(default_factory=dict)  # by the bare number, which of several orders is meant
    shipped_on: date | None = None  # None is today
    numbers: dict[int, str] = field(default_factory=dict)  # by the row, tracking numbers typed where the text has none


def keep(content: SheetContent, *, organization: Organization, by: User, now: datetime) -> TrackingSheet:
    """Store a new sheet."""
    with transaction.atomic(durable=True):
        sheet: TrackingSheet = TrackingSheet.objects.create(organization=organization, by=by, made_at=now)
        write(sheet, content)
    return sheet


def write(sheet: TrackingSheet, content: SheetContent) -> None:
    """Keep it as it is now. Of two people at one sheet, the later writes over what the earlier chose; nothing ships."""
    sheet.seal(
        {
            "text": content.text,
            "columns": {column.value: place for column, place in content.columns.items()},
            "orders": content.orders,
            "shipped_on": content.shipped_on.isoformat() if content.shipped_on else "",
            "numbers": {str(row): number for row, number in content.numbers.items()},
        }
    )
    sheet.save(update_fields=["sealed"])


def read(sheet: TrackingSheet) -> SheetContent:
    """Return what is kept of a sheet. Raises Unopenable."""
    kept = sheet.unseal()
    columns: Mapping[str, int | None] = kept["columns"]
    shipped_on = date.fromisoformat(kept["shipped_on"]) if kept["shipped_on"] else None
    chosen = {Column(name): place for name, place in columns.items()}
    numbers = {int(row): number for row, number in kept.get("numbers", {}).items()}  # older sheets have none
    return SheetContent(kept["text"], chosen, kept["orders"], shipped_on, numbers)
