"""Making a cart and changing its settings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from carts import granting
from carts.marketplaces.base import Application, Tokens
from carts.models import Cart, Grant
from integration_manager.accounts.models import Merchant, Organization, User
from integration_manager.activity.recording import record
from integration_manager.lib.remote import Disconnected, RemoteError, Unavailable

SERVICES = ("orders", "shipments", "inventory")


def meet_merchant(organization: Organization, name: str) -> Merchant:
    """Return the merchant of this name, made when there is none. Names differ by more than upper and lower case."""
    known = Merchant.objects.filter(organization=organization, name__iexact=name).first()
    if known is not None:
        return known
    merchant: Merchant
    merchant, _ = Merchant.objects.get_or_create(organization=organization, name=name)
    return merchant


def spare_grant(merchant: Merchant, *, kind: str, place_id: str, region: str) -> Grant | None:
    """Return the merchant's authorization that covers the region and serves no cart for this place yet.

    None when there are several: which seller account is meant, only a person knows.
    """
    taken = Cart.objects.filter(place_id=place_id, grant__isnull=False).exclude(state=Cart.State.ARCHIVED)
    grants = Grant.objects.filter(merchant=merchant, kind=kind, region=region, state=Grant.State.CONNECTED)
    spare = list(grants.exclude(pk__in=taken.values("grant"))[:2])
    return spare[0] if len(spare) == 1 else None


def make_cart(
    merchant: Merchant, *, kind: str, place_id: str, name: str, share_grant: bool, by: User | None, now: datetime
) -> Cart:
    """Make a cart that is still to be set up. With ``share_grant`` it uses an authorization that covers it already."""
    cart = Cart(
        organization_id=merchant.organization_id, merchant=merchant, kind=kind, place_id=place_id, name=name[:80]
    )
    cart.name = cart.name or cart.place.name
    with transaction.atomic(durable=True):
        if share_grant:
            cart.grant = spare_grant(merchant, kind=kind, place_id=place_id, region=cart.place.region)
        cart.save(force_insert=True)
        record("cart.made", cart, now=now, actor=by, place=cart.place.name)
    return cart


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


def keep_token(
    cart: Cart, application: Application, *, seller_id: str, refresh_token: str, by: User | None, now: datetime
) -> Cart:
    """Bind a refresh token that was made at the marketplace and handed to us. Raises NotGranted.

    Nothing is kept before the marketplace accepted it.
    """
    try:
        application.refresh(refresh_token)
    except Disconnected as error:
        raise granting.NotGranted(
            "This refresh token is not accepted: it was withdrawn, is older than a year, was cut off when it was "
            "copied, or belongs to another application. Nothing was changed. Make a new one and paste it whole."
        ) from error
    except Unavailable as error:
        raise granting.NotGranted(f"{error} Nothing was changed. Try again in a minute.") from error
    except RemoteError as error:
        raise granting.NotGranted(f"{error} Nothing was changed.") from error
    tokens = Tokens(access_token="", expires_in=0, refresh_token=refresh_token)
    return granting.bind(cart, seller_id=seller_id, tokens=tokens, by=by, now=now)
