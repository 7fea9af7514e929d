"""Taking after all what a rule of its cart left out: a whole order, or lines of one that is taken.

A person answers for it, so filters and the earliest date have no say about the order any more, in later downloads
neither. What nobody may ship from here is not taken: the marketplace's own orders, and what is over there.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts_of_hold
from orders.differences import comparison
from orders.download.verdict import Verdict, judge
from orders.models import HeldFor, Line, Order, OrderAction, OrderStatus
from orders.statuses import BEFORE_RELEASE, ENDED_OTHERWISE


class NotTaken(Exception):
    """Nothing was changed. The message says why."""


def take(order: Order, *, by: User, now: datetime) -> None:
    """Let a skipped order go its way. Raises NotTaken."""
    order = Order.objects.select_related("cart", "recipient").get(pk=order.pk)
    if why := order.hindrance_to(OrderAction.TAKE):
        raise NotTaken(why)
    verdict = _judge(order)
    with transaction.atomic(durable=True):
        # Judged by this document: a newer one that came meanwhile is looked at anew.
        same = Order.objects.filter(pk=order.pk, digest=order.digest)
        if not same.move(
            frm=[OrderStatus.SKIPPED], to=verdict.status, now=now, reason=verdict.reason, held_for=verdict.held_for
        ):
            raise NotTaken("It has just changed. Check it and try again.")
        Order.objects.filter(pk=order.pk).update(taken_at=now)
        record("order.taken", order, now=now, actor=by, reason=order.reason)


def ship_like_others(order: Order, *, by: User, now: datetime) -> bool:
    """Let an order go that its program holds back, where nothing else does. False when it just changed.

    What else it lacks, an address, still holds it. A later download does not hold it for its program again.
    """
    order = Order.objects.select_related("cart", "recipient").get(pk=order.pk)
    try:
        verdict = _judge(order)
    except NotTaken:
        return False
    with transaction.atomic(durable=True):
        same = Order.objects.filter(pk=order.pk, digest=order.digest, held_for=HeldFor.PROGRAM)
        if not same.move(
            frm=[OrderStatus.HELD], to=verdict.status, now=now, reason=verdict.reason, held_for=verdict.held_for
        ):
            return False
        Order.objects.filter(pk=order.pk).update(taken_at=now)
        record("order.let_go", order, now=now, actor=by)
        close_alerts_of_hold(order, HeldFor.PROGRAM, now=now)
    return True


def _judge(order: Order) -> Verdict:
    recipient = getattr(order, "recipient", None)
    read = comparison.read_source(recipient, order.cart) if recipient else None
    if read is None:
        raise NotTaken("What the cart sent for it can no longer be read.")
    verdict = judge(read, order.cart, taken=True)
    if verdict.status in ENDED_OTHERWISE:
        raise NotTaken(f"It is {verdict.reason[0].lower()}{verdict.reason[1:]}.")
    return verdict


def take_lines(order: Order, *, by: User, now: datetime) -> int:
    """Send the lines an item filter left out, too. Returns how many; none when the order went without them."""
    with transaction.atomic(durable=True):
        left_out = Exists(Line.objects.filter(order=OuterRef("pk"), left_out=True))
        waiting = Order.objects.filter(left_out, pk=order.pk, status__in=BEFORE_RELEASE, released_to=None)
        if not waiting.update(taken_at=now):  # with nothing to take, filters go on having their say
            return 0
        lines = Line.objects.filter(order=order, left_out=True).update(left_out=False)
        record("order.lines_taken", order, now=now, actor=by, count=lines)
    return int(lines)
