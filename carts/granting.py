"""Sellers' authorizations: asking for one, keeping it, noticing its end.

The consent's ``state`` is random, kept only as a digest, good for ten minutes, for one return, in the browser that
began. The code is exchanged at once. Tokens are sealed to the grant they belong to.
"""

import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from carts.marketplaces.base import Application, Tokens
from carts.models import Cart, Consent, Grant
from integration_manager.accounts.models import User
from integration_manager.activity.recording import record
from integration_manager.alerts.alerting import close_alerts, raise_alert
from integration_manager.lib import clock, vault
from integration_manager.lib.remote import Disconnected, Rejected, Throttled, Unavailable

CONSENT_LIVES = timedelta(minutes=10)
REFRESH_BEFORE = timedelta(minutes=5)
REFRESH_CLAIM = timedelta(seconds=45)  # longer than the request for a token may take
SELLER_ID = re.compile(r"\A[A-Z0-9]{6,64}\Z")


class NotGranted(Exception):
    """The consent bound nothing. The message says why and what to do next."""


def redirect_uri(kind: str) -> str:
    """Where the marketplace sends the seller's browser back to. To be registered there."""
    return settings.PUBLIC_URL + reverse("carts:returned", args=[kind])


# -- Asking ----------------------------------------------------------------------------------------------------------
def begin(cart: Cart, *, browser: str, by: User | None, now: datetime) -> str:
    """Return a fresh ``state`` for this cart, good in this browser."""
    state = secrets.token_urlsafe(32)
    Consent.objects.create(
        state_digest=vault.digest(state), browser_digest=vault.digest(browser), cart=cart, begun_by=by, begun_at=now
    )
    return state


def complete(
    application: Application, *, state: str, code: str, seller_id: str, browser: str, by: User | None, now: datetime
) -> Cart:
    """Bind what came back from the marketplace to the cart it was asked for. Raises NotGranted."""
    consent = _use(state, browser=browser, now=now)
    cart = consent.cart
    if not code or not seller_id:
        raise NotGranted("Amazon sent no authorization back. Start again from the cart's page.")
    if not SELLER_ID.match(seller_id):
        raise NotGranted("What Amazon sent back names no seller ID we can read. Start again from the cart's page.")
    try:
        tokens = application.exchange(code, redirect_uri=redirect_uri(cart.kind))
    except Rejected as error:
        raise NotGranted(f"{error} Start again from the cart's page.") from error
    except Unavailable as error:
        raise NotGranted("Amazon could not be reached. Wait a minute and start again from the cart's page.") from error
    return bind(cart, seller_id=seller_id, tokens=tokens, by=by, now=now)


def _use(state: str, *, browser: str, now: datetime) -> Consent:
    consent = Consent.objects.select_related("cart__grant", "cart__merchant").filter(
        state_digest=vault.digest(state or "-"), browser_digest=vault.digest(browser or "-")
    )
    found = consent.first()
    if found is None:
        raise NotGranted(
            "This return from Amazon does not belong to a connection begun in this browser. Nothing was connected. "
            "Open the cart and press Grant Us API Access."
        )
    if now - found.begun_at > CONSENT_LIVES:
        raise NotGranted("More than ten minutes have passed. Nothing was connected. Press Grant Us API Access again.")
    if not consent.filter(used_at=None).update(used_at=now):
        raise NotGranted("This return from Amazon was already used. If the cart is not connected, start again from it.")
    return found


def bind(cart: Cart, *, seller_id: str, tokens: Tokens, by: User | None, now: datetime) -> Cart:
    """Keep the seller's authorization and let the cart use it. Raises NotGranted for another seller than before."""
    if cart.grant is not None and cart.grant.seller_id != seller_id:
        raise NotGranted(
            "This is another seller account than the cart was connected to before. Nothing was changed. "
            "Sign in at Amazon with the right account, or make a new cart for this one."
        )
    with transaction.atomic(durable=True):
        grant = _keep(cart, seller_id=seller_id, tokens=tokens, now=now)
        taken = Cart.objects.filter(grant=grant, place_id=cart.place_id).exclude(pk=cart.pk)
        if taken.exclude(state=Cart.State.ARCHIVED).exists():
            raise NotGranted(f"Another cart already connects this seller account to {cart.place.name}.")
        Cart.objects.filter(pk=cart.pk).update(grant=grant)
        cart.grant = grant
        # What waited for the authorization waits no longer.
        due = {"orders_due_at": now, "shipments_due_at": now, "inventory_due_at": now}
        Cart.objects.filter(grant=grant, state=Cart.State.LIVE).update(**due)
        record("cart.granted", cart, now=now, actor=by, place=cart.place.name, seller=seller_id)
        close_alerts(grant, "grant.ended", now=now)
    return cart


def _keep(cart: Cart, *, seller_id: str, tokens: Tokens, now: datetime) -> Grant:
    found = Grant.objects.select_for_update().filter(
        organization_id=cart.organization_id, kind=cart.kind, region=cart.place.region, seller_id=seller_id
    )
    grant = found.first() or Grant(
        organization_id=cart.organization_id,
        merchant_id=cart.merchant_id,
        kind=cart.kind,
        region=cart.place.region,
        seller_id=seller_id,
    )
    if grant.merchant_id != cart.merchant_id:
        raise NotGranted("This seller account is already connected for another merchant. Nothing was changed.")
    grant.refresh_token = _seal(grant, "refresh", tokens.refresh_token)
    grant.access_token = _seal(grant, "access", tokens.access_token) if tokens.access_token else None
    grant.access_token_until = now + timedelta(seconds=tokens.expires_in) if tokens.access_token else None
    grant.state, grant.authorized_at, grant.ended_at = Grant.State.CONNECTED, now, None
    grant.save()
    return grant


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
            raise Disconnected("The seller must authorize us again.")
        until = grant.access_token_until
        if grant.access_token and until and until - REFRESH_BEFORE > now:
            return _open(grant, "access", grant.access_token)
        mine = Grant.objects.filter(Q(refreshing_until=None) | Q(refreshing_until__lte=now), pk=grant.pk)
        if mine.update(refreshing_until=now + REFRESH_CLAIM):
            return self._refresh(grant, now)
        if grant.access_token and until and until > now:
            return _open(grant, "access", grant.access_token)  # still good while another worker fetches the next
        raise Throttled("Another worker is fetching the access token.", retry_in=timedelta(seconds=2))

    def _refresh(self, grant: Grant, now: datetime) -> str:
        try:
            tokens = self._application.refresh(_open(grant, "refresh", grant.refresh_token))
            kept = {
                "access_token": _seal(grant, "access", tokens.access_token),
                "access_token_until": now + timedelta(seconds=tokens.expires_in),
            }
            # Not over a grant that was renewed meanwhile.
            Grant.objects.filter(pk=grant.pk, authorized_at=grant.authorized_at).update(**kept)
        finally:
            Grant.objects.filter(pk=grant.pk).update(refreshing_until=None)
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
        cart = Cart.objects.filter(grant=grant).order_by("pk").first()
        raise_alert(
            "grant.ended",
            grant,
            f"{grant.merchant} must authorize us again at Amazon ({grant.region}). What is owed waits.",
            now=now,
            path=cart.get_absolute_url() if cart else "",
        )


def _bound_to(grant: Grant, what: str) -> str:
    return f"grant:{grant.organization_id}:{grant.kind}:{grant.region}:{grant.seller_id}:{what}"


def _seal(grant: Grant, what: str, token: str) -> bytes:
    return vault.ring(tuple(settings.VAULT_KEYS)).seal_text(token, bound_to=_bound_to(grant, what))


def _open(grant: Grant, what: str, sealed: vault.Sealed) -> str:
    return vault.ring(tuple(settings.VAULT_KEYS)).open_text(sealed, bound_to=_bound_to(grant, what))
