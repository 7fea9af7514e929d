"""What 3PL Warehouse Manager's refusals mean: which of the errors, and in what words.

Its errors name a type, a code and the fields they are about. The values of fields are not told: they may be a buyer's.
Source: the exceptions of the API's own documentation, as collected by public clients (November 2026).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.common.remote import Disconnected, Rejected, RemoteError, Throttled, Unavailable

TOO_LATE = frozenset({"OrderConfirmed", "InUse", "AlreadyCompleted"})
CANCELED = "OrderCanceled"
DUPLICATE = "Duplicate"
TELLING = ("sku", "referencenum", "customeridentifier", "facilityidentifier")  # fields whose values are nobody's secret
ROLES = "OrderView, OrderEdit, OrderWrite, InventoryDetailView, ItemView, CustomerView and FacilityView"
WORDS: Mapping[str, str] = {
    "Required": "is required",
    "DoesNotExist": "doesn’t exist there",
    "Duplicate": "is there already",
    "Incompatible": "doesn’t fit the rest of the order",
    "ValueNotSupported": "has a value it doesn’t take",
}


def error(status: int, body: Any, *, retry_in: timedelta | None = None) -> RemoteError:
    """Return the error to raise for an answer that is no success. ``body`` is its JSON, None where it is none."""
    if status == 429:
        return Throttled("3PL Warehouse Manager asks us to wait: too many requests.", retry_in=retry_in)
    if status == 401:
        return Disconnected(
            "3PL Warehouse Manager doesn’t accept the client ID and secret. Enter those of its Support Portal, under "
            "Manage Credentials."
        )
    if status == 403 and not isinstance(body, dict):  # of whatever stands in front of it
        body = None
    if status >= 500 or status in (408, 412, 425, 428) or not isinstance(body, dict | None):
        return Unavailable(f"3PL Warehouse Manager is having problems (status {status}).", retry_in=retry_in)
    if status == 404:
        return Rejected("3PL Warehouse Manager doesn’t have what was asked for.", code="404")
    kind, code = _kind(body), str((body or {}).get("ErrorCode") or "")
    if status == 403 and kind != "OperationException":
        return Rejected(
            f"3PL Warehouse Manager doesn’t allow this with these credentials. They need the roles {ROLES}.",
            code=code or "403",
        )
    return Rejected(_sentence(status, code, body or {}), code=code or str(status))


def _kind(body: Mapping[str, Any] | None) -> str:
    """Return the exception's name out of "WMS.V2.….OperationException, assembly"."""
    return str((body or {}).get("$type") or "").partition(",")[0].rpartition(".")[2]


def _sentence(status: int, code: str, body: Mapping[str, Any]) -> str:
    fields = [_field(each) for each in body.get("Properties") or [] if isinstance(each, Mapping)]
    if fields and code:
        return f"3PL Warehouse Manager: {', '.join(fields)} {WORDS.get(code, f'was refused ({code})')}."
    return f"3PL Warehouse Manager refused it ({code or status})."


def _field(named: Mapping[str, Any]) -> str:
    name, value = str(named.get("Name") or "a field")[:60], named.get("Value")
    tells = name.lower().rpartition(".")[2] in TELLING and isinstance(value, str | int)
    return f"{name} “{str(value)[:60]}”" if tells and value else name
