"""Orders that somebody canceled in the warehouse's own system: nobody here asked for it, so a person decides.

Only what the warehouse says of the very order it has now counts. That it shows none proves nothing, and what was asked
back, or handed over anew, was canceled because we asked. Where it refused to give an order back, and cancels it later
all the same, nobody has to call any more.
"""

from datetime import datetime

from django.db import transaction

from core.activity.event_log import record
from core.alerts.raised import raise_alert
from orders.models import Order, OrderStatus
from orders.statuses import WANTED_BACK
from shipping.alerts import CANCELED_THERE
from shipping.delivery import recall
from shipping.models import Release
from shipping.routing import next_number
from shipping.shipments.release_parts import is_used_up


def take(order_id: int, warehouse_id: int, reference: str, *, now: datetime) -> bool:
    """A warehouse says that it canceled what it knows by ``reference``. False where that changes nothing.

    Safe to do twice. Sent again, the order goes under its next number: under the old one the canceled one lies there.
    """
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order_id)
        found = (each for each in Release.objects.locked_of(order) if each.warehouse_id == warehouse_id)
        release = next(found, None)
        if release is None or release.reference != reference or not release.is_with_warehouse:
            return False
        if order.is_held_for(*WANTED_BACK) or recall.is_asked(release):
            return recall.given_up_there(order, now=now, warehouse=release.warehouse)
        if not order.can_be_packed or not release.is_done or is_used_up(release):
            return False  # it is shipped, or was asked back, or is on its way there anew
        reason = f"{release.warehouse} canceled {'its part' if release.part else 'it'} there"
        if order.is_at_warehouse and not order.advance(
            frm=[OrderStatus.AT_WMS], to=OrderStatus.ERROR, now=now, reason=reason
        ):
            return False
        gone = {"released_at": None, "told_at": None, "reference": "", "number": next_number(release)}
        Release.objects.filter(pk=release.pk).leave_to_person(f"{reason}.", **gone)
        record("order.canceled_there", order, now=now, warehouse=release.warehouse.name)
        message = f"Order {order.number}: {reason}, and nobody here asked for it. It will not be shipped like this."
        raise_alert(CANCELED_THERE, order, message, now=now, path=order.get_absolute_url())
    return True
