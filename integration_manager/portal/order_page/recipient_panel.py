"""Who gets an order: masked, until somebody asks to see it. Every look by a person is an event."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from carts.marketplaces.values import Address
from core.accounts.access import Ability
from core.accounts.doors import access_of, person_of
from core.accounts.models import User
from core.activity.event_log import record
from core.common import clock
from core.common.vault import Unopenable
from core.ui import formats
from orders.countries import NAMES
from orders.models import Order, OrderStatus, Recipient, Unsealed
from shipping.delivery import amendment

PICKUP_POINT = "pickup_point"
AWAITED = "{place} provides the address when the order is released."


def look_at(recipient: Recipient, *, by: User, now: datetime) -> Unsealed:
    """Return all that is sealed in clear, and record that this person saw them. Raises vault.Unopenable."""
    opened = recipient.unseal()
    if opened != Unsealed():
        record("recipient.looked_at", recipient.order, now=now, actor=by)
    return opened


def show_recipient(request: HttpRequest, order: Order, *, opened: bool) -> dict[str, Any]:
    """Return what a page shows of the recipient: initials and place, or all of it, or why there is nothing.

    It is ``opened`` only behind a door that lets in who may see buyers, and nobody else.
    """
    access, recipient = access_of(request), getattr(order, "recipient", None)
    missing = f"The cart sent no {'address' if recipient else 'recipient'}."
    if order.status == OrderStatus.PENDING:
        missing = AWAITED.format(place=order.cart.place.name)
    may_edit = access.may(Ability.SHIP) and access.may(Ability.SEE_BUYERS)
    shown: dict[str, Any] = {
        "may_look": access.may(Ability.SEE_BUYERS),
        "edit_url": reverse("orders:edit_address", args=[order.pk])
        if may_edit and not amendment.hindrance_of_address(order)
        else "",
    }
    if recipient is None:
        return {**shown, "note": missing, "may_look": False}
    country = NAMES.get(recipient.country, recipient.country)
    shown |= {"country": country}
    if recipient.erased_at:
        day = formats.tell_date(recipient.erased_at, zone=access.organization.zone)
        return {**shown, "note": f"Erased on {day}, as the marketplace requires.", "may_look": False}
    try:
        clear = look_at(recipient, by=person_of(request), now=clock.now()) if opened else recipient.unseal()
    except Unopenable:
        note = "It can't be decrypted: the key it was encrypted with is missing."
        return {**shown, "note": note, "may_look": False, "edit_url": ""}
    address, buyer = clear.address, clear.buyer
    shown |= {"handling": clear.handling, "pick_up": address is not None and address.kind == PICKUP_POINT}
    if opened:
        return {**shown, "address": address, "buyer": buyer, "note": "" if address else missing, "may_look": False}
    if address is None:
        return {**shown, "note": missing, "may_look": shown["may_look"] and buyer is not None}
    return {**shown, "masked": mask(address, country)}


def mask(address: Address, country: str) -> list[str]:
    """Return an address as everybody may see it: initials, and where about it goes."""
    place = ", ".join(part for part in (address.city, country) if part)
    return [part for part in (initials(address.name or address.company), place) if part]


def initials(name: str) -> str:
    """Return "J. D." of "Jane Doe"."""
    letters = (next((character for character in word if character.isalnum()), "") for word in name.split())
    return " ".join(f"{letter.upper()}." for letter in [letter for letter in letters if letter][:3])
