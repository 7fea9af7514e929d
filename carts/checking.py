"""The Test button: is everything there that a working cart needs? And OK, which turns the cart on."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from carts import connecting
from carts.marketplaces.base import Check
from carts.models import Cart
from integration_manager.accounts.models import User
from integration_manager.activity.recording import record
from integration_manager.lib.remote import RemoteError


class NotReady(Exception):
    """The cart cannot be turned on. The message says what to do first."""


def check(cart: Cart, *, by: User | None, now: datetime) -> list[Check]:
    """Look at everything, keep what was seen and return it."""
    if cart.grant is None:
        checks = [Check("Authorization", False, "No seller has authorized us yet.", "Press Grant Us API Access.")]
    else:
        try:
            with connecting.marketplace(cart.grant) as marketplace:
                checks = list(marketplace.check(place_id=cart.place_id))
        except RemoteError as error:
            checks = [Check("Authorization", False, str(error), "Press Grant Us API Access, then test again.")]
    kept = [asdict(each) for each in checks]
    with transaction.atomic(durable=True):
        Cart.objects.filter(pk=cart.pk).update(checks=kept, checked_at=now)
        cart.checks, cart.checked_at = kept, now
        record("cart.tested", cart, now=now, actor=by, passed=cart.passed)
    return checks


def turn_on(cart: Cart, *, by: User | None, now: datetime) -> None:
    """Let the cart live: its services are due at once. Raises NotReady."""
    if not cart.passed:
        raise NotReady("Press Test first: everything essential must pass before anything is downloaded.")
    due = {"orders_due_at": now, "shipments_due_at": now, "inventory_due_at": now}
    with transaction.atomic(durable=True):
        asleep = Cart.objects.filter(pk=cart.pk, state__in=(Cart.State.SETUP, Cart.State.PAUSED))
        if asleep.update(state=Cart.State.LIVE, live_at=now, **due):
            record("cart.turned_on", cart, now=now, actor=by)
    cart.refresh_from_db()


def pause(cart: Cart, *, by: User | None, now: datetime) -> None:
    """Stop the cart's services. What is owed waits."""
    with transaction.atomic(durable=True):
        if Cart.objects.filter(pk=cart.pk, state=Cart.State.LIVE).update(state=Cart.State.PAUSED):
            record("cart.paused", cart, now=now, actor=by)
