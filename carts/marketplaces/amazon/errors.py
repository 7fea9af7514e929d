"""What Amazon's refusals mean: which of the three errors, and in what words."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from carts.marketplaces.amazon import scrub
from core.common.remote import Rejected, RemoteError, Throttled, Unavailable

# Reference: https://developer-docs.amazon.com/sp-api/docs/roles-in-the-selling-partner-api
_INVENTORY = "Inventory and Order Tracking"
_LISTING = "Product Listing"
RESTRICTED = "“Direct-to-Consumer Shipping (Restricted)”"
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "searchOrders": f"“{_INVENTORY}” and {RESTRICTED}",
        "getOrder": f"“{_INVENTORY}” and {RESTRICTED}",
        "confirmShipment": RESTRICTED,
        "patchListingsItem": f"“{_LISTING}”",
        "getListingsItem": f"“{_LISTING}”",
        "searchListingsItems": f"“{_LISTING}”",
        "createFeedDocument": f"“{_LISTING}” or “{_INVENTORY}”",
        "createFeed": f"“{_LISTING}” or “{_INVENTORY}”",
        "getMarketplaceParticipations": "“Selling Partner Insights”",
        "getAccount": "“Selling Partner Insights”",
    }
)
# Said with a 4xx, and yet nobody can do anything but wait.
_TOO_MANY = frozenset({"QuotaExceeded", "RequestThrottled", "TooManyRequests"})
_PASSING = frozenset({"InternalFailure", "InternalError", "ServiceUnavailable"})


class TokenRefused(Rejected):
    """Amazon refused the access token, or says so. Worth one more try with a new one."""


def error(operation: str, status: int, body: Any, *, retry_in: timedelta | None = None) -> RemoteError:
    """Return the error to raise for an answer that is not a success.

    Never Disconnected: a 403 may mean a missing role, a closed account or an application without approval. Only Login
    with Amazon knows that a grant has ended.
    """
    code, message, details = _first(body)
    if status == 429 or code in _TOO_MANY:
        return Throttled("Amazon asks us to wait: too many requests.", retry_in=retry_in)
    if status >= 500 or status in (408, 425) or code in _PASSING:
        return Unavailable(f"Amazon is having problems (status {status}).", retry_in=retry_in)
    if status < 400 or not isinstance(body, dict):
        # A page of HTML or a redirect: this is not the API that speaks, but something in front of it.
        return Unavailable(f"Amazon's response could not be read (status {status}).", retry_in=retry_in)
    if status in (401, 403):
        return _forbidden(operation, status, code, message, details)
    said = ": ".join(part for part in (message, details) if part) or f"Amazon gave no reason (status {status})."
    return Rejected(said, code=code)


def _forbidden(operation: str, status: int, code: str, message: str, details: str) -> Rejected:
    roles = ROLES.get(operation)
    need = f" It needs the role {roles}." if roles else ""
    sentence = (
        f"Amazon doesn't allow {operation or 'this request'} ({code or status}).{need} "
        "Give the application that role, then have the seller authorize again."
    )
    # An expired token and a missing role have code and message in common; only the details tell, when there are any.
    about_token = status == 401 or "token" in f"{message} {details}".lower() or (code == "Unauthorized" and not details)
    return (TokenRefused if about_token else Rejected)(sentence, code=code or str(status))


def _first(body: Any) -> tuple[str, str, str]:
    """Return code, message and details of the first of Amazon's errors, empty where it did not say."""
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return "", "", ""
    return (
        scrub.sentence(first.get("code") or "", limit=100),
        scrub.sentence(first.get("message") or ""),
        scrub.sentence(first.get("details") or ""),
    )
