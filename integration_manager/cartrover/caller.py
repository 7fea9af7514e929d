"""Who calls: the key, what it is of, and how many calls it has left.

A key comes as user and password, or in the address as ``api_user`` and ``api_key``. It is of one cart, of one merchant,
or of the whole organization; then each call about a merchant names it in ``X-Merchant-Pk``.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.http import HttpRequest

from carts.models import Cart
from core.accounts.access import Access, Role
from core.accounts.models import Merchant
from core.api import keys
from core.api.models import ApiKey
from core.api.scopes import Scope
from integration_manager.cartrover.envelope import RATE_LIMIT, Refused

BUCKET = 100  # calls at once
REFILL = 0.6  # seconds for one more
REALM = 'Basic realm="cartrover"'


@dataclass(frozen=True, slots=True)
class Caller:
    key: ApiKey
    cart: Cart | None

    def may(self, scope: Scope) -> None:
        if not self.key.may(scope):
            raise Refused(f"This key may not do that: it lacks the right “{scope.label}”.")

    def merchant(self, request: HttpRequest) -> Merchant:
        """Return the merchant this call is about. One of somebody else is answered like one that is not there."""
        named = request.headers.get("X-Merchant-Pk", "").strip()
        own = self.cart.merchant if self.cart else self.key.merchant
        if own is not None and named in ("", str(own.pk)):
            return own
        if not named:
            raise Refused("Say which merchant: send its number in the header X-Merchant-Pk.")
        number = int(named) if named.isascii() and named.isdecimal() and len(named) < 19 else 0
        found = None
        if own is None:
            found = Merchant.objects.filter(organization=self.key.organization, pk=number).first()
        if found is None:
            raise Refused(f"There is no merchant {named[:20]}. See /v1/wms/merchant/list.")
        return found

    def access(self, merchant: Merchant) -> Access:
        return Access(0, self.key.organization, Role.SELLER, merchant.pk)


def recognize(request: HttpRequest, *, basic_only: bool, now: datetime) -> Caller:
    """Raises Refused, with status 401."""
    user, password = _halves(request, basic_only=basic_only)
    try:
        key = keys.admit(user, password, address=request.META.get("REMOTE_ADDR", ""), now=now)
    except keys.KeyRefused as refused:
        raise _unauthorized(str(refused)) from None
    if key.warehouse_id is not None:
        raise _unauthorized("This is the key of a warehouse. Use one of a cart, of a merchant, or of the organization.")
    if key.cart_id is None:
        return Caller(key, None)
    cart = Cart.objects.select_related("merchant").filter(organization=key.organization, pk=key.cart_id).first()
    if cart is None or cart.is_archived:
        raise _unauthorized("The cart of this key was archived.")
    return Caller(key, cart)


def _halves(request: HttpRequest, *, basic_only: bool) -> tuple[str, str]:
    scheme, _, given = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        raise _unauthorized("Bearer tokens are not used here: send api_user and api_key as user and password (Basic).")
    if scheme.lower() == "basic":
        try:
            user, colon, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise _unauthorized(
                "The header Authorization can't be read. Send “Basic” and base64 of user:key."
            ) from None
        if not colon:
            raise _unauthorized("The header Authorization has no colon between api_user and api_key.")
        return user, password
    if scheme:
        raise _unauthorized(f"Send api_user and api_key as user and password (Basic), not as {scheme[:20]}.")
    user, password = request.GET.get("api_user", ""), request.GET.get("api_key", "")
    if basic_only and (user or password):
        raise _unauthorized("This call changes something: send api_user and api_key as user and password (Basic).")
    if not (user and password):
        raise _unauthorized("Send api_user and api_key as user and password (Basic).")
    return user, password


def _unauthorized(message: str) -> Refused:
    return Refused(message, status=401, WWW_Authenticate=REALM)


# -- The rate --------------------------------------------------------------------------------------------------------
def spend(key: ApiKey, *, limited: bool, now: datetime) -> int:
    """Take one call from the key's bucket and return how many are left. Raises Refused. New orders take none.

    Two calls at the same moment may count as one: this keeps a client that asks too often from asking, no more.
    """
    name, moment = f"cartrover:{key.pk}", now.timestamp()
    level, at = cache.get(name, (0.0, moment))
    level = max(0.0, level - max(0.0, moment - at) / REFILL)
    if not limited:
        return int(BUCKET - level)
    if level + 1 > BUCKET:
        raise Refused("Over API Limit. Please slow down requests.", code=RATE_LIMIT)
    cache.set(name, (level + 1, moment), int(BUCKET * REFILL) + 1)
    return int(BUCKET - level - 1)
