"""What a listing says besides what it takes to tell its quantity: status, handling time, issues. Read leniently."""

from collections.abc import Collection, Mapping
from typing import Any

from carts.marketplaces.amazon import scrub, wire_values
from core.common.one_line import fold

Json = Mapping[str, Any]
OWN_CHANNEL = "DEFAULT"  # the merchant's
_MOST_ISSUES = 20
_LONGEST_STATUS = 80
_MOST_DAYS = 365


def facts(item: Json, summary: Json, channels: Collection[str], place_id: str) -> dict[str, Any]:
    """Return the fields of an Offer that nothing depends on where they cannot be read. Pure."""
    return {
        "on_both_channels": OWN_CHANNEL in channels and any(code.startswith("AMAZON") for code in channels),
        "status": " ".join(sorted(wire_values.words(summary, "status")))[:_LONGEST_STATUS],
        "handling_days": _handling_days(item),
        "issues": _issues(item, place_id),
    }


def _handling_days(item: Json) -> int | None:
    for value in wire_values.parts(wire_values.part(item, "attributes"), "fulfillment_availability"):
        days = value.get("lead_time_to_ship_max_days")
        if value.get("fulfillment_channel_code") == OWN_CHANNEL and type(days) is int and 0 <= days <= _MOST_DAYS:
            return days
    return None


def _issues(item: Json, place_id: str) -> tuple[str, ...]:
    """Errors alone, of this place where it is said of which: a warning stops no offer."""
    found = [
        fold(scrub.sentence(issue.get("message") or ""))
        for issue in wire_values.parts(item, "issues")
        if issue.get("severity") == "ERROR" and place_id in (wire_values.words(issue, "marketplaceIds") or (place_id,))
    ]
    return tuple(dict.fromkeys(said for said in found if said))[:_MOST_ISSUES]
