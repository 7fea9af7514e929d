"""Correcting the tracking of a package that was shipped, and maybe confirmed, with a wrong one.

The package keeps its number, so the marketplace changes the package it has and makes no second one. A confirmed order
says *Shipped* until the marketplace was told: then what fails on the way is seen like any other tracking's.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from core.accounts.models import User
from core.activity.event_log import record
from orders.models import Order, OrderStatus
from orders.statuses import SHIPPED_OR_CONFIRMED
from shipping.close.preflight import SAID
from shipping.models import Confirmation, Package
from shipping.shipments.shipped_packages import Parcel


class NotCorrectable(Exception):
    """Nothing was changed. The message says why."""


def correct(package: Package, to: Parcel, *, by: User, now: datetime) -> bool:
    """Change carrier and tracking of a package and owe it to the cart again. False when nothing is new about it.

    Raises NotCorrectable.
    """
    was = {field: getattr(package, field) for field in SAID}
    wanted = {field: getattr(to, field) for field in SAID}
    if was == wanted:
        return False
    try:
        with transaction.atomic(durable=True):
            _change(package, was, wanted, by=by, now=now)
    except IntegrityError:
        raise NotCorrectable(f"Another package of {package.order} already has this tracking number.") from None
    return True


def _change(package: Package, was: dict[str, str], wanted: dict[str, str], *, by: User, now: datetime) -> None:
    order: Order = Order.objects.locked(package.order_id)
    if order.is_ended_otherwise:
        raise NotCorrectable(f"{order} is {order.state.label.lower()}, so there is nobody to tell.")
    if not Package.objects.filter(pk=package.pk, **was).update(**wanted, corrected_at=now):
        raise NotCorrectable("Somebody else has corrected it in the meantime. Check what it is now.")
    refused = _owe_again(package, now)
    stuck = Confirmation.objects.filter(package__order=order).stuck().exists()
    frm = [*SHIPPED_OR_CONFIRMED, *([OrderStatus.ERROR] if refused and not stuck else [])]
    reason = f"Corrected to {wanted['carrier']} {wanted['tracking_number']}, being sent"
    order.advance(frm=frm, to=OrderStatus.SHIPPED, now=now, reason=reason)
    record(
        "package.corrected",
        order,
        now=now,
        actor=by,
        package=package.number,
        old=was["tracking_number"],
        new=wanted["tracking_number"],
        carrier=wanted["carrier"],
    )


def _owe_again(package: Package, now: datetime) -> bool:
    """Owe the package's tracking again, also while a worker tells the old one. True when it had been refused."""
    owed = Confirmation.objects.filter(package=package).undropped()
    refused: bool = owed.stuck().exists()
    # What a worker still says of the old one is said before its time ran out: the new tracking has the last word.
    owed.reopen(now=now, after_claims=True, seen_at=None, unseen=0, feed=None)
    return refused
