"""What may be kept and shown of a request to 3PL Warehouse Manager: numbers, SKUs, units, states, the parcel.

Never whose it is: names, addresses, notes, gift messages and saved elements are hidden, as is every field it adds
tomorrow. Of a refusal its code and the fields it names are kept, without their values.
"""

from collections.abc import Mapping
from typing import Any

from core.common import allowed_fields

SHOWN = frozenset(
    {
        # numbers
        "id", "orderId", "orderItemId", "itemId", "packageId", "referenceNum", "externalId", "sku", "transactionId",
        # states and moments
        "status", "isClosed", "fullyAllocated", "onHold", "deactivated", "active", "creationDate", "lastModifiedDate",
        "processDate", "packDoneDate", "confirmDate", "pickupDate", "shipDate", "earliestShipDate", "shipCancelDate",
        # units and money
        "qty", "available", "allocated", "onHand", "orderedNotAllocated", "totalResults", "subtotal",
        # the parcel
        "carrier", "mode", "scacCode", "trackingNumber", "trackingNumbers", "isCod", "isInsurance",
        # what is asked for
        "rql", "pgsiz", "pgnum", "sort", "detail", "itemdetail", "grant_type", "expires_in", "token_type",
    }
)  # fmt: skip


def document(body: object) -> str:
    return allowed_fields.document(body, shown=SHOWN) if body else ""


def answered(body: Any, size: int, *, went_well: bool) -> str:
    """Return what stands for an answer; of one that is no document, how much of it there was."""
    if not size:
        return ""
    if not isinstance(body, dict | list):
        return f"{size} bytes that are no JSON document"
    if went_well or not isinstance(body, dict):
        return document(body)
    fields = [str(each.get("Name") or "")[:60] for each in body.get("Properties") or [] if isinstance(each, Mapping)]
    kind, code = (str(body.get(name) or "").partition(",")[0][:120] for name in ("$type", "ErrorCode"))
    return allowed_fields.document(
        {"type": kind, "ErrorCode": code, "Name": fields}, shown=("type", "ErrorCode", "Name")
    )
