"""Pre-orders whose date has come: let go, without anybody's doing."""

from datetime import datetime

from django.db import transaction

from carts import marketplaces
from core.activity.event_log import record
from orders.differences import comparison
from orders.download.verdict import judge
from orders.models import HeldFor, Order, OrderStatus, Recipient

AT_ONCE = 200


def let_go(*, now: datetime) -> int:
    """Let go the pre-orders that may be shipped by now. Returns how many.

    Only they are held for a program that ends by itself, so few are looked at; one that cannot be opened waits for a
    person.
    """
    words = {each.marketplace.preorder for each in marketplaces.APPLICATIONS.values()} - {""}
    freed = 0
    for word in words:
        waiting = Order.objects.filter(
            status=OrderStatus.HELD, held_for=HeldFor.PROGRAM, programs__contains=f" {word} "
        )
        due = waiting.order_by("ship_by").values_list("pk", flat=True)[:AT_ONCE]
        for recipient in Recipient.objects.filter(order__in=list(due)).select_related("order__cart"):
            freed += _let_go(recipient, now)
    return freed


def _let_go(recipient: Recipient, now: datetime) -> bool:
    order = recipient.order
    read = comparison.read_source(recipient, order.cart)
    spoken = marketplaces.APPLICATIONS[order.cart.kind].marketplace
    begins = read.handling.ships_from if read else None
    if read is None or begins is None or begins > now or set(read.programs) & spoken.held_programs.keys():
        return False
    verdict = judge(read, order.cart, taken=True)  # what else it lacks still holds it
    with transaction.atomic(durable=True):
        same = Order.objects.filter(pk=order.pk, digest=order.digest, held_for=HeldFor.PROGRAM)
        freed = bool(
            same.move(
                frm=[OrderStatus.HELD], to=verdict.status, now=now, reason=verdict.reason, held_for=verdict.held_for
            )
        )
        if freed:
            Order.objects.filter(pk=order.pk).update(taken_at=now)
            record("order.moved", order, now=now, frm=OrderStatus.HELD, to=verdict.status, reason="its date has come")
    return freed
