"""Hold: a person wants an order not to be shipped for now, however far it is. The cart is not told.

It is held by that person at once. What the warehouse has is asked back, what is only owed to it is not sent; what left
the house is not held any more. An undo lets go what one act held, and nothing that somebody else held or decided since.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.activity.models import Event
from core.alerts.raised import close_alerts
from core.common.bell import Bell
from orders.actions import holds
from orders.models import SHIPPED_IN_PART, HeldFor, Order, OrderAction, OrderStatus
from orders.statuses import FREE_TO_GO
from shipping.alerts import CANCELED_THERE, NOT_CHANGED, NOT_RELEASED
from shipping.delivery import amendment, recall
from shipping.models import Package, Release

HELD, TAKEN_BACK = "order.held", "order.sending_canceled"
DECIDED = (HELD, TAKEN_BACK, "order.let_go")  # what somebody said about holding it, the latest counts


class NotHeld(Exception):
    """Nothing was changed. The message says why."""


class Reach(Enum):
    """How far an order was when it was held."""

    HERE = "it was not handed over"
    AT_BENCH = "staff of this portal's own warehouse had it"
    AWAY = "the warehouse is asked to give it back"
    ON_ITS_WAY = "a worker hands it over this moment: it is asked back once it is there"


def hindrance(order: Order) -> str | None:
    """Return why it cannot be held any more, as a sentence; None when it can."""
    if Package.objects.filter(order=order).exists():
        return SHIPPED_IN_PART
    return order.hindrance_to(OrderAction.HOLD)


def hold(order: Order, *, by: User, now: datetime) -> Reach:
    """Hold it and take it back. Returns how far it was. Raises NotHeld."""
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        if why := hindrance(order):
            raise NotHeld(why)
        releases = Release.objects.locked_of(order)
        reached = [(release, _take_off(release, now)) for release in releases]
        reach = max((each for _, each in reached), key=list(Reach).index, default=Reach.HERE)
        order.advance(frm=FREE_TO_GO, to=OrderStatus.HELD, now=now, reason=f"Held by {by}", held_for=HeldFor.PERSON)
        if not releases:
            record("order.held", order, now=now, actor=by, reason="Somebody wants to check it first")
        else:
            record("order.sending_canceled", order, now=now, actor=by)
        close_alerts(order, NOT_RELEASED, NOT_CHANGED, CANCELED_THERE, now=now)
        for release, far in reached:
            if far in (Reach.AT_BENCH, Reach.AWAY):
                recall.owe(order, release, what=f"Order {order.number} is held", by=by, now=now)
    Bell.RECALL_DUE.ring()
    return reach


def _take_off(release: Release, now: datetime) -> Reach:
    """Take it off what is owed, and return how far it is. Raises NotHeld while a worker changes what is there."""
    if release.is_being_sent(now):
        if release.released_at or release.replaces:
            raise NotHeld(amendment.BUSY)
        return Reach.ON_ITS_WAY
    if not recall.take_off(release, "It was held."):
        return Reach.HERE
    return Reach.AWAY if release.warehouse.system.remote else Reach.AT_BENCH


# -- Many at once ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class HeldOrders:
    """What became of orders that somebody wanted held."""

    held: dict[Order, Reach] = field(default_factory=dict)
    not_held: list[tuple[Order, str]] = field(default_factory=list)  # with the reason, a sentence

    def count(self, reach: Reach) -> int:
        return Counter(self.held.values())[reach]


def hold_all(orders: Iterable[Order], *, by: User, now: datetime) -> HeldOrders:
    """Hold each in a commit of its own: one that cannot be held keeps no other from it."""
    made = HeldOrders()
    for order in orders:
        try:
            made.held[order] = hold(order, by=by, now=now)
        except NotHeld as why:
            order.refresh_from_db(fields=["status", "held_for", "reason"])
            made.not_held.append((order, str(why)))
    return made


# -- Taking it back ----------------------------------------------------------------------------------------------------
def undo(orders: Sequence[Order], *, held_at: datetime, by: User, now: datetime) -> Collection[int]:
    """Let go what ``by`` held at ``held_at``. Returns the orders let go; others changed since, and stay as they are."""
    freed = {order.pk for order in orders if _undo(order.pk, held_at=held_at, by=by, now=now)}
    if freed:
        Bell.RELEASE_DUE.ring()
    return freed


def _undo(order_id: int, *, held_at: datetime, by: User, now: datetime) -> bool:
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order_id)
        said = Event.objects.filter(
            organization=order.organization_id, subject_kind="order", subject_id=order.pk, kind__in=DECIDED
        )
        latest = said.order_by("-pk").first()
        if latest is None or latest.kind not in (HELD, TAKEN_BACK) or (latest.actor_id, latest.at) != (by.pk, held_at):
            return False
        return order.is_held_for(HeldFor.PERSON) and holds.free(order, by=by, now=now)
