"""Asking a seller to authorize us, and taking what comes back from the marketplace.

The consent's ``state`` is random, kept only as a digest, good for ten minutes, for one return, in the browser that
began. Begun by a person who is logged in, by a setup link, or by neither: then at the marketplace, to renew what there
is. The code is exchanged at once. Whose authorization it is, the browser says: the marketplace is asked, whoever began.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Q, QuerySet, Value, When

from carts.consent import grants, hindrances, proof
from carts.consent.grants import SELLER_ID
from carts.consent.refusals import Why, refused
from carts.lifecycle import GONE
from carts.marketplaces.base import Application, CodeSpent
from carts.marketplaces.values import Return, Tokens
from carts.models import Cart, Consent, Grant, SetupLink
from carts.setup_links import sent_links
from core.accounts.models import User
from core.common import vault
from core.common.remote import Rejected, RemoteError
from core.row_security import tenant

CONSENT_LIVES = timedelta(minutes=10)
CONSENT_KEPT = timedelta(days=1)  # so that who comes back too late is told so, and nothing is taken for another's
READ_WITH = (
    "begun_by",
    "cart__grant",
    "cart__merchant",
    "cart__organization",
    "link__organization",
    "link__cart__merchant",
)


@dataclass(frozen=True, slots=True)
class Granted:
    """What a consent brought."""

    cart: Cart
    seller_id: str
    store_name: str  # "" where the marketplace did not say
    left: bool = False  # the seller does not sell at the cart's place any more


# -- Asking ------------------------------------------------------------------------------------------------------------
def begin(
    cart: Cart,
    *,
    browser: str,
    by: User | None,
    now: datetime,
    link: SetupLink | None = None,
    goes_on: Consent | None = None,
    seller_id: str = "",
) -> str:
    """Return a fresh ``state`` for this cart, good in this browser.

    At the marketplace's visit it goes on with what was begun, and is for the seller whom the visit named.
    """
    with tenant.every_tenant():  # anybody can begin one: they must not pile up
        Consent.objects.filter(begun_at__lt=now - CONSENT_KEPT).delete()
    state = secrets.token_urlsafe(32)
    Consent.objects.create(
        state_digest=vault.digest(state),
        browser_digest=vault.digest(browser),
        cart=cart,
        begun_by=by,
        link=link,
        begun_with_id=(goes_on.begun_with_id or goes_on.pk) if goes_on else None,
        seller_id=seller_id if SELLER_ID.match(seller_id) else "",
        begun_at=now,
    )
    return state


def cart_to_renew(kind: str, seller_id: str, *, among: "QuerySet[Cart] | None" = None) -> Cart | None:
    """Return a cart whose authorization this seller may renew from the marketplace's side.

    Of several the one that ended, then the one that lapses soonest.
    """
    if not SELLER_ID.match(seller_id):
        return None
    ended = When(grant__state=Grant.State.ENDED, then=Value(0))
    carts: QuerySet[Cart] = Cart.objects.all() if among is None else among
    known = carts.filter(kind=kind, grant__seller_id=seller_id).exclude(state__in=GONE)
    return known.select_related("grant").order_by(Case(ended, default=Value(1)), "grant__authorized_at", "pk").first()


# -- Coming back -------------------------------------------------------------------------------------------------------
def find(state: str, *, browser: str) -> Consent | None:
    """Return the consent that a return belongs to, if it was begun in this browser."""
    if not state or not browser:
        return None
    same = Consent.objects.filter(state_digest=vault.digest(state), browser_digest=vault.digest(browser))
    return same.select_related(*READ_WITH).first()


def complete(application: Application, consent: Consent, back: Return, *, now: datetime) -> Granted:
    """Bind what came back from the marketplace to the cart it was asked for. Raises NotGranted."""
    _use(consent, now=now)
    cart, link = consent.cart, consent.link
    if back.error and not back.declined:
        raise refused(Why.SAID, said=back.error)
    if not back.code:
        raise refused(Why.DENIED)
    if not SELLER_ID.match(back.seller_id):
        raise refused(Why.UNREADABLE)
    _check_seller(consent, back.seller_id, now=now)
    tokens = _exchange(application, cart, back.code)
    store = proof.prove(
        application, cart.place, seller_id=back.seller_id, tokens=tokens, renewal=cart.grant is not None
    )
    grants.bind(
        cart,
        seller_id=back.seller_id,
        tokens=tokens,
        by=consent.begun_by,
        link=link,
        store_name=store.name,
        left=store.left,
        now=now,
    )
    _attempt(consent).update(granted_at=now)
    return Granted(cart, back.seller_id, store.name, left=store.left)


def _use(consent: Consent, *, now: datetime) -> None:
    if now - consent.begun_at > CONSENT_LIVES:
        raise refused(Why.LATE)
    begun = consent.begun_with_id or consent.pk  # of one attempt, whichever comes back first
    if not Consent.objects.filter(pk=begun, used_at=None).update(used_at=now):
        raise refused(Why.USED)
    _attempt(consent).update(used_at=now)
    if consent.link is not None and not sent_links.is_usable(consent.link, now=now):
        raise refused(Why.LINK_CLOSED)


def _attempt(consent: Consent) -> "QuerySet[Consent]":
    """What was begun, and all that goes on with it."""
    begun = consent.begun_with_id or consent.pk
    return Consent.objects.filter(Q(pk=begun) | Q(begun_with=begun))


def _check_seller(consent: Consent, seller_id: str, *, now: datetime) -> None:
    """Refuse another seller than the visit named, and than the cart had, before the code is spent."""
    cart, grant = consent.cart, consent.cart.grant
    ours = bool(consent.begun_by or consent.link)  # anybody can begin at the marketplace, and write here what they like
    if not ours and (grant is None or cart.state in GONE):
        raise refused(Why.NO_CART)
    if grant is not None and grant.seller_id != seller_id:
        if ours:
            hindrances.report(consent.cart, Why.OTHER_SELLER, seller_id=seller_id, now=now)
        raise refused(Why.OTHER_SELLER)
    if consent.seller_id and consent.seller_id != seller_id:  # this cart was chosen because of whom the visit named
        raise refused(Why.CHANGED, first=consent.seller_id, then=seller_id)


def _exchange(application: Application, cart: Cart, code: str) -> Tokens:
    try:
        return application.exchange(code, redirect_uri=grants.redirect_uri(cart.kind))
    except CodeSpent as error:
        raise refused(Why.EXPIRED) from error
    except Rejected as error:
        raise refused(Why.REFUSED, said=str(error)) from error
    except RemoteError as error:
        raise refused(Why.AWAY) from error
