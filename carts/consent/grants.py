"""Sellers' authorizations: keeping one, noticing its end. How one is asked for is in carts/consent/requests.py.

Tokens are sealed to the grant they belong to. A grant stays with the merchant who brought it first, also where a cart
of another merchant uses it.
"""

import re
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from carts.alerts import GRANT_ENDED, GRANT_LAPSES, OTHER_MERCHANT, OTHER_SELLER, SELLER_TWICE
from carts.consent import credentials, hindrances
from carts.consent.refusals import NotGranted, Why, refused
from carts.lifecycle import GONE
from carts.marketplaces.base import Application
from carts.marketplaces.values import Tokens
from carts.models import Cart, Grant, SetupLink
from carts.setup_links import sent_links
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock, vault
from core.common.remote import Disconnected, OurFault, Throttled, Unaccepted
from core.common.sealed_field import bound_to
from core.upkeep import installation

__all__ = ["NotGranted"]

ASK_AGAIN = timedelta(minutes=1)  # where a key is missing
REFRESH_BEFORE = timedelta(minutes=5)
REFRESH_CLAIM = timedelta(seconds=30)  # longer than the request for a token may take
SELLER_ID = re.compile(r"\A[A-Z0-9]{6,64}\Z")


def redirect_uri(kind: str) -> str:
    """Where the marketplace sends the seller's browser back to. To be registered there."""
    return str(settings.PUBLIC_URL + reverse("carts:returned", args=[kind]))


def login_uri(kind: str) -> str:
    """Where the marketplace sends a seller's browser to log in. To be registered there."""
    return str(settings.PUBLIC_URL + reverse("carts:login", args=[kind]))


# -- Binding ---------------------------------------------------------------------------------------------------------
def bind(
    cart: Cart,
    *,
    seller_id: str,
    tokens: Tokens,
    by: User | None,
    now: datetime,
    link: SetupLink | None = None,
    store_name: str = "",
    left: bool = False,
) -> Cart:
    """Keep the seller's authorization and let the cart use it; a setup link that brought it is used up with it.

    The caller has proved that the tokens are this seller's (carts/consent/proof.py), and says whether the seller has
    left the cart's place. Raises NotGranted, with an alert on the cart where it needs a decision.
    """
    keep = partial(
        _bind, cart, seller_id=seller_id, tokens=tokens, by=by, now=now, link=link, store_name=store_name, left=left
    )
    try:
        try:
            with transaction.atomic(durable=True):
                keep()
        except IntegrityError:  # another consent kept the same seller's grant just now: go by that one
            with transaction.atomic(durable=True):
                keep()
    except NotGranted as error:
        hindrances.report(cart, error.why, seller_id=seller_id, now=now)
        raise
    return cart


def _bind(
    cart: Cart,
    *,
    seller_id: str,
    tokens: Tokens,
    by: User | None,
    now: datetime,
    link: SetupLink | None,
    store_name: str,
    left: bool,
) -> None:
    if link is not None and not link.use(now=now):
        raise refused(Why.LINK_CLOSED)
    grant = _hold_grant(cart, seller_id)  # nobody else binds to it before the commit
    if why := hindrances.find(cart, seller_id):
        raise hindrances.refusal(why, cart, seller_id)
    _keep(cart, grant, tokens=tokens, now=now)
    named = {"store_name": store_name} if store_name or cart.grant is None else {}
    known = Cart.objects.filter(pk=cart.pk).exclude(state=Cart.State.ARCHIVED)
    if not known.exists():
        raise refused(Why.CART_GONE)
    # Compare and swap: another consent for this cart may have come back meanwhile, from another seller.
    if not known.filter(Q(grant=None) | Q(grant=grant)).update(grant=grant, refused_seller_id="", **named):
        raise refused(Why.OTHER_SELLER)
    cart.grant, cart.refused_seller_id = grant, ""
    cart.store_name = named.get("store_name", cart.store_name)
    # What waited for the authorization waits no longer.
    due = {"orders_due_at": now, "shipments_due_at": now, "inventory_due_at": now}
    Cart.objects.filter(grant=grant, state=Cart.State.LIVE).update(**due)
    if left:  # the daily look says so, and tells of it, without waiting for its day
        Cart.objects.filter(pk=cart.pk).update(checks_due_at=now)
    way = "setup_link" if link else ""
    record("cart.granted", cart, now=now, actor=by, place=cart.place.name, seller=seller_id, way=way)
    close_alerts(grant, GRANT_ENDED, GRANT_LAPSES, now=now)
    close_alerts(cart, OTHER_SELLER, OTHER_MERCHANT, SELLER_TWICE, now=now)
    if link is not None:
        sent_links.tell_both(link, store_name=store_name, now=now)


def _hold_grant(cart: Cart, seller_id: str) -> Grant:
    """Return the seller's grant for the cart's region, locked; a new one where there is none."""
    found = Grant.objects.select_for_update().filter(
        organization_id=cart.organization_id, kind=cart.kind, region=cart.place.region, seller_id=seller_id
    )
    return found.first() or Grant(
        organization_id=cart.organization_id,
        merchant_id=cart.merchant_id,
        kind=cart.kind,
        region=cart.place.region,
        seller_id=seller_id,
    )


def _keep(cart: Cart, grant: Grant, *, tokens: Tokens, now: datetime) -> None:
    if grant.merchant_id != cart.merchant_id and _is_left(grant):
        grant.merchant_id = cart.merchant_id  # allowed, and its first merchant has no use for it any more
    grant.refresh_token = _seal(grant, "refresh", tokens.refresh_token)
    grant.access_token = _seal(grant, "access", tokens.access_token) if tokens.access_token else None
    grant.access_token_until = now + timedelta(seconds=tokens.expires_in) if tokens.access_token else None
    grant.state, grant.authorized_at, grant.ended_at = Grant.State.CONNECTED, now, None
    grant.reminded_days = None
    grant.pull_failed_at, grant.pull_error = None, ""  # it failed by the authorization that was
    grant.save()


def _is_left(grant: Grant) -> bool:
    """Whether no cart of its own merchant uses the grant."""
    return not Cart.objects.filter(grant=grant, merchant=grant.merchant_id).exclude(state__in=GONE).exists()


# -- Keeping ---------------------------------------------------------------------------------------------------------
class GrantTokens:
    """The TokenSource of one grant: the token on its row, fetched anew by one worker at a time."""

    def __init__(self, grant: Grant, application: Application) -> None:
        self._grant = grant
        self._application = application

    def access_token(self) -> str:
        now = clock.now()
        grant = Grant.objects.get(pk=self._grant.pk)
        if grant.state == Grant.State.ENDED:
            raise Disconnected("The seller has to authorize us again.")
        if grant.stopped_at is not None or installation.said_paused():
            raise Throttled("Stopped: nothing is asked of the marketplace for this seller now.", retry_in=ASK_AGAIN)
        until = grant.access_token_until
        if grant.access_token and until and until - REFRESH_BEFORE > now:
            return _open(grant, "access", grant.access_token)
        credentials.wait_if_refused(grant.organization_id, now=now)
        free = Grant.objects.filter(Q(refreshing_until=None) | Q(refreshing_until__lte=now), pk=grant.pk)
        until = now + REFRESH_CLAIM
        if free.update(refreshing_until=until):
            return self._refresh(grant, now, claimed_until=until)
        if grant.access_token and until and until > now:
            return _open(grant, "access", grant.access_token)  # still good while another worker fetches the next
        raise Throttled("Another worker is already fetching the access token.", retry_in=timedelta(seconds=2))

    def _refresh(self, grant: Grant, now: datetime, *, claimed_until: datetime) -> str:
        try:
            tokens = self._application.refresh(_open(grant, "refresh", grant.refresh_token))
            kept = {
                "access_token": _seal(grant, "access", tokens.access_token),
                "access_token_until": now + timedelta(seconds=tokens.expires_in),
            }
            # Not over a grant that was renewed meanwhile, nor into one that was given back.
            same = Grant.objects.filter(pk=grant.pk, authorized_at=grant.authorized_at, state=Grant.State.CONNECTED)
            same.update(**kept)
        except Unaccepted as error:
            credentials.refused(grant.kind, str(error), now=now)
            raise
        finally:
            Grant.objects.filter(pk=grant.pk, refreshing_until=claimed_until).update(refreshing_until=None)
        credentials.accepted(now=now)
        return tokens.access_token

    def forget(self, token: str) -> None:
        grant = Grant.objects.get(pk=self._grant.pk)
        if grant.access_token and _open(grant, "access", grant.access_token) == token:
            Grant.objects.filter(pk=grant.pk).update(access_token=None, access_token_until=None)


def end(grant: Grant, *, now: datetime) -> None:
    """The seller's authorization is gone: say so once. What is owed waits."""
    with transaction.atomic():
        live = Grant.objects.filter(pk=grant.pk, state=Grant.State.CONNECTED, authorized_at=grant.authorized_at)
        if not live.update(state=Grant.State.ENDED, ended_at=now, access_token=None):
            return
        record("grant.ended", grant, now=now)
        close_alerts(grant, GRANT_LAPSES, now=now)
        carts = Cart.objects.filter(grant=grant).exclude(state=Cart.State.ARCHIVED)
        cart = carts.filter(merchant=grant.merchant_id).order_by("pk").first() or carts.order_by("pk").first()
        raise_alert(
            GRANT_ENDED,
            grant,
            f"{grant.merchant} has to authorize us again at Amazon ({grant.region}). Everything waits until then.",
            now=now,
            path=cart.get_absolute_url() if cart else "",
        )


def is_readable(grant: Grant) -> bool:
    """Whether its authorization can be decrypted with the keys we have."""
    try:
        _open(grant, "refresh", grant.refresh_token)
    except OurFault:
        return False
    return True


def _seal(grant: Grant, what: str, token: str) -> bytes:
    return vault.ring(tuple(settings.VAULT_KEYS)).seal_text(token, bound_to=bound_to(grant, f"{what}_token"))


def _open(grant: Grant, what: str, sealed: vault.Sealed) -> str:
    try:
        return vault.ring(tuple(settings.VAULT_KEYS)).open_text(sealed, bound_to=bound_to(grant, f"{what}_token"))
    except vault.Unopenable as error:
        raise OurFault(
            f"The stored authorization of seller {grant.seller_id} can't be decrypted: {error}. Put the key back, or "
            "have the seller authorize us again.",
            retry_in=ASK_AGAIN,
        ) from error
