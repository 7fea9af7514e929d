"""What the parts of a split order make of the order: what one warehouse refused needs a person, whatever the others do.

An order that a warehouse refused a part of is in *Error* until that is settled, and the others ship theirs meanwhile;
else it is *At the warehouse* as soon as one has its part. It is shipped when nothing of it is open anywhere.
"""

from collections.abc import Collection
from datetime import datetime

from core.alerts.raised import close_alerts
from orders.models import Order, OrderStatus
from orders.statuses import BOUND_FOR_WAREHOUSE, FREE_TO_GO
from shipping.alerts import CANCELED_THERE, NOT_CHANGED, NOT_RELEASED
from shipping.models import Release


def others_refused(release: Release) -> Collection[Release]:
    """Return the other parts of its order that a warehouse refused. None where it is not split: asks nothing."""
    if not release.part:
        return []
    others = Release.objects.filter(order=release.order_id).exclude(pk=release.pk)
    return list(others.stuck().select_related("warehouse").order_by("part"))


def leaving(refused: Collection[Release]) -> Collection[OrderStatus]:
    """Return from where an order comes to the warehouse: out of an error only when no other part is refused."""
    return BOUND_FOR_WAREHOUSE if refused else FREE_TO_GO


def refusal(release: Release, reason: str) -> str:
    """Return why it is refused, and of a part by whom, with what others refused of the order."""
    if not release.part:
        return reason
    said = [f"{release.warehouse} refused its part. {reason}"]
    said += [f"{each.warehouse} refused its part, too. {each.last_error}" for each in others_refused(release)]
    return " ".join(said)


def end(release: Release, order: Order, reason: str, *, now: datetime) -> None:
    """Owe a part no more of which nothing is left to ship, so that nobody is called about it. Its order is locked."""
    if release.is_done:
        return
    unfinished = Release.objects.filter(pk=release.pk).unfinished()
    (unfinished.untaken(now) | unfinished.of_callers()).stop(reason)
    if not Release.objects.filter(order=order).stuck().exists():
        close_alerts(order, NOT_RELEASED, NOT_CHANGED, CANCELED_THERE, now=now)
        if order.is_refused_in_part:
            order.advance(frm=[OrderStatus.ERROR], to=OrderStatus.AT_WMS, now=now)
