"""Making a cart and changing its settings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from carts.consent import grants, proof
from carts.consent.proof import Store
from carts.marketplaces.base import Application
from carts.marketplaces.values import Place, Tokens
from carts.models import Cart, Grant
from core.accounts.models import Merchant, User
from core.activity.event_log import record
from core.common.remote import Disconnected, RemoteError, Unavailable

TWICE = timedelta(seconds=10)  # within it, the same new cart is a button pressed twice
SERVICES = ("orders", "shipments", "inventory")


class GrantTaken(Exception):
    """The cart cannot use this authorization. The message says why."""


def make_cart(
    merchant: Merchant, *, kind: str, place_id: str, name: str, grant: Grant | None, by: User | None, now: datetime
) -> Cart:
    """Make a cart that is still to be set up; with a grant it is authorized from the start. Raises Taken.

    The same cart asked for again at once, by a button pressed twice, is the one that was just made.
    """
    cart = Cart(
        organization_id=merchant.organization_id,
        merchant=merchant,
        kind=kind,
        place_id=place_id,
        name=name[:80],
        grant=grant,
    )
    cart.name = cart.name or cart.place.name
    with transaction.atomic(durable=True):
        Merchant.objects.select_for_update().get(pk=merchant.pk)  # one cart of a merchant is made at a time
        if twin := _made_just_now(cart, now):
            return twin
        if grant is not None:
            _check_free(grant, cart)
        cart.save(force_insert=True)
        record("cart.made", cart, now=now, actor=by, place=cart.place.name)
    return cart


def _made_just_now(cart: Cart, now: datetime) -> Cart | None:
    same = Cart.objects.filter(merchant=cart.merchant, kind=cart.kind, place_id=cart.place_id, name=cart.name)
    same = same.filter(grant=cart.grant, state=Cart.State.SETUP, created_at__gt=now - TWICE)
    found: Cart | None = same.select_related("grant", "merchant").first()
    return found


def _check_free(grant: Grant, cart: Cart) -> None:
    """Hold the grant's row, so that nobody binds it to this place, or ends it, before the cart is there."""
    held = Grant.objects.select_for_update().get(pk=grant.pk)
    if held.merchant_id != cart.merchant_id:
        raise GrantTaken(f"Seller {held.seller_id} has authorized us for another merchant.")
    if held.state != Grant.State.CONNECTED:
        raise GrantTaken(f"The authorization of seller {held.seller_id} has just ended. Choose again.")
    taken = Cart.objects.filter(grant=held, place_id=cart.place_id).exclude(state=Cart.State.ARCHIVED).first()
    if taken is not None:
        raise GrantTaken(f"Seller {held.seller_id} is already connected to {cart.place.name} by {taken}.")


def change_cart(cart: Cart, settings: Mapping[str, Any], *, by: User, now: datetime) -> list[str]:
    """Keep what differs and return the names of it. A service whose schedule changed is due at once."""
    kept = Cart.objects.get(pk=cart.pk)
    changed = {field: value for field, value in settings.items() if getattr(kept, field) != value}
    if not changed:
        return []
    due = {f"{service}_due_at": now for service in SERVICES if {f"{service}_on", f"{service}_every"} & changed.keys()}
    names = [_label(field) for field in changed]
    with transaction.atomic(durable=True):
        Cart.objects.filter(pk=cart.pk).update(**changed, **due)
        record("cart.changed", cart, now=now, actor=by, fields=", ".join(dict.fromkeys(names)))
    cart.refresh_from_db()
    return names


def _label(field: str) -> str:
    service, _, what = field.rpartition("_")
    if what == "every":  # three schedules are all labelled "every (minutes)"
        return f"{_label(f'{service}_on')} every … minutes"
    return str(Cart._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class ProvedToken:
    """A refresh token that the marketplace accepts, and knows as this seller's."""

    seller_id: str
    tokens: Tokens
    store: Store


def keep_token(
    cart: Cart, application: Application, *, seller_id: str, refresh_token: str, by: User | None, now: datetime
) -> Cart:
    """Bind a refresh token that was made at the marketplace and handed to us. Raises NotGranted.

    Nothing is kept before the marketplace accepted it, and said that it is this seller's.
    """
    renewal = cart.grant is not None
    proved = prove_token(application, cart.place, seller_id=seller_id, refresh_token=refresh_token, renewal=renewal)
    return bind_token(cart, proved, by=by, now=now)


def prove_token(
    application: Application, place: Place, *, seller_id: str, refresh_token: str, renewal: bool
) -> ProvedToken:
    """Ask the marketplace whose the token is, and whether the seller sells at the place. Raises NotGranted."""
    try:
        fresh = application.refresh(refresh_token)
    except Disconnected as error:
        raise grants.NotGranted(
            "This refresh token was not accepted: it was withdrawn, is more than a year old, was cut off when it was "
            "copied, or belongs to another application. Nothing was changed. Create a new one and paste all of it."
        ) from error
    except Unavailable as error:
        raise grants.NotGranted(f"{error} Nothing was changed. Try again in a minute.") from error
    except RemoteError as error:
        raise grants.NotGranted(f"{error} Nothing was changed.") from error
    tokens = replace(fresh, refresh_token=refresh_token)
    store = proof.prove(application, place, seller_id=seller_id, tokens=tokens, renewal=renewal)
    return ProvedToken(seller_id, tokens, store)


def bind_token(cart: Cart, proved: ProvedToken, *, by: User | None, now: datetime) -> Cart:
    """Raises NotGranted."""
    store = proved.store
    return grants.bind(
        cart,
        seller_id=proved.seller_id,
        tokens=proved.tokens,
        by=by,
        store_name=store.name,
        left=store.left,
        now=now,
    )
