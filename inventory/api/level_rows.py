"""The rows of a report of stock: each read by itself, so that one that is wrong stops no other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.api.fields import moment
from inventory.intake import Observed

KNOWN = ("sku", "on_hand", "available", "observed_at", "sequence", "reason")
MOST_REASON = 200


class WrongRow(Exception):
    """The row says nothing that can be stored. The message names it and what is wrong."""


def read_row(row: Any, *, now: datetime) -> Observed:
    """Return what a row says, seen now where it doesn't say when. Raises WrongRow."""
    if not isinstance(row, Mapping):
        raise WrongRow("This must be an object.")
    sku = row.get("sku")
    if not isinstance(sku, str):
        raise WrongRow("sku: this must be text.")
    name = f"{sku[:40]}: "
    if unknown := [field for field in row if field not in KNOWN]:
        raise WrongRow(f"{name}there is no field {str(unknown[0])[:40]}. Known: {', '.join(KNOWN)}.")
    on_hand, available = row.get("on_hand"), row.get("available")
    if (on_hand is None) == (available is None):
        raise WrongRow(f"{name}say either on_hand, all on the shelf, or available, less the orders you know.")
    reason = row.get("reason", "")
    if not isinstance(reason, str) or len(reason) > MOST_REASON:
        raise WrongRow(f"{name}reason: this must be text of at most {MOST_REASON} characters.")
    return Observed(
        sku,
        _whole(name, "on_hand" if available is None else "available", on_hand if available is None else available),
        _moment(name, row.get("observed_at")) or now,
        None if row.get("sequence") is None else _whole(name, "sequence", row["sequence"]),
        orders_off=on_hand is None,
        reason=reason,
    )


def _whole(name: str, field: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongRow(f"{name}{field}: this must be a whole number, not text.")
    return value


def _moment(name: str, value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise WrongRow(f"{name}observed_at: this must be a moment like “2026-11-29T08:30:00Z”, as text.")
    try:
        return moment(value)
    except ValueError as error:
        raise WrongRow(f"{name}observed_at: {error}") from None
