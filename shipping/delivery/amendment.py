"""Editing an order, and letting its warehouse have it as it is now.

A warehouse that is the portal itself shows what our own rows say. One behind a wire gives the order back and gets it
anew, under its next number: under the old one it would find what it has, and do nothing.
"""

from datetime import datetime

from django.db import transaction

from carts.marketplaces.base import Address
from core.accounts.models import User
from core.common.bell import Bell
from core.common.errands import ErrandState
from orders.actions import address_edit
from orders.actions.address_edit import EditedMeanwhile, NotEditable
from orders.models import HeldFor, Order
from shipping.delivery import recall
from shipping.delivery.recall import UNDER_WAY
from shipping.models import ChosenMethod, Package, Release, ShipMethod, Warehouse
from shipping.routing import next_number, routes_for

SHIPPED = "It is shipped already, if only in part."
BUSY = "It is being handed to the warehouse this minute. Try again in a minute."


def hindrance(order: Order) -> str:
    """Return why its ship method cannot be changed any more, "" when it can."""
    if Package.objects.filter(order=order).exists():
        return SHIPPED
    return address_edit.hindrance(order)


def hindrance_of_address(order: Order) -> str:
    return address_edit.hindrance_of_address(order) or hindrance(order)


# -- The address -----------------------------------------------------------------------------------------------------
def change_address(order: Order, wanted: Address, *, seen: str, by: User, now: datetime) -> list[str]:
    """Change who gets it, and tell the warehouse. Returns the labels of what changed.

    Raises NotEditable, EditedMeanwhile, or vault.Unopenable.
    """
    with transaction.atomic(durable=True):
        order = _locked(order)
        if why := hindrance_of_address(order):
            raise NotEditable(why)
        changed = address_edit.change_address(order, wanted, seen=seen, by=by, now=now)
        if changed:
            address_edit.go_on(order, HeldFor.ADDRESS, now=now)
            hand_over_anew(order, now)
    return changed


# -- The ship method -------------------------------------------------------------------------------------------------
def warehouse_of(order: Order) -> Warehouse:
    """Return the warehouse that has the order, or that it goes to."""
    release: Release | None = getattr(order, "release", None)
    warehouse: Warehouse = release.warehouse if release else routes_for([order.cart])[order.cart_id].warehouse
    return warehouse


def method_of(order: Order) -> ShipMethod | None:
    """Return what somebody chose for it, else what it was handed over with."""
    chosen = ChosenMethod.objects.filter(order=order).select_related("ship_method").first()
    if chosen is not None:
        return chosen.ship_method
    release = Release.objects.filter(order=order).select_related("ship_method").first()
    return release.ship_method if release else None


def change_method(order: Order, wanted: ShipMethod | None, *, seen: int | None, by: User, now: datetime) -> bool:
    """Let this one order go by another ship method; None gives it back to rules and mappings. False: nothing is new.

    ``seen`` is the one that was shown. Raises NotEditable or EditedMeanwhile.
    """
    with transaction.atomic(durable=True):
        order = _locked(order)
        if why := hindrance(order):
            raise NotEditable(why)
        current = method_of(order)
        if (current.pk if current else None) != seen:
            raise EditedMeanwhile
        if wanted == current:
            return False
        release = Release.objects.filter(order=order).first()
        if wanted is None and release is not None:
            raise NotEditable("It went to the warehouse by a ship method already: choose another one.")
        if wanted is None:
            ChosenMethod.objects.filter(order=order).delete()
        else:
            owner = {"organization_id": order.organization_id, "merchant_id": order.merchant_id}
            ChosenMethod.objects.update_or_create(
                order=order, defaults={**owner, "ship_method": wanted, "by": by, "at": now}
            )
            chosen_by = f"Chosen for this order by {by}"[:200]
            Release.objects.filter(order=order).update(ship_method=wanted, chosen_by=chosen_by)
        to = wanted.label if wanted else "as it is mapped"
        address_edit.tell_edited(order, ["ship method"], by=by, now=now, to=to)
        if wanted is not None:
            address_edit.go_on(order, HeldFor.UNMAPPED, now=now)
        hand_over_anew(order, now)
    return True


# -- The warehouse ---------------------------------------------------------------------------------------------------
def _locked(order: Order) -> Order:
    """Lock it: nobody packs, downloads or edits it meanwhile."""
    found: Order = Order.objects.select_for_update(of=("self",)).select_related("cart").get(pk=order.pk)
    return found


def is_unsure(release: Release) -> bool:
    """Whether it was asked to take it and the answer was lost: it may be there, or not."""
    return release.state in UNDER_WAY and (release.attempts > 0 or release.claims > 0)


def hand_over_anew(order: Order, now: datetime) -> None:
    """Owe it to the warehouse as it is now. Raises NotEditable while a worker hands it over."""
    Bell.RELEASE_DUE.ring()
    # Locked: a worker that comes now waits and finds the new address; one that came before has to end first.
    rows = Release.objects.select_for_update(of=("self",)).select_related("warehouse")
    release: Release | None = rows.filter(order=order).first()
    if release is None or not release.warehouse.system.remote:
        return
    if release.state == ErrandState.RUNNING and release.claimed_until and release.claimed_until > now:
        raise NotEditable(BUSY)
    if not release.replaces and (recall.is_away(order) or is_unsure(release)):
        Release.objects.filter(pk=release.pk).update(number=next_number(release), replaces=release.number_there)
        release.owe(now)
    elif release.state in (ErrandState.DUE, ErrandState.STUCK):
        release.owe(now)
