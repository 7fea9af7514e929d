"""What speaks against a seller for a cart: another seller before, another merchant's account, one connected already.

Nothing of it is bound silently: the person reads why, the staff get an alert, and an admin may allow one of them.
"""

from datetime import datetime

from django.db import transaction

from carts.alerts import OTHER_MERCHANT, OTHER_SELLER, SELLER_TWICE
from carts.consent.refusals import NotGranted, Why, refused
from carts.models import Cart, Grant
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert

CHANGEABLE = " While the cart is not live yet, “Connect another account” on its page takes the first one off it."


def find(cart: Cart, seller_id: str) -> Why | None:
    """Return what speaks against this seller for the cart, as far as is known here. It may be one not made yet."""
    if cart.merchant_id and cart.merchant.leaves_at is not None:
        return Why.LEAVES
    if cart.pk and Grant.objects.filter(carts=cart).exclude(seller_id=seller_id).exists():
        return Why.OTHER_SELLER
    known = Grant.objects.filter(organization_id=cart.organization_id, kind=cart.kind, seller_id=seller_id)
    # In whatever region: one account does not sell for two merchants because it sells on two continents.
    if any(not _may_share(cart, grant) for grant in known.exclude(merchant=cart.merchant_id)):
        return Why.OTHER_MERCHANT
    return Why.TAKEN if taken_by(cart, seller_id) is not None else None


def refusal(why: Why, cart: Cart, seller_id: str) -> NotGranted:
    """Return the error to raise for what speaks against this seller."""
    known = _merchants_of(cart, seller_id) if why == Why.OTHER_MERCHANT else ""
    return refused(why, seller=seller_id, place=cart.place.name, merchant=known)


def _merchants_of(cart: Cart, seller_id: str) -> str:
    """Return for whom else this seller authorized us, for the 3PL's people to read: no merchant hears of another."""
    known = Grant.objects.filter(organization_id=cart.organization_id, kind=cart.kind, seller_id=seller_id)
    names = known.exclude(merchant=cart.merchant_id).order_by("merchant__name").values_list("merchant__name", flat=True)
    return ", ".join(dict.fromkeys(names)) or "another merchant"


def taken_by(cart: Cart, seller_id: str) -> Cart | None:
    """Return the other cart that connects this seller to the same place."""
    of_seller = Cart.objects.filter(
        organization_id=cart.organization_id, kind=cart.kind, place_id=cart.place_id, grant__seller_id=seller_id
    )
    found: Cart | None = of_seller.exclude(pk=cart.pk).exclude(state=Cart.State.ARCHIVED).first()
    return found


def _may_share(cart: Cart, grant: Grant) -> bool:
    """Whether the cart may use a grant of another merchant: it does already, or somebody allowed it."""
    return cart.grant_id == grant.pk or Cart.objects.filter(pk=cart.pk, allowed_seller_id=grant.seller_id).exists()


def report(cart: Cart, why: Why, *, seller_id: str, now: datetime) -> None:
    """Tell the staff that a consent was refused, where only they can decide about it."""
    with transaction.atomic(durable=True):
        if why == Why.TAKEN:
            told = (
                f"Seller {seller_id} authorized us for {cart} and is already connected to {cart.place.name} by "
                f"{taken_by(cart, seller_id)}. Nothing was changed: two carts would bring each order twice. Archive "
                "one of the two, or have the right account authorize us."
            )
            raise_alert(SELLER_TWICE, cart, told, now=now, path=cart.get_absolute_url())
        if why == Why.OTHER_SELLER:
            told = (
                f"Seller {seller_id} authorized us for {cart}, which belongs to another seller account. Nothing was "
                "changed. Have the right account authorize us, or create a new cart for this one; if it "
                "asks for the account, choose “Another seller account”." + (CHANGEABLE if cart.live_at is None else "")
            )
            raise_alert(OTHER_SELLER, cart, told, now=now, path=cart.get_absolute_url())
        if why != Why.OTHER_MERCHANT:
            return
        Cart.objects.filter(pk=cart.pk).update(refused_seller_id=seller_id)
        cart.refused_seller_id = seller_id
        told = (
            f"Seller {seller_id} authorized us for {cart} of {cart.merchant}, and is connected for "
            f"{_merchants_of(cart, seller_id)} already. Nothing was changed: an admin or owner "
            "has to decide about this account on the cart's page."
        )
        raise_alert(OTHER_MERCHANT, cart, told, now=now, path=cart.get_absolute_url())


def allow(cart: Cart, seller_id: str, *, by: User, now: datetime) -> bool:
    """Let the cart use an account that another merchant's carts use. False when another one was refused meanwhile."""
    with transaction.atomic(durable=True):
        refused_ = Cart.objects.filter(pk=cart.pk, refused_seller_id=seller_id or "-")
        allowed = refused_.update(allowed_seller_id=seller_id, refused_seller_id="")
        if allowed:
            record("cart.account_allowed", cart, now=now, actor=by, seller=seller_id)
            close_alerts(cart, OTHER_MERCHANT, now=now)
    return bool(allowed)
