"""A cart's life: turned on, paused, disconnected, archived. Never deleted: what it brought stays known.

Every step is a compare-and-swap on the state, so two people at once, or a button pressed twice, settle by themselves.
Ending an authorization holds the grant's row: of two carts that leave it at once, the last one sees that it is.
"""

from datetime import datetime, timedelta

from django.db import transaction

from carts import presses
from carts.alerts import OTHER_SELLER
from carts.models import Cart, Grant
from carts.setup_links import sent_links
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts
from core.common.bell import Bell

State = Cart.State
MAY_LIVE = (State.SETUP, State.PAUSED, State.DISCONNECTED)
MAY_DISCONNECT = (State.LIVE, State.PAUSED)
MAY_ARCHIVE = (State.SETUP, State.PAUSED, State.DISCONNECTED)
LOOK_AGAIN = timedelta(minutes=3)  # a marketplace lists new orders about two minutes late
GONE = (State.DISCONNECTED, State.ARCHIVED)  # they use no authorization


class NotReady(Exception):
    """The cart cannot do that as it is. The message says what to do first."""


class Resting(Exception):
    """It was just done: doing it again would spend the seller's quota on nothing. The message says so."""


def turn_on(cart: Cart, *, by: User | None, now: datetime) -> None:
    """Let the cart live: its services are due at once. Raises NotReady."""
    if cart.merchant.leaves_at is not None:
        raise NotReady(f"{cart.merchant} leaves: nothing is sent or read for them any more.")
    if not cart.passed:
        raise NotReady("Press Test first: every essential check must pass before anything is downloaded.")
    if not cart.is_authorized:
        raise NotReady("Press Grant us API access first: the seller has to authorize us.")
    due = {"orders_due_at": now, "shipments_due_at": now, "inventory_due_at": now}
    with transaction.atomic(durable=True):
        asleep = Cart.objects.filter(pk=cart.pk, state__in=MAY_LIVE, checked_at=cart.checked_at)
        turned = asleep.update(state=State.LIVE, live_at=now, **due)
        if turned:
            record("cart.turned_on", cart, now=now, actor=by)
    cart.refresh_from_db()
    if not turned and cart.state != State.LIVE:
        raise NotReady(
            f"{cart} was changed by somebody else in the meantime: it is {cart.get_state_display().lower()} now."
        )


def wake(cart: Cart) -> None:
    """Download orders and publish stock as soon as a worker is free."""
    if cart.grant_id and cart.orders_on:
        Bell.IMPORT_ORDERS.ring(grant_id=cart.grant_id)
    if cart.grant_id and cart.inventory_on:
        Bell.PUBLISH.ring(cart_id=cart.pk)


def download(cart: Cart, *, now: datetime) -> None:
    """Download the cart's orders as soon as a worker is free, and again when what is new by now is listed there.

    Raises NotReady for a cart that downloads none, and Resting when it was just done or asked for.
    """
    if cart.is_pushed:
        raise NotReady(f"{cart} downloads no orders: its own client pushes them.")
    live = Cart.objects.asked().filter(pk=cart.pk, orders_on=True)
    grant = cart.grant
    if grant is None or not live.exists():
        raise NotReady(f"{cart} can't download orders: it must be live and authorized, with order download turned on.")
    late = f"{cart.place.name} lists new orders about two minutes late"
    if grant.pulled_at and cart.orders_seen_until and presses.is_resting(grant.pulled_at, now=now):
        done = now - grant.pulled_at
        raise Resting(f"Downloaded {presses.ago(done)}. {late}: press again {presses.wait(done)}.")
    # A pull serves all carts of the seller, so they share the button's rest.
    if (asked := presses.press("download", grant, now=now)) is not None:
        raise Resting(f"We are checking already: that was asked for {presses.ago(asked)}. {late}.")
    Cart.objects.filter(pk__in=live.values("pk")).update(orders_due_at=now + LOOK_AGAIN)
    Bell.IMPORT_ORDERS.ring(grant_id=grant.pk)


def pause(cart: Cart, *, by: User | None, now: datetime) -> bool:
    """Stop the cart's services. What is owed waits. False when it did not live."""
    with transaction.atomic(durable=True):
        paused = Cart.objects.filter(pk=cart.pk, state=State.LIVE).update(state=State.PAUSED)
        if paused:
            record("cart.paused", cart, now=now, actor=by)
    return bool(paused)


def disconnect(cart: Cart, *, by: User | None, now: datetime) -> bool:
    """Take the cart off the seller's account: what is owed waits, and the authorization ends with its last cart.

    The grant stays named, so that the same seller connects it again; the Test has to be made anew. False when it was
    not connected any more.
    """
    with transaction.atomic(durable=True):
        _hold(cart)
        rows = Cart.objects.filter(pk=cart.pk, state__in=MAY_DISCONNECT)
        left = rows.update(state=State.DISCONNECTED, checks=[], checked_at=None)
        if left:
            record("cart.disconnected", cart, now=now, actor=by)
            sent_links.left(cart, now=now)
            _leave(cart, now=now)
    cart.refresh_from_db()
    return bool(left)


def archive(cart: Cart, *, by: User | None, now: datetime) -> bool:
    """Put the cart away for good. Its orders stay known, so that none is imported twice. False when it lives."""
    with transaction.atomic(durable=True):
        _hold(cart)
        rows = Cart.objects.filter(pk=cart.pk, state__in=MAY_ARCHIVE, grant=cart.grant)
        left = rows.update(state=State.ARCHIVED)
        if left:
            record("cart.archived", cart, now=now, actor=by)
            _leave(cart, now=now)
            close_alerts(cart, now=now)
    cart.refresh_from_db()
    return bool(left)


def leave_store(cart: Cart, seller_id: str, *, by: User, now: datetime) -> bool:
    """Take a cart that never was live off the seller it is connected to, so that another one can authorize us for it.

    The authorization ends with its last cart. False when the cart went live, or is not of just this seller any more.
    """
    with transaction.atomic(durable=True):
        _hold(cart)
        grant, store = cart.grant, cart.store_name
        if grant is None or grant.seller_id != seller_id:
            return False
        mine = Cart.objects.filter(pk=cart.pk, state=State.SETUP, live_at=None, grant=grant)
        if not mine.update(grant=None, store_name="", checks=[], checked_at=None, checks_due_at=None):
            return False
        record("cart.store_left", cart, now=now, actor=by, seller=seller_id, store=store)
        _leave(cart, now=now)
        close_alerts(cart, OTHER_SELLER, now=now)
    cart.refresh_from_db()
    return True


def _hold(cart: Cart) -> None:
    """Let nobody else bind to the grant, or leave it, before this is committed.

    The cart's grant as it is now: a consent may have come back since the cart was read.
    """
    cart.refresh_from_db(fields=["grant"])
    if cart.grant_id:
        Grant.objects.select_for_update().filter(pk=cart.grant_id).first()


def give_back(grant: Grant, *, now: datetime) -> None:
    """End the authorization when no cart uses it: we keep no key to a seller's account without need."""
    if Cart.objects.filter(grant=grant).exclude(state__in=GONE).exists():
        return
    erased = {"refresh_token": b"", "access_token": None, "access_token_until": None, "page_token": ""}
    connected = Grant.objects.filter(pk=grant.pk, state=Grant.State.CONNECTED)
    if connected.update(state=Grant.State.ENDED, ended_at=now):
        record("grant.given_back", grant, now=now)
    Grant.objects.filter(pk=grant.pk).update(**erased)  # also of one that had ended by itself
    close_alerts(grant, now=now)


def _leave(cart: Cart, *, now: datetime) -> None:
    if cart.grant is not None:
        give_back(cart.grant, now=now)
