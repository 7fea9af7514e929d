"""Editing an order, and letting its warehouse have it as it is now.

A warehouse that is the portal itself shows what our own rows say. One behind a wire gives the order back and gets it
anew, under its next number: under the old one it would find what it has, and do nothing.
"""

from datetime import datetime

from django.db import transaction

from carts.marketplaces.values import Address
from core.accounts.models import User
from core.common.bell import Bell
from orders.actions import address_edit
from orders.actions.address_edit import EditedMeanwhile, NotEditable
from orders.models import SHIPPED_IN_PART, HeldFor, Order, OrderAction
from shipping.models import ChosenMethod, Package, Release, ShipMethod
from shipping.routing import next_number
from shipping.shipments.release_parts import is_used_up

IN_PARTS = (
    "It is split over several warehouses, and each ships its part by its own ship method. Change what the cart’s ship "
    "method is mapped to, or choose another one on Ship and Close."
)
BUSY = "It is being handed to the warehouse right now. Try again in a minute."


def hindrance(order: Order) -> str | None:
    """Return why its ship method cannot be changed any more, None when it can."""
    if Package.objects.filter(order=order).exists():
        return SHIPPED_IN_PART
    return order.hindrance_to(OrderAction.EDIT)


def hindrance_of_method(order: Order) -> str | None:
    return IN_PARTS if order.parts else hindrance(order)


def hindrance_of_address(order: Order) -> str | None:
    return order.hindrance_to(OrderAction.EDIT_ADDRESS) or hindrance(order)


# -- The address -----------------------------------------------------------------------------------------------------
def change_address(order: Order, wanted: Address, *, seen: str, by: User, now: datetime) -> list[str]:
    """Change who gets it, and tell the warehouse. Returns the labels of what changed.

    Raises NotEditable, EditedMeanwhile, or vault.Unopenable.
    """
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)  # nobody packs, downloads or edits it meanwhile
        if why := hindrance_of_address(order):
            raise NotEditable(why)
        changed = address_edit.change_address(order, wanted, seen=seen, by=by, now=now)
        if changed:
            if address_edit.is_enough(order):
                address_edit.go_on(order, HeldFor.ADDRESS, now=now)
            address_edit.go_on(order, HeldFor.UNROUTED, now=now)  # another country, perhaps another rule
            hand_over_anew(order, now)
    return changed


# -- The ship method -------------------------------------------------------------------------------------------------
def method_of(order: Order) -> ShipMethod | None:
    """Return what somebody chose for it, else what it was handed over with."""
    chosen = ChosenMethod.objects.filter(order=order).select_related("ship_method").first()
    if chosen is not None:
        return chosen.ship_method
    release = Release.objects.filter(order=order).select_related("ship_method").order_by("part").first()
    return release.ship_method if release else None


def change_method(order: Order, wanted: ShipMethod | None, *, seen: int | None, by: User, now: datetime) -> bool:
    """Let this one order go by another ship method; None gives it back to rules and mappings. False: nothing is new.

    ``seen`` is the one that was shown. Raises NotEditable or EditedMeanwhile.
    """
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        if why := hindrance_of_method(order):
            raise NotEditable(why)
        current = method_of(order)
        if (current.pk if current else None) != seen:
            raise EditedMeanwhile
        if wanted == current:
            return False
        release = Release.objects.filter(order=order).first()
        if wanted is None and release is not None:
            raise NotEditable("It already went to the warehouse with a ship method: choose a different one.")
        if wanted is None:
            ChosenMethod.objects.filter(order=order).delete()
        else:
            owner = {"organization_id": order.organization_id, "merchant_id": order.merchant_id}
            ChosenMethod.objects.update_or_create(
                order=order, defaults={**owner, "ship_method": wanted, "by": by, "at": now}
            )
            chosen_by = f"Chosen for this order by {by}"[:200]
            Release.objects.filter(order=order).update(ship_method=wanted, chosen_by=chosen_by)
        to = wanted.label if wanted else "as mapped"
        address_edit.tell_edited(order, ["ship method"], by=by, now=now, to=to)
        if wanted is not None:
            address_edit.go_on(order, HeldFor.UNMAPPED, now=now)
        hand_over_anew(order, now)
    return True


# -- The warehouse ---------------------------------------------------------------------------------------------------
def hand_over_anew(order: Order, now: datetime) -> None:
    """Owe it to the warehouse as it is now. Raises NotEditable while a worker hands it over."""
    Bell.RELEASE_DUE.ring()
    # Locked: a worker that comes now waits and finds the new address; one that came before has to end first.
    for release in Release.objects.locked_of(order):
        hand_part_over_anew(release, now)


def hand_part_over_anew(release: Release, now: datetime) -> None:
    """The same for one warehouse, in a transaction that has locked order and release. What it shipped all of is past
    that."""
    if not release.warehouse.system.remote or is_used_up(release):
        return
    if release.is_being_sent(now):
        raise NotEditable(BUSY)
    if release.is_done and release.is_with_warehouse and release.warehouse.system.fetches_changes:
        return
    mine = Release.objects.filter(pk=release.pk)
    if not release.replaces and (release.is_with_warehouse or release.is_unsure):
        mine.reopen(now=now, number=next_number(release), replaces=release.number_there)
    elif release.replaces and release.warehouse.system.calls_us:
        mine.reopen(now=now, number=next_number(release))  # it may have read the one before
    elif release.is_at_rest:
        mine.reopen(now=now)
