"""Editing who gets an order, before it is shipped.

The address is sealed anew, and ``Order.edited_at`` says that a person answers for the order from then on: a later
download shows what it says otherwise as a difference and does not take the edit back. Of what was edited only the names
of the fields are kept in the open.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, replace
from datetime import datetime

from carts.marketplaces.values import Address
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts_of_hold
from orders import address_needs
from orders.download import order_documents
from orders.models import HeldFor, Order, OrderStatus, Recipient, Unsealed
from orders.recipient_marks import RecipientMarks

LABELS = {
    "name": "name",
    "company": "company",
    "line1": "address line 1",
    "line2": "address line 2",
    "line3": "address line 3",
    "city": "city",
    "district": "district",
    "state": "state",
    "postal_code": "postal code",
    "country": "country",
    "phone": "phone",
    "instructions": "delivery note",
}


class NotEditable(Exception):
    """Nothing was changed. The message says why."""


class EditedMeanwhile(Exception):
    """Somebody else changed it since it was shown. Nothing was changed."""


def mark_of(address: Address | None) -> str:
    """Return what stands for an address as it was shown: sent back with the form, to see whether it changed since."""
    return hashlib.sha256(repr(astuple(address) if address else ()).encode()).hexdigest()[:24]


def merge(current: Address | None, wanted: Address) -> tuple[Address, list[str]]:
    """Return the address with what differs taken over, and the names of the fields that do.

    Space around a value that nobody touched stays as the marketplace wrote it.
    """
    current = current or Address()
    changed = {
        name: getattr(wanted, name)
        for name in LABELS
        if getattr(wanted, name).strip() != getattr(current, name).strip()
    }
    return replace(current, **changed), list(changed)


def change_address(order: Order, wanted: Address, *, seen: str, by: User, now: datetime) -> list[str]:
    """Seal what differs and return the fields' labels; none when nothing does.

    Called with the order locked, in a transaction of the caller's. ``seen`` is the mark of the address that was shown.
    Raises EditedMeanwhile, or vault.Unopenable.
    """
    recipient = Recipient.objects.filter(order=order).first()
    if recipient is not None:
        recipient.order = order
    clear = recipient.unseal() if recipient else Unsealed()
    address = clear.address
    if mark_of(address) != seen:
        raise EditedMeanwhile
    there = clear.there or address
    address, changed = merge(address, wanted)
    if not changed:
        return []
    sealed = order_documents.seal(order, address, clear.buyer, clear.handling, there=there)
    country = order_documents.country_of(address)
    marks = RecipientMarks.of(order.organization_id, address).fields
    Recipient.objects.update_or_create(
        order=order, defaults={"organization_id": order.organization_id, "sealed": sealed, "country": country, **marks}
    )
    labels = [LABELS[name] for name in changed]
    tell_edited(order, labels, by=by, now=now)
    return labels


def tell_edited(order: Order, what: Iterable[str], *, by: User, now: datetime, to: str = "") -> None:
    """Write down that it was edited: which fields, never what they hold."""
    Order.objects.filter(pk=order.pk).update(edited_at=now)
    order.edited_at = now
    record("order.edited", order, now=now, actor=by, fields=", ".join(what), **({"to": to} if to else {}))


def is_enough(order: Order) -> bool:
    """Whether its address, as it was just edited, is one that a parcel arrives at."""
    recipient = Recipient.objects.select_related("order").get(order=order)
    address, _ = recipient.open()
    return address is not None and not address_needs.missing(address, vital=True)


def go_on(order: Order, held_for: HeldFor, *, now: datetime) -> bool:
    """Let an order flow that was held for just what was edited."""
    if not order.let_go_of(held_for, now=now):
        return False
    close_alerts_of_hold(order, held_for, now=now)
    record(
        "order.moved",
        order,
        now=now,
        frm=OrderStatus.HELD,
        to=OrderStatus.NEW,
        reason="what it was waiting for is here",
    )
    return True
